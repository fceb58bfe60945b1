/**
 * `rotation`: which parameters get a new value when, and how.
 * @module
 */

import { InvalidArgumentError } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, messageOf } from '../command/failure.ts';
import { withSlash } from '../formats/names.ts';
import { table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';
import { intervalOf, putSetting, removeSetting, settingNames, settingOf } from './settings.ts';
import { presentOf } from './steps.ts';

interface SetOptions {
  readonly every: string;
  readonly command: string;
  readonly test?: string;
}

export const registerRotation: Register = (program, act) => {
  const rotation = program.command('rotation').description('when parameters get new values, and how');
  rotation
    .command('set')
    .argument('<name>', "the parameter's name")
    .description('say how often securestring rotate --due gives it a new value')
    .requiredOption('--every <time>', 'after this long, such as 12h, 30d or 4w', interval)
    .requiredOption('--command <command>', 'prints the new value; gets the old one on standard input')
    .option('--test <command>', 'fails if the new value, on its standard input, does not work')
    .addHelpText('after', examples("securestring rotation set /app/token --every 30d --command 'openssl rand -hex 32'"))
    .action(
      act<SetOptions>(([typed = ''], { every, command, test }, context) =>
        withStore(context, async (store) => {
          const { name } = await presentOf(store, typed);
          await putSetting(store, { name, every, command, ...(test !== undefined && { test }) });
          context.note(`securestring rotate --due gives ${name} a new value every ${every}. Run it by a timer.`);
          return EXIT.ok;
        }),
      ),
    );
  rotation
    .command('list')
    .description('list the settings, and when each parameter is due')
    .addHelpText('after', examples('securestring rotation list'))
    .action(act((_args, _options, context) => listSettings(context)));
  rotation
    .command('remove')
    .argument('<name>', "the parameter's name")
    .description('rotate it no longer')
    .addHelpText('after', examples('securestring rotation remove /app/token'))
    .action(
      act(([name = ''], _, context) =>
        withStore(context, async (store) => {
          if (await removeSetting(store, name)) return EXIT.ok;
          throw new CliError(EXIT.notFound, `${name} has no setting.`);
        }),
      ),
    );
};

function listSettings(context: Context): Promise<number> {
  return withStore(context, async (store) => {
    const found: { name: string; every: string; due?: string; command: string; test?: string }[] = [];
    let exitCode: number = EXIT.ok;
    for (const each of await settingNames(store)) {
      try {
        const setting = await settingOf(store, each);
        if (setting === undefined) continue;
        const { name, every, command, test } = setting;
        const { lastModifiedDate } = await presentOf(store, name);
        const due = new Date(lastModifiedDate.getTime() + (intervalOf(every) ?? 0)).toISOString();
        found.push({ name, every, due, command, ...(test !== undefined && { test }) });
      } catch (error) {
        context.warn(`${withSlash(each)}: ${messageOf(error)}`);
        exitCode = EXIT.failed;
      }
    }
    context.json({ rotations: found }, () =>
      table(
        ['NAME', 'EVERY', 'DUE', 'COMMAND', 'TEST'],
        found.map(({ name, every, due = '', command, test = '' }) => [name, every, due, command, test]),
        context.colour,
      ),
    );
    return exitCode;
  });
}

function interval(text: string): string {
  if (intervalOf(text) === undefined) throw new InvalidArgumentError('It must be hours, days or weeks: 12h, 30d, 4w.');
  return text;
}
