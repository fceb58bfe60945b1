/**
 * Questions on the terminal, whose answers are not shown.
 * @module
 */

import { constants } from 'node:os';
import { shown } from '@securestring/core/quoted';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { isSuspect } from '../command/raw-text.ts';

/** Asks on standard error, so that standard output has nothing but results. */
export async function askSecret({ terminal }: Context, message: string): Promise<string> {
  const { default: password } = await import('@inquirer/password');
  const { stdin, stderr } = terminal;
  const streams = { input: stdin as NodeJS.ReadStream, output: stderr as NodeJS.WriteStream };
  const answer = await password({ message: shown(message), mask: false }, streams).catch((error: unknown) => {
    // Ctrl-C and Ctrl-D come as keys while it asks.
    throw new CliError(EXIT.signal + constants.signals.SIGINT, 'Interrupted. Nothing was done.', { cause: error });
  });
  if (!isSuspect(answer)) return answer;
  throw new CliError(
    EXIT.usage,
    'The answer is not UTF-8. Nothing was done. Set the terminal to UTF-8, or give a file.',
  );
}

/** Asks twice, so that a slip of the finger does not lock the user out. */
export async function askNewSecret(context: Context, message: string): Promise<string> {
  const secret = await askSecret(context, message);
  if (secret === '') throw new CliError(EXIT.usage, 'The answer must not be empty. Nothing was done.');
  if ((await askSecret(context, 'Once more:')) === secret) return secret;
  throw new CliError(EXIT.usage, 'The two answers differ. Nothing was done.');
}
