/**
 * Where the paths end, and the program begins.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

export interface ExecWords {
  readonly paths: readonly string[];
  /** What the program is called by. */
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Takes arguments apart at the first `--` of the command line, which commander has taken out of them; without one, the
 * first is the path.
 */
export function execWords(given: readonly string[], words: readonly string[]): ExecWords {
  const dashes = words.indexOf('--');
  const length = dashes < 0 ? given.length - 1 : words.length - dashes - 1;
  const split = Math.max(0, given.length - length);
  const [paths, [command, ...args]] = [given.slice(0, split), given.slice(split)];
  if (command === undefined) {
    throw new CliError(EXIT.usage, 'Give the program behind --, as in securestring exec /app -- ./server.');
  }
  return { paths, command, args };
}
