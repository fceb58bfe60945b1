/**
 * Inputs as they are typed: paths, and `-` for standard input.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';

/** Standard input or output, in the place of a path. */
export const STANDARD = '-';

/** As a sentence begins with it. */
export function nameOf(input: string): string {
  return input === STANDARD ? 'Standard input' : input;
}

export function unreadable(input: string, cause: unknown, advice = ''): CliError {
  return new CliError(EXIT.notFound, `${whyUnreadable(input, cause)}${advice}`, { cause });
}

/** A sentence on a file that cannot be read, without the system's words where there are plainer ones. */
export function whyUnreadable(input: string, cause: unknown): string {
  if (MISSING.some((code) => isCode(cause, code))) return `There is no file ${input}.`;
  if (isCode(cause, 'EISDIR')) return `${input} is a folder, not a file.`;
  return `${nameOf(input)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`;
}

/** Of a file that is not there, and of one below what is not a folder. */
const MISSING: readonly string[] = ['ENOENT', 'ENOTDIR'];
