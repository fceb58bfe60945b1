/**
 * Names of parameters under a path, and as keys of a file, in their own case.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { Keyed } from './format.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Names them by what is behind the path, with `.` for `/`; or as identifiers, with `_` for each of `/`, `.` and `-`.
 *
 * @throws `CliError` where two get the same name, or one gets none that is an identifier.
 */
export function asKeys(
  found: readonly Omit<Keyed, 'variable'>[],
  path: string,
  { prefix = '' }: { readonly prefix?: string },
  separator: '.' | '_',
): readonly Keyed[] {
  const names = new Map<string, string>();
  return found.map(({ name, value }) => {
    const variable = prefix + nameUnder(name, path).replaceAll(separator === '.' ? '/' : /[/.-]/g, separator);
    if (separator === '_' && !IDENTIFIER.test(variable)) {
      throw refused(`${name} would become ${variable}, which is not an identifier. Give --prefix TEXT.`);
    }
    const other = names.get(variable);
    if (other !== undefined) throw refused(`${other} and ${name} would both become ${variable}. Give a longer path.`);
    names.set(variable, name);
    return { name, variable, value };
  });
}

/** Puts the parameters of several paths together: of two with one name, the later one takes precedence. */
export function withPrecedence(paths: readonly (readonly Keyed[])[]): {
  readonly entries: readonly Keyed[];
  /** What was replaced, for the user to know. */
  readonly replaced: readonly string[];
} {
  const entries = new Map<string, Keyed>();
  const replaced: string[] = [];
  for (const one of paths.flat()) {
    const before = entries.get(one.variable);
    if (before !== undefined && before.name !== one.name) {
      replaced.push(`${one.name} replaces ${before.name} in ${one.variable}`);
    }
    entries.set(one.variable, one);
  }
  return { entries: [...entries.values()], replaced };
}

/** Adds the slash that a name of one part may be without: Parameter Store takes both for one name. */
export function withSlash(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

/** What is behind a path in a name: `db/password` in `/app/db/password` under `/app`, and under `/app/`. */
export function nameUnder(name: string, path: string): string {
  return withSlash(name).slice(path.replace(/\/+$/, '').length + 1);
}

function refused(message: string): CliError {
  return new CliError(EXIT.failed, message);
}
