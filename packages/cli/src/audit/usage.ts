/**
 * `usage`: what was called, and what AWS would charge for it.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { type LogOptions, logOf, type TimeOptions, timesOf, withTimes } from './audit.ts';

interface UsageOptions extends LogOptions, TimeOptions {
  readonly prices?: string;
  readonly withoutStore?: true;
}

export const registerUsage: Register = (program, act) => {
  withTimes(program.command('usage').description('count the requests of an audit log, and what AWS would charge'))
    .option('--prices <file>', 'prices in JSON, in place of the built-in ones')
    .option('--without-store', 'count the log alone: no keys and parameters of a store')
    .addHelpText('after', examples('securestring usage --since 2026-03-01', 'securestring usage --prices mine.json'))
    .action(
      act<UsageOptions>(async (_args, options, context) => {
        const { showUsage } = await import('./bill.ts');
        const { prices, withoutStore = false } = options;
        const log = logOf(options, context);
        return showUsage({ log, ...(await timesOf(options)), prices, withoutStore }, context);
      }),
    );
};
