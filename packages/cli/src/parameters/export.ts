/**
 * `export`: parameters as a dotenv file, as JSON, or for a shell.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { collect } from '../command/option-values.ts';
import { STANDARD } from '../io/input.ts';
import { visibleOn } from '../output/visible.ts';
import { asVariables, parametersUnder, refuseZeroBytes, type UnderOptions, type VariableOptions } from './by-path.ts';

interface ExportOptions extends UnderOptions, VariableOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly overwrite?: boolean;
}

type Format = (typeof FORMATS)[number];
const FORMATS = ['dotenv', 'json', 'shell'] as const;

export const registerExport: Register = (program, act) => {
  program
    .command('export')
    .argument('<path>', 'the parameters under this path')
    .description('print the values of parameters, decrypted, for other programs')
    .addOption(
      new Option('--format <format>', 'dotenv (default), json by full names, or shell, to be evaluated').choices(
        FORMATS,
      ),
    )
    .option('-o, --output <file>', 'write this file, which its owner alone can read, instead of standard output')
    .option('--overwrite', 'replace the file that is there already')
    .option('--no-recursive', "only the path's own level")
    .option('--keep-case', 'do not put the names of variables in capitals')
    .option('--prefix <text>', 'begin the names of variables with this text')
    .option('--allow <name>', 'set a variable that programs obey, such as PATH; may be given several times', collect)
    .addHelpText(
      'after',
      examples(
        'securestring export /app/db --output .env',
        'securestring export /app --format json',
        'eval "$(securestring export /app/db --format shell)"',
      ),
    )
    .action(
      act<ExportOptions>(async ([path = ''], options, context) => {
        const format = options.format ?? (context.options.json === true ? 'json' : 'dotenv');
        await requirePlace(context, options);
        const found = await parametersUnder(context, path, options);
        const text = await WRITERS[format](found, path, options);
        await put(context, text, options);
        return EXIT.ok;
      }),
    );
};

type Found = Awaited<ReturnType<typeof parametersUnder>>;

const WRITERS: Readonly<Record<Format, (found: Found, path: string, options: ExportOptions) => Promise<string>>> = {
  dotenv: async (found, path, options) => {
    const [{ default: dotenv }, { parseEnv }, { toDotenv }] = await Promise.all([
      import('dotenv'),
      import('node:util'),
      import('./dotenv.ts'),
    ]);
    // Node has its reader since 20.12.
    const readers = [dotenv.parse, ...(parseEnv === undefined ? [] : [parseEnv])];
    return toDotenv(asVariables(found, path, options), readers);
  },
  json: async (found) =>
    `${JSON.stringify(Object.fromEntries(found.map(({ name, value }) => [name, value])), undefined, 2)}\n`,
  shell: async (found, path, options) => {
    const variables = asVariables(found, path, options);
    refuseZeroBytes(variables);
    // Nothing means anything within single quotes; only they themselves have to step out of them.
    return variables.map(({ variable, value }) => `export ${variable}='${value.replaceAll("'", "'\\''")}'\n`).join('');
  },
};

/** Before any work. */
async function requirePlace(context: Context, { output = STANDARD }: ExportOptions): Promise<void> {
  if (output === STANDARD) return;
  const { filesOfStore, requireNotNeeded } = await import('../io/places.ts');
  await requireNotNeeded(output, filesOfStore(context));
}

async function put(
  context: Context,
  text: string,
  { output = STANDARD, overwrite = false }: ExportOptions,
): Promise<void> {
  if (output === STANDARD) {
    const { stdout } = context.terminal;
    stdout.write(visibleOn(stdout, text));
    return;
  }
  const { writeOutput } = await import('../io/output-file.ts');
  await writeOutput(output, text, overwrite);
  context.note(`wrote ${output}`);
}
