/**
 * A parameter's name, as an argument or as `--name`.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

export interface NameOption {
  readonly name?: string;
}

/** The one name, and the arguments that are left. */
export function takeName(
  args: readonly string[],
  { name }: NameOption,
): { readonly name: string; readonly rest: readonly string[] } {
  if (name !== undefined) return { name, rest: args };
  const [first, ...rest] = args;
  if (first === undefined) throw new CliError(EXIT.usage, "Give the parameter's name, as an argument or with --name.");
  return { name: first, rest };
}

/** Refuses arguments that nothing was made of, and counts them: one may be a secret. */
export function requireNoMore(rest: readonly string[]): void {
  if (rest.length > 0) throw new CliError(EXIT.usage, `${counted(rest.length, 'argument')} too many.`);
}
