/**
 * Dotenv files. Values are written so that `dotenv` reads back exactly what was written. Its syntax has quotes but no
 * way to write a quote within them, so that each value takes the first form that can hold it, and a few values have none.
 * @module
 */

import { randomUUID } from 'node:crypto';
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

/**
 * Names and values, in the order of the file. Dotenv itself passes over lines that it does not understand, and takes the
 * last of several values.
 *
 * @param read dotenv's own `parse`.
 * @param file As a sentence begins with it.
 * @throws `CliError` that names a line nothing is read from, or whose name stands in a line before. It tells nothing of
 * what is in it: that may be a secret.
 */
export function fromDotenv(text: string, read: typeof parse, file: string): readonly (readonly [string, string])[] {
  const lineOf = new Map<string, number>();
  return statements(text, read).map(({ line, lines }) => {
    const [entry] = Object.entries(read(lines));
    if (entry === undefined) {
      throw new CliError(EXIT.failed, `${file}: line ${line} is no NAME=VALUE. Nothing was imported.`);
    }
    const before = lineOf.get(entry[0]);
    if (before !== undefined) {
      throw new CliError(EXIT.failed, `${file}: line ${line} has the name of line ${before}. Nothing was imported.`);
    }
    lineOf.set(entry[0], line);
    return entry;
  });
}

interface Statement {
  /** From 1. */
  readonly line: number;
  /** Several where a value in quotes goes on. */
  readonly lines: string;
}

/** A line begins a statement where a name that is put before it is read as one: it does not stand within quotes. */
function statements(text: string, read: typeof parse): readonly Statement[] {
  const lines = text.split(/\r\n?|\n/);
  const mark = `${randomUUID()}.`;
  const isFilled = (line: string) => /^\s*[^\s#]/.test(line);
  const marked = lines.map((line, at) => (isFilled(line) ? `${mark}${at}=1\n${line}` : line)).join('\n');
  const starts = Object.keys(read(marked))
    .filter((name) => name.startsWith(mark))
    .map((name) => Number(name.slice(mark.length)));
  return starts.map((start, at) => ({ line: start + 1, lines: lines.slice(start, starts[at + 1]).join('\n') }));
}
