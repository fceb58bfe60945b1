/**
 * Questions on the terminal, whose answers are not shown: on the one that controls this process, even where standard
 * input and output are pipes.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { isSuspect } from '../command/suspect.ts';

/** Whether there is a terminal to ask on. */
export async function canAsk({ terminal }: Context): Promise<boolean> {
  const asking = await terminal.openAsking?.();
  asking?.close();
  return asking !== undefined;
}

/** Asks for a passphrase, which is one line. */
export async function askSecret(context: Context, message: string): Promise<string> {
  const answer = await askText(context, message);
  const lines = answer.split('\n').length;
  if (lines === 1) return answer;
  throw new CliError(
    EXIT.usage,
    `The answer has ${lines} lines, and a passphrase is one line. Nothing was done. Paste that line alone.`,
  );
}

/** Asks twice, so that a slip of the finger does not lock the user out. */
export async function askNewSecret(context: Context, message: string): Promise<string> {
  const secret = await askSecret(context, message);
  if (secret === '') throw new CliError(EXIT.usage, 'The answer must not be empty. Nothing was done.');
  if ((await askSecret(context, 'Once more:')) === secret) return secret;
  throw new CliError(EXIT.usage, 'The two answers differ. Nothing was done.');
}

/**
 * Asks for a text that may have several lines, if it is pasted; with `ofLines` also if it is typed, up to Ctrl-D.
 *
 * @throws `CliError` where there is no terminal, as {@link canAsk} says before.
 */
export async function askText({ terminal }: Context, message: string, ofLines = false): Promise<string> {
  const [asking, { askHidden }] = await Promise.all([terminal.openAsking?.(), import('../io/ask.ts')]);
  if (asking === undefined) throw new CliError(EXIT.failed, 'The terminal is no longer there. Nothing was done.');
  const isDumb = terminal.env['TERM'] === 'dumb';
  const answer = await askHidden(asking, { message: shown(message), ofLines, isDumb });
  if (!isSuspect(answer)) return answer;
  throw new CliError(
    EXIT.usage,
    'The answer is not UTF-8. Nothing was done. Set the terminal to UTF-8, or give a file.',
  );
}
