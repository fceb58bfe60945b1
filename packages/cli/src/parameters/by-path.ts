/**
 * All parameters under a path, decrypted, by name and as variables of an environment.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { nameUnder } from '../formats/names.ts';
import type { OpenStore } from '../store/with-store.ts';
import { takePath } from './lookup.ts';
import { refuseObeyed, type Variable } from './obeyed.ts';
import { isOwnName } from './own-names.ts';
import { requireRead, valuesUnder } from './readable.ts';

export interface UnderOptions {
  /** Commander's form of `--no-recursive`. */
  readonly recursive?: boolean;
}

export interface VariableOptions {
  readonly keepCase?: boolean;
  readonly prefix?: string;
  /** Names of variables that programs obey, which the store may set. */
  readonly allow?: readonly string[];
}

export interface Valued {
  readonly name: string;
  readonly value: string;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads them, in the order of their names. All of a store is without what the command line keeps for itself: neither a
 * setting of a rotation nor a value that is not tested yet is for a program.
 *
 * @throws `CliError` if there are no parameters: the path may be misspelt.
 */
export async function readUnder(
  store: OpenStore,
  given: string,
  { recursive = true }: UnderOptions,
): Promise<readonly Valued[]> {
  const path = takePath(given);
  const { all: found, unread } = await valuesUnder(store, path, recursive);
  const isWanted = ({ name }: { readonly name: string }) => path !== '/' || !isOwnName(name);
  requireRead(new Map([...unread].filter(([entry]) => isWanted(entry))));
  const wanted = path === '/' ? found.filter(isWanted) : found;
  if (wanted.length === 0) throw await (await import('./near-names.ts')).nothingUnder(store, given);
  return wanted;
}

/**
 * Names them as variables: what is behind the path, `/`, `.` and `-` as `_`, in capitals.
 *
 * @throws `CliError` where two get the same name, or one gets none that a shell could read, or one that programs obey.
 */
export function asVariables(found: readonly Valued[], path: string, options: VariableOptions): readonly Variable[] {
  const variables = namedVariables(found, path, options);
  refuseObeyed(variables, options.allow);
  return variables;
}

/** The same, without a look at what programs obey. */
export function namedVariables(
  found: readonly Valued[],
  path: string,
  { keepCase = false, prefix = '' }: VariableOptions,
): readonly Variable[] {
  const names = new Map<string, string>();
  return found.map(({ name, value }) => {
    const relative = nameUnder(name, path).replaceAll(/[/.-]/g, '_');
    const variable = `${prefix}${keepCase ? relative : relative.toUpperCase()}`;
    if (!VARIABLE.test(variable)) {
      throw new CliError(
        EXIT.failed,
        `${name} would become ${variable}, which is not the name of a variable: it must begin with a letter or _ and go on with those and digits. Give --prefix TEXT.`,
      );
    }
    const other = names.get(variable);
    if (other !== undefined) {
      throw new CliError(
        EXIT.failed,
        `${other} and ${name} would both become ${variable}. Rename one, or give --keep-case or a longer path.`,
      );
    }
    names.set(variable, name);
    return { name, variable, value };
  });
}

/** No environment and no shell can hold a zero byte. */
export function refuseZeroBytes(variables: readonly Variable[]): void {
  const found = variables.find(({ value }) => value.includes('\0'));
  if (found === undefined) return;
  throw new CliError(EXIT.failed, `The value of ${found.name} has a zero byte in it, which no variable can hold.`);
}
