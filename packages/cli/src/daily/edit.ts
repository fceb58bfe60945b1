/**
 * `edit`: a value in an editor, and what becomes of it as a new version.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, sentenceOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { withKeptKey } from '../parameters/kept-key.ts';
import { type NameOption, requireNoMore, takeName } from '../parameters/name.ts';
import { withNearNames } from '../parameters/near-names.ts';
import { withoutUnlocking } from '../store/unlocking-variables.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { privateText } from './private-text.ts';

interface EditOptions extends NameOption {
  readonly keepNewline?: boolean;
}

export const registerEdit: Register = (program, act) => {
  program
    .command('edit')
    .argument('[name]', "the parameter's name")
    .description('change a value in your editor (VISUAL, else EDITOR, else vi)')
    .option('--name <name>', 'the same as the argument')
    .option('--keep-newline', 'keep the line end that editors put at the end of a file')
    .addHelpText(
      'after',
      examples('securestring edit /app/config.json', "VISUAL='code --wait' securestring edit /app/pem"),
    )
    .action(
      act<EditOptions>(async (args, options, context) => {
        const { name, rest } = takeName(args, options);
        requireNoMore(rest);
        return withStore(context, (store) =>
          withNearNames(store, name, () => edit(context, store, { ...options, name })),
        );
      }),
    );
};

type Named = EditOptions & { readonly name: string };

async function edit(context: Context, { parameters }: OpenStore, { name, keepNewline }: Named): Promise<number> {
  const { parameter } = await parameters.getParameter({ name, withDecryption: true });
  const { type, value: before, version } = parameter;
  const text = await privateText(name, before);
  let isKept = false;
  try {
    await runEditor(context, text.file);
    const value = withoutAdded(await text.read(), before, keepNewline);
    if (value === before) {
      context.note(`${name} is unchanged. There is no new version.`);
      return EXIT.ok;
    }
    if (value === '') throw new CliError(EXIT.failed, 'A parameter cannot be empty. Nothing was done.');
    try {
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
    } catch (error) {
      const kept = text.keep();
      isKept = true;
      throw new CliError(exitCodeOf(error), `${sentenceOf(error)} Your text is kept in ${kept}: remove it later.`, {
        cause: error,
      });
    }
  } finally {
    if (!isKept) text.remove();
  }
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

async function runEditor(context: Context, file: string): Promise<void> {
  const env = withoutUnlocking(context.terminal.env);
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  const { findProgram, runProgram } = await import('../exec/program-run.ts');
  // With options of its own, as in `code --wait`: a shell takes it apart, as for git.
  const args = ['-c', `${editor} "$1"`, 'sh', file];
  const code = await runProgram({ file: await findProgram('/bin/sh', env), command: 'sh', args, env });
  if (code === 0) return;
  throw new CliError(EXIT.failed, `The editor ended with exit code ${code}. Nothing was done.`);
}
