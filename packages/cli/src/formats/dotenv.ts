/**
 * Values in a dotenv file that this program writes. A POSIX shell, the npm package `dotenv` and `node --env-file` each
 * read back exactly what was written. Their quotes have no escape in common, so that a few values have no form.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { Keyed, Written } from './format.ts';

interface Form {
  holds(value: string): boolean;
  write(value: string): string;
}

/** A function that reads a dotenv file: names and values. */
export type DotenvReader = (text: string) => Readonly<Record<string, string | undefined>>;

/** In the order of preference. Dotenv and node replace or drop every carriage return. */
const FORMS: readonly Form[] = [
  // zsh replaces a word behind = by the path of a program.
  { holds: (value) => /^(?!=)(?!.*:=)[\w./:@%+,=-]+$/.test(value), write: (value) => value },
  // Dotenv takes a backslash before the closing quote for an escape.
  { holds: (value) => !/['\r\0]|\\$/.test(value), write: (value) => `'${value}'` },
  // A shell gives the other four characters a meaning.
  { holds: (value) => !/["$`\\\r\0]/.test(value), write: (value) => `"${value}"` },
];

/** Writes `NAME=value` lines. */
export async function writeDotenv(entries: readonly Keyed[]): Promise<Written> {
  const [{ default: dotenv }, { parseEnv }] = await Promise.all([import('dotenv'), import('node:util')]);
  // Node has its reader since 20.12.
  return { text: toDotenv(entries, [dotenv.parse, ...(parseEnv === undefined ? [] : [parseEnv])]) };
}

/**
 * Writes the lines, each with its end.
 *
 * @param readers the functions that must read back every value; their results decide.
 * @throws `CliError` that names the parameters whose values have no form.
 */
export function toDotenv(variables: readonly Keyed[], readers: readonly DotenvReader[]): string {
  const lines = variables.map(({ variable, value }) => {
    const form = FORMS.find(({ holds }) => holds(value));
    return form === undefined ? undefined : `${variable}=${form.write(value)}\n`;
  });
  const text = lines.join('');
  const found = readers.map((read) => read(text));
  const lost = variables.filter(
    ({ variable, value }, at) => lines[at] === undefined || found.some((values) => values[variable] !== value),
  );
  if (lost.length === 0) return text;
  throw new CliError(
    EXIT.failed,
    `A dotenv file cannot hold the value of ${lost.map(({ name }) => name).join(', ')} in quotes that shells, dotenv and node all read alike. Give --format shell or --format json.`,
  );
}
