/**
 * Inputs as they are typed: paths, and `-` for standard input.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** Standard input or output, in the place of a path. */
export const STANDARD = '-';

/** As a sentence begins with it. */
export function nameOf(input: string): string {
  return input === STANDARD ? 'Standard input' : input;
}

export function unreadable(input: string, cause: unknown, advice = ''): CliError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError(EXIT.notFound, `${nameOf(input)} cannot be read: ${why}.${advice}`, { cause });
}
