/**
 * Values in the syntax of dotenv files, so that `dotenv` reads back exactly what was written. Its syntax has quotes but no
 * way to write a quote within them, so that each value takes the first form that can hold it, and a few values have none.
 * @module
 */

import type { parse } from 'dotenv';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import type { Variable } from './under.ts';

interface Form {
  holds(value: string): boolean;
  write(value: string): string;
}

/** In the order of preference. A backslash before a closing quote would hide it, wherever it stands. */
const FORMS: readonly Form[] = [
  { holds: (value) => /^[\w./:@%+,=-]+$/.test(value), write: (value) => value },
  { holds: (value) => !/['\r]|\\$/.test(value), write: (value) => `'${value}'` },
  {
    // The only form with escapes, of line ends alone; and none for the backslash that makes one.
    holds: (value) => !/"|\\[nr]|\\$/.test(value),
    write: (value) => `"${value.replaceAll('\r', '\\r')}"`,
  },
  { holds: (value) => !/[`\r]|\\$/.test(value), write: (value) => `\`${value}\`` },
  { holds: (value) => value === value.trim() && !/[#\r\n]|^['"`]/.test(value), write: (value) => value },
];

/**
 * The lines, each with its end.
 *
 * @param read dotenv's own `parse`, which has the last word.
 * @throws `CliError` that names the parameters whose values the syntax cannot hold.
 */
export function toDotenv(variables: readonly Variable[], read: typeof parse): string {
  const lines = variables.map(({ variable, value }) => {
    const form = FORMS.find(({ holds }) => holds(value));
    return form === undefined ? undefined : `${variable}=${form.write(value)}\n`;
  });
  const text = lines.join('');
  const readBack = read(text);
  const lost = variables.filter(({ variable, value }, at) => lines[at] === undefined || readBack[variable] !== value);
  if (lost.length === 0) return text;
  throw new CliError(
    EXIT.failed,
    `A dotenv file cannot hold the value of ${lost.map(({ name }) => name).join(', ')}: its syntax has no way to write that mix of quotes, backslashes and line ends. Give --format json or --format shell.`,
  );
}
