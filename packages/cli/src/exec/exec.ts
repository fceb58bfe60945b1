/**
 * `exec`: a program with parameters in its environment.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect } from '../command/option-values.ts';
import { readUnder, requirePath, type UnderOptions } from '../parameters/by-path.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { type EnvironmentOptions, type Made, makeEnvironment, PLACEHOLDER, type UnderPath } from './environment.ts';
import { execWords } from './words.ts';

interface ExecOptions extends UnderOptions, EnvironmentOptions {}

export const registerExec: Register = (program, act) => {
  program
    .command('exec')
    .usage('[options] <path...> -- <command...>')
    .argument('[path]', 'the parameters under this path; of several paths, later ones take precedence')
    .argument('[command...]', 'after --: the program and its arguments')
    .description('run a program with parameters in its environment')
    .option('--no-recursive', "only each path's own level")
    .option('--keep-case', 'do not put the names of variables in capitals')
    .option('--prefix <text>', 'begin the names of variables with this text')
    .option('--allow <name>', 'set a variable that programs obey, such as PATH; may be given several times', collect)
    .option('--pristine', 'only these variables, none of the present environment')
    .option('--strict', 'fill the variables that have the placeholder as their value, all of them, and set no other')
    .addOption(new Option('--strict-value <text>', `the placeholder of --strict (default: ${PLACEHOLDER})`))
    .addHelpText(
      'after',
      examples(
        'securestring exec /app/db -- ./server --port 8080',
        'securestring exec /defaults /app -- ./server',
        'securestring exec /app/db --prefix DB_ -- sh -c \'psql "postgres://$DB_USER:$DB_PASSWORD@db"\'',
        'securestring exec /app --pristine -- env',
        'DB_PASSWORD=securestring securestring exec /app --strict -- ./server',
      ),
    )
    .action(act<ExecOptions>(exec));
};

async function exec(given: readonly string[], options: ExecOptions, context: Context): Promise<number> {
  const { findProgram, runProgram } = await import('./program-run.ts');
  const { paths, command, args } = execWords(given, context.words);
  if (paths.length === 0) throw new CliError(EXIT.usage, 'Give the path of parameters before --.');
  for (const path of paths) requirePath(path);
  const { env } = context.terminal;
  const file = await findProgram(command, env);
  const made = await withStore(context, (store) => read(store, paths, options, context));
  for (const warning of made.warnings) context.warn(warning);
  return runProgram({ file, command, args, env: made.env });
}

async function read(
  store: OpenStore,
  paths: readonly string[],
  options: ExecOptions,
  { terminal }: Context,
): Promise<Made> {
  const read: UnderPath[] = [];
  for (const path of paths) read.push({ path, found: await readUnder(store, path, options) });
  return makeEnvironment(read, terminal.env, options);
}
