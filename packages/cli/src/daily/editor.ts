/**
 * A secret text in the user's editor, and back.
 * @module
 */

import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, sentenceOf } from '../command/failure.ts';
import { withoutUnlocking } from '../store/unlocking-variables.ts';
import { privateText } from './private-text.ts';

/** A text, and a name by which editors know its syntax. */
export interface Edited {
  readonly name: string;
  readonly text: string;
  /** Bytes that the text may have afterwards. */
  readonly most: number;
}

/** Does work that may refuse the text: then the text is kept for the user, and the refusal says where. */
export type Keeping = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Opens the text in VISUAL, else EDITOR, else vi, and lends what the user made of it. Nothing of it stays behind. */
export async function inEditor<Result>(
  context: Context,
  edited: Edited,
  use: (text: string, keeping: Keeping) => Promise<Result>,
): Promise<Result> {
  const text = await privateText(edited.name, edited.text);
  let isKept = false;
  const keeping: Keeping = async (work) => {
    try {
      return await work();
    } catch (error) {
      const kept = text.keep();
      isKept = true;
      throw new CliError(exitCodeOf(error), `${sentenceOf(error)} Your text is kept in ${kept}: remove it later.`, {
        cause: error,
      });
    }
  };
  try {
    await runEditor(context, text.file);
    return await use(await text.read(edited.most), keeping);
  } finally {
    if (!isKept) text.remove();
  }
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
