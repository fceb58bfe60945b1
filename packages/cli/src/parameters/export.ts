/**
 * `export`: parameters as a file for other programs.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect } from '../command/option-values.ts';
import type { Keyed, Naming, Written } from '../formats/format.ts';
import { FORMATS, type FormatName, formatsWith } from '../formats/formats.ts';
import { asKeys, withPrecedence } from '../formats/names.ts';
import { STANDARD } from '../io/input.ts';
import { visibleOn } from '../output/visible.ts';
import { withStore } from '../store/with-store.ts';
import { asVariables, readUnder, type UnderOptions, type VariableOptions } from './by-path.ts';
import { takePath } from './lookup.ts';

interface ExportOptions extends UnderOptions, VariableOptions {
  readonly format?: FormatName;
  readonly name?: string;
  readonly namespace?: string;
  readonly output?: string;
  readonly overwrite?: boolean;
}

export const registerExport: Register = (program, act) => {
  program
    .command('export')
    .argument('<paths...>', 'the parameters under these paths; later ones take precedence')
    .description('print the values of parameters, decrypted, for other programs')
    .addOption(new Option('--format <format>', 'default: dotenv, or json with --json').choices(formatsWith('writer')))
    .option('-o, --output <file>', 'write this file, which its owner alone can read, instead of standard output')
    .option('--overwrite', 'replace the file that is there already')
    .option('--no-recursive', "only the path's own level")
    .option('--keep-case', 'do not put the names of variables in capitals')
    .option('--prefix <text>', 'begin the names of variables with this text')
    .option('--name <name>', 'name of the Secret of Kubernetes (default: the path, as in app-db)')
    .option('--namespace <name>', 'namespace of the Secret of Kubernetes')
    .option('--allow <name>', 'set a variable that programs obey, such as PATH; may be given several times', collect)
    .addHelpText(
      'after',
      examples(
        'securestring export /app/db --output .env',
        'securestring export /defaults /app --format json',
        'eval "$(securestring export /app/db --format shell)"',
        'securestring export /app/db --format kubernetes --namespace prod | kubectl apply -f -',
      ),
    )
    .action(
      act<ExportOptions>(async (paths, options, context) => {
        const format = options.format ?? (context.options.json === true ? 'json' : 'dotenv');
        requireSecret(format, options);
        const { writer, naming, addedTo } = FORMATS[format];
        const added = options.output === undefined && addedTo !== undefined ? fileToAddTo(context, addedTo) : undefined;
        await requirePlace(context, options);
        const entries = await read(context, paths, naming, options);
        const write = await writer?.();
        const written = await write?.(entries, { ...options, path: paths[0] ?? '' });
        if (written !== undefined) await put(context, written, options, added);
        return EXIT.ok;
      }),
    );
};

const NAMINGS: Readonly<Record<Naming, typeof asVariables>> = {
  variables: asVariables,
  names: (found) => found.map(({ name, value }) => ({ name, variable: name, value })),
  dotted: (found, path, options) => asKeys(found, path, options, '.'),
  identifiers: (found, path, options) => asKeys(found, path, options, '_'),
};

async function read(
  context: Context,
  paths: readonly string[],
  naming: Naming,
  options: ExportOptions,
): Promise<readonly Keyed[]> {
  for (const path of paths) takePath(path);
  const all = await withStore(context, async (store) => {
    const read: (readonly Keyed[])[] = [];
    for (const path of paths) read.push(NAMINGS[naming](await readUnder(store, path, options), path, options));
    return read;
  });
  const { entries, replaced } = withPrecedence(all);
  for (const warning of replaced) context.warn(warning);
  return entries;
}

/** These two belong to one format alone. */
function requireSecret(format: FormatName, { name, namespace }: ExportOptions): void {
  if (format === 'kubernetes' || (name === undefined && namespace === undefined)) return;
  throw new CliError(EXIT.usage, 'Only --format kubernetes takes --name and --namespace.');
}

function fileToAddTo({ terminal }: Context, variable: string): string {
  const file = terminal.env[variable];
  if (file !== undefined && file !== '') return file;
  throw new CliError(
    EXIT.usage,
    `${variable} names no file: give --output FILE, or run this in a step of GitHub Actions.`,
  );
}

/** Before any work. */
async function requirePlace(context: Context, { output = STANDARD }: ExportOptions): Promise<void> {
  if (output === STANDARD) return;
  const { filesOfStore, requireNotNeeded } = await import('../io/places.ts');
  await requireNotNeeded(output, filesOfStore(context));
}

async function put(
  context: Context,
  { text, announcement = '' }: Written,
  { output = STANDARD, overwrite = false }: ExportOptions,
  added: string | undefined,
): Promise<void> {
  const { stdout } = context.terminal;
  stdout.write(visibleOn(stdout, announcement));
  if (added !== undefined) {
    const { appendFile } = await import('node:fs/promises');
    await appendFile(added, text, { mode: 0o600 });
  } else if (output === STANDARD) {
    stdout.write(visibleOn(stdout, text));
  } else {
    const { writeOutput } = await import('../io/output-file.ts');
    await writeOutput(output, text, overwrite);
    context.note(`wrote ${output}`);
  }
}
