/**
 * `edit`: a value, or all under a path, in an editor, and what becomes of it as new versions.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { withKeptKey } from '../parameters/kept-key.ts';
import { type NameOption, requireNoMore, takeName } from '../parameters/name.ts';
import { withNearNames } from '../parameters/near-names.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import type { EditPathOptions } from './edit-path.ts';
import { inEditor } from './editor.ts';

interface EditOptions extends NameOption, EditPathOptions {
  readonly path?: string;
  readonly keepNewline?: boolean;
}

export const registerEdit: Register = (program, act) => {
  program
    .command('edit')
    .argument('[name]', "the parameter's name")
    .description('change a value, or all under a path, in your editor (VISUAL, else EDITOR, else vi)')
    .option('--name <name>', 'the same as the argument')
    .option('--keep-newline', 'keep the line end that editors put at the end of a file')
    .option('--path <path>', 'instead of a name: all parameters under this path, as one text')
    .addOption(new Option('--format <format>', 'of the text with --path (default: yaml)').choices(['yaml', 'dotenv']))
    .option('--yes', 'with --path, delete the parameters whose names are gone without asking')
    .addHelpText(
      'after',
      examples(
        'securestring edit /app/config.json',
        "VISUAL='code --wait' securestring edit /app/pem",
        'securestring edit --path /app',
      ),
    )
    .action(
      act<EditOptions>(async (args, options, context) => {
        const { path } = options;
        if (path !== undefined) {
          requireNoMore(options.name === undefined ? args : [options.name, ...args]);
          const { editPath } = await import('./edit-path.ts');
          return withStore(context, (store) => editPath(context, store, path, options));
        }
        const { name, rest } = takeName(args, options);
        requireNoMore(rest);
        return withStore(context, (store) =>
          withNearNames(store, name, () => edit(context, store, { ...options, name })),
        );
      }),
    );
};

/** More than any tier takes. */
const MOST = 64 * 1024;

type Named = EditOptions & { readonly name: string };

async function edit(context: Context, { parameters }: OpenStore, { name, keepNewline }: Named): Promise<number> {
  const { parameter } = await parameters.getParameter({ name, withDecryption: true });
  const { type, value: before, version } = parameter;
  return inEditor(context, { name, text: before, most: MOST }, async (text, keeping) => {
    const value = withoutAdded(text, before, keepNewline);
    if (value === before) {
      context.note(`${name} is unchanged. There is no new version.`);
      return EXIT.ok;
    }
    if (value === '') throw new CliError(EXIT.failed, 'A parameter cannot be empty. Nothing was done.');
    return keeping(async () => {
      await requireCurrent(parameters, name, version);
      const request = await withKeptKey(context, parameters, { name, value, type, overwrite: true });
      const result = await parameters.putParameter(request);
      if (result.version !== version + 1) {
        context.warn(
          `another version was written at the same moment: ${commandLine(context.options, 'diff', `${name}:${version}`)}`,
        );
      }
      context.result(result, () => `${name} version ${result.version} (${result.tier})`);
      return EXIT.ok;
    });
  });
}

/** Refuses to write over what another process wrote meanwhile. */
async function requireCurrent(parameters: OpenStore['parameters'], name: string, version: number): Promise<void> {
  const { parameter } = await parameters.getParameter({ name });
  if (parameter.version === version) return;
  throw new CliError(
    EXIT.failed,
    `${name} was changed meanwhile: it was version ${version}, and is version ${parameter.version}. Nothing was done.`,
  );
}

/** Leaves out what editors add, and hardly any user means: one line end at the end, a byte order mark before. */
function withoutAdded(text: string, before: string, keepNewline = false): string {
  const unmarked = before.startsWith('\ufeff') ? text : text.replace(/^\ufeff/, '');
  if (keepNewline || before.endsWith('\n')) return unmarked;
  return unmarked.replace(/\r?\n$/, '');
}
