/**
 * `exec`: a program with parameters in its environment.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect, wholeNumber } from '../command/option-values.ts';
import { PROCESS } from '../output/terminal.ts';
import { readUnder, type UnderOptions } from '../parameters/by-path.ts';
import { takePath } from '../parameters/lookup.ts';
import type { Variable } from '../parameters/obeyed.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import {
  type Environment,
  type EnvironmentOptions,
  type Made,
  makeEnvironment,
  PLACEHOLDER,
  type UnderPath,
} from './environment.ts';
import type { MaskedOutput, ProgramRun } from './program-run.ts';
import { execWords } from './words.ts';

interface ExecOptions extends UnderOptions, EnvironmentOptions {
  readonly references?: boolean;
  readonly mask?: boolean;
  readonly watch?: boolean;
  /** Seconds. */
  readonly watchInterval?: number;
}

/** Seconds between two looks at the store. */
const INTERVAL = 2;

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
    .option('--references', 'give variables of the environment that are secret://NAME the value of that parameter')
    .option('--mask', 'print *** in the place of values, also in base64, URLs and JSON; the program gets no terminal')
    .option('--watch', 'start the program again (SIGTERM first) when its variables change')
    .addOption(
      new Option('--watch-interval <seconds>', `how often --watch looks at the store (default: ${INTERVAL})`).argParser(
        wholeNumber,
      ),
    )
    .addHelpText(
      'after',
      examples(
        'securestring exec /app/db -- ./server --port 8080',
        'securestring exec /defaults /app -- ./server',
        'securestring exec /app/db --prefix DB_ -- sh -c \'psql "postgres://$DB_USER:$DB_PASSWORD@db"\'',
        'securestring exec /app --pristine -- env',
        'securestring exec /app --mask -- ./deploy.sh',
        'DB_PASSWORD=secret://app/db/password securestring exec --references -- ./server',
        'DB_PASSWORD=securestring securestring exec /app --strict -- ./server',
      ),
    )
    .action(act<ExecOptions>(exec));
};

async function exec(given: readonly string[], options: ExecOptions, context: Context): Promise<number> {
  const { findProgram, runProgram, startProgram } = await import('./program-run.ts');
  const { paths, command, args } = execWords(given, context.words);
  if (paths.length === 0 && options.references !== true)
    throw new CliError(EXIT.usage, 'Give the path of parameters before --.');
  for (const path of paths) takePath(path);
  const { env } = context.terminal;
  const file = await findProgram(command, env);
  const toRun = async (made: Made): Promise<ProgramRun> => {
    for (const warning of made.warnings) context.warn(warning);
    const run = { file, command, args, env: made.env };
    return options.mask === true ? { ...run, masked: await masking(made, context) } : run;
  };
  if (options.watch === true) {
    return withStore(context, async (store) => {
      const { watchProgram } = await import('./watch.ts');
      return watchProgram({
        data: store.place.data,
        interval: (options.watchInterval ?? INTERVAL) * 1000,
        read: async () => {
          // Other processes change keys, too.
          await store.keystore.refresh();
          return read(store, paths, options, context);
        },
        start: async (made) => startProgram(await toRun(made)),
        ...context,
      });
    });
  }
  const run = await toRun(await withStore(context, (store) => read(store, paths, options, context)));
  if (run.masked !== undefined) return runProgram(run);
  // Tests have this process for other things, too.
  if (context.terminal === PROCESS) await (await import('./replace-process.ts')).replaceProcess(run);
  return runProgram(run);
}

async function masking({ variables }: Made, { terminal, note, warn }: Context): Promise<MaskedOutput> {
  const [{ maskedForms }, { makeMaskers, SHORTEST }] = await Promise.all([
    import('./masked-forms.ts'),
    import('./masker.ts'),
  ]);
  const isShort = (value: string) => Buffer.byteLength(value) < SHORTEST;
  const short = variables.filter(({ value }) => isShort(value)).map(({ variable }) => variable);
  if (short.length > 0) warn(`not masked, since shorter than ${SHORTEST} bytes: ${short.join(', ')}`);
  if (terminal.stdout.isTTY === true) note('With --mask, the program writes to a pipe, and not to the terminal.');
  const forms = new Set(
    variables.filter(({ value }) => !isShort(value)).flatMap(({ value }) => [...maskedForms(value)]),
  );
  const { stdout, stderr } = terminal;
  return { stdout, stderr, masker: makeMaskers([...forms].map((form) => Buffer.from(form))) };
}

async function read(
  store: OpenStore,
  paths: readonly string[],
  options: ExecOptions,
  { terminal }: Context,
): Promise<Made> {
  const read: UnderPath[] = [];
  for (const path of paths) read.push({ path, found: await readUnder(store, path, options) });
  const resolved = options.references === true ? await resolve(store, terminal.env) : [];
  return makeEnvironment(read, terminal.env, options, resolved);
}

/** The variables that are references, with what they refer to. */
async function resolve(store: OpenStore, env: Environment): Promise<readonly Variable[]> {
  const { parseReference, readReferences, SCHEME } = await import('./references.ts');
  const found = Object.entries(env).flatMap(([variable, value = '']) =>
    value.startsWith(SCHEME) ? [{ ...parseReference(value, variable), variable }] : [],
  );
  const values = await readReferences(store, found);
  return found.map(({ target, variable }) => ({ name: target, variable, value: values.get(target) ?? '' }));
}
