/**
 * The value that `put` stores, and where it comes from.
 * @module
 */

import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput, readStream } from '../io/device.ts';
import { STANDARD, unreadable } from '../io/input.ts';
import { askText, canAsk } from '../store/prompt.ts';
import { standardInput } from '../store/typed-input.ts';

export interface ValueOptions {
  readonly value?: string;
  readonly valueFile?: string;
  readonly keepNewline?: boolean;
}

/** More than any tier takes; a value that is too long is refused in AWS's words. */
const MOST = 64 * 1024;

/**
 * From the argument or `--value`, `--value-file`, standard input, or a prompt without echo.
 *
 * @param inVain is thrown before the user is to type something, if it is there.
 */
export async function readValue(
  context: Context,
  argument: string | undefined,
  options: ValueOptions,
  { isSecret, inVain }: { readonly isSecret: boolean; readonly inVain?: CliError | undefined },
): Promise<string> {
  const given = [argument, options.value, options.valueFile].filter((value) => value !== undefined);
  if (given.length > 1) throw new CliError(EXIT.usage, 'Give the value once: as an argument, --value or --value-file.');
  const words = argument ?? options.value;
  if (words !== undefined && words !== STANDARD) {
    if (isSecret) {
      context.warn(
        "a secret on the command line is seen by other users (ps) and kept in the shell's history. Better: --value-file FILE, --value - or the prompt.",
      );
    }
    return words;
  }
  if (options.valueFile !== undefined && options.valueFile !== STANDARD) {
    return textOf(context, await readText(options.valueFile), options);
  }
  if (context.terminal.stdin.isTTY === true) {
    if (inVain !== undefined) throw inVain;
    if (given.length === 0 && (await canAsk(context))) return askText(context, 'Value:');
  }
  return textOf(context, decode(await readStream(await standardInput(context, 'Value', isSecret), MOST)), options);
}

/**
 * Leaves out what editors and `echo` add, and hardly any user means: a byte order mark before it, a line end after it.
 */
function textOf(context: Context, text: string, { keepNewline }: ValueOptions): string {
  const unmarked = text.replace(/^\ufeff/, '');
  if (unmarked !== text) {
    context.note('The byte order mark before the value is left out. To store one, write it twice.');
  }
  return keepNewline === true ? unmarked : unmarked.replace(/\r?\n$/, '');
}

async function readText(path: string): Promise<string> {
  try {
    return decode(await readInput(path, MOST));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unreadable(path, error);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    // Cut within a character, perhaps, where it is too long: it is refused for its length.
    const stream = bytes.length > MOST;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream });
  } catch (error) {
    throw new CliError(EXIT.failed, 'The value is not text in UTF-8, and parameters hold text alone.', {
      cause: error,
    });
  }
}
