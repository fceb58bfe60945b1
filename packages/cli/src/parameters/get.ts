/**
 * `get`: the value of parameters.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { GetParametersResult, Parameter } from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { PageResult } from '../output/pages.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { takeName } from './name.ts';

interface GetOptions {
  readonly name?: string;
  readonly withDecryption?: boolean;
}

/** Most names of one GetParameters request. */
const MOST_NAMES = 10;

export const registerGet: Register = (program, act) => {
  program
    .command('get')
    .argument('[name...]', 'names or ARNs; NAME:VERSION and NAME:LABEL choose a version')
    .description('print the values of parameters')
    .option('--name <name>', 'the same as an argument')
    .option('-d, --with-decryption', 'decrypt a SecureString; without, its ciphertext is printed')
    .addHelpText(
      'after',
      examples(
        'securestring get /app/db/password --with-decryption',
        'securestring get /app/db/password:3 -d',
        'securestring get /app/db/url /app/db/user --json',
      ),
    )
    .action(
      act<GetOptions>(async (args, options, context) => {
        const { name, rest } = takeName(args, options);
        const { withDecryption = false } = options;
        return withStore(context, async (store) => {
          const { parameters } = store;
          if (rest.length === 0) {
            const result = await parameters.getParameter({ name, withDecryption }).catch(async (error: unknown) => {
              // What explains it is of no use to other runs.
              const { withAdvice } = await import('./near-names.ts');
              throw await withAdvice(store, name, error);
            });
            context.value(result, result.parameter.value);
            noteCiphertext(context, [result.parameter], withDecryption);
            return EXIT.ok;
          }
          return getSeveral(context, store, [name, ...rest], withDecryption);
        });
      }),
    );
};

async function getSeveral(
  context: Context,
  store: OpenStore,
  names: readonly string[],
  withDecryption: boolean,
): Promise<number> {
  if (names.length > MOST_NAMES)
    throw new CliError(EXIT.usage, `At most ${MOST_NAMES} names at once, not ${names.length}.`);
  const { allReadable, warnUnread } = await import('./readable.ts');
  let invalidParameters: readonly string[] = [];
  const { all, unread } = await allReadable(
    store,
    async ({ withDecryption: isOpen }): Promise<PageResult & Pick<GetParametersResult, 'parameters'>> => {
      const result = await store.parameters.getParameters({ names, withDecryption: isOpen && withDecryption });
      invalidParameters = result.invalidParameters;
      return { parameters: result.parameters };
    },
    ({ parameters }) => parameters,
  );
  const parameters = all.filter((one) => !unread.has(one));
  context.result({ parameters, invalidParameters }, () =>
    parameters.map(({ name, selector = '', value }) => `${name}${selector}=${shown(value)}`).join('\n'),
  );
  noteCiphertext(context, parameters, withDecryption);
  const exitCode = warnUnread(context, unread.values());
  if (invalidParameters.length === 0) return exitCode;
  const { warnOfMissing } = await import('./near-names.ts');
  await warnOfMissing(context, store, invalidParameters);
  return EXIT.notFound;
}

function noteCiphertext(context: Context, parameters: readonly Parameter[], withDecryption: boolean): void {
  if (withDecryption || !parameters.some(({ type }) => type === 'SecureString')) return;
  if (context.terminal.stdout.isTTY === true)
    context.note('That is the ciphertext. Give --with-decryption (-d) for the value.');
}
