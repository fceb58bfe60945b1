/**
 * `rotate`: a new value for a parameter, or for all that are due.
 * @module
 */

import { join } from 'node:path';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { intervalOf, type Rotation, settingNames, settingOf } from './settings.ts';
import { presentOf, rotate } from './steps.ts';

interface RotateOptions {
  readonly command?: string;
  readonly test?: string;
  readonly due?: boolean;
}

/** Longest wait for another rotation of the store, in ms. */
const PATIENCE = 60_000;

export const registerRotate: Register = (program, act) => {
  program
    .command('rotate')
    .argument('[name]', "the parameter's name")
    .description('give a parameter a new value, which a command makes')
    .option('--command <command>', "prints the new value; gets the old one on standard input (default: the setting's)")
    .option('--test <command>', 'fails if the new value, on its standard input, does not work')
    .option('--due', 'rotate all parameters whose setting says that it is time, as a timer does it')
    .addHelpText(
      'after',
      examples(
        "securestring rotate /app/token --command 'openssl rand -hex 32'",
        'securestring rotate /app/db/password --command ./new-password --test ./log-in',
        'securestring rotate --due',
      ),
    )
    .action(
      act<RotateOptions>(async ([name, ...more], options, context) => {
        if (more.length > 0) throw new CliError(EXIT.usage, 'Give one name.');
        if ((name === undefined) !== (options.due === true)) throw new CliError(EXIT.usage, 'Give a name, or --due.');
        if (options.command === undefined ? options.test !== undefined : options.due === true) {
          throw new CliError(EXIT.usage, '--test goes with --command, and --due with neither.');
        }
        return withStore(context, (store) =>
          alone(store, () =>
            name === undefined ? rotateDue(store, context) : rotateOne(store, context, name, options),
          ),
        );
      }),
    );
};

/** Two rotations of a parameter at once would each make a value, and one would be lost. */
async function alone<Result>(store: OpenStore, work: () => Promise<Result>): Promise<Result> {
  const { withFileLock } = await import('@securestring/keystore/file-lock');
  return withFileLock(join(store.place.folder, 'rotation'), PATIENCE, work);
}

async function rotateOne(
  store: OpenStore,
  context: Context,
  name: string,
  { command, test }: RotateOptions,
): Promise<number> {
  await presentOf(store, name);
  const rotation: Rotation | undefined =
    command === undefined ? await settingOf(store, name) : { name, command, ...(test !== undefined && { test }) };
  if (rotation === undefined) {
    throw new CliError(EXIT.notFound, `${name} has no setting. Give --command, or securestring rotation set ${name}.`);
  }
  const version = await rotate(store, context, rotation).catch((error: unknown) => {
    if (error instanceof CliError) throw new CliError(error.exitCode, `${name}: ${error.message}`, { cause: error });
    // What refuses a key is said with the name of the parameter that is under it.
    throw error instanceof Error ? Object.assign(error, { parameterName: name }) : error;
  });
  context.json({ name, version }, () => `${name} version ${version}`);
  return EXIT.ok;
}

/** Each is rotated whether or not another one fails. */
async function rotateDue(store: OpenStore, context: Context): Promise<number> {
  const rotated: { readonly name: string; readonly version: number }[] = [];
  let exitCode: number = EXIT.ok;
  for (const name of await settingNames(store)) {
    try {
      const setting = await settingOf(store, name);
      if (setting === undefined) continue;
      const { lastModifiedDate } = await presentOf(store, name);
      if (Date.now() < lastModifiedDate.getTime() + (intervalOf(setting.every) ?? 0)) continue;
      rotated.push({ name, version: await rotate(store, context, setting) });
    } catch (error) {
      const { refusalWords } = await import('../store/key-trouble.ts');
      const why = await refusalWords(error, store.keystore, context.options);
      context.warn(`${name} keeps its value: ${why}`);
      exitCode = EXIT.failed;
    }
  }
  context.json({ rotated }, () => rotated.map(({ name, version }) => `${name} version ${version}`).join('\n'));
  return exitCode;
}
