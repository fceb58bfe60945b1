/**
 * A JSON object of names and texts.
 * @module
 */

import { excerpt, quoted } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { Entry, Keyed, Written } from './format.ts';
import { repeatedName } from './json-names.ts';

export function writeJson(entries: readonly Keyed[]): Written {
  const values = Object.fromEntries(entries.map(({ variable, value }) => [variable, value]));
  return { text: `${JSON.stringify(values, undefined, 2)}\n` };
}

export function readJson(text: string, file: string): readonly Entry[] {
  const values = parseJson(text, file, ' For a dotenv file give --format dotenv.');
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new CliError(EXIT.failed, `${file} must be a JSON object of names and texts.`);
  }
  const twice = repeatedName(text);
  if (twice !== undefined) {
    const { name, line, before } = twice;
    const where =
      line === before
        ? `line ${line} has ${quoted(name)} twice`
        : `line ${line} has ${quoted(name)} again, as line ${before} does`;
    throw new CliError(EXIT.failed, `${file}: ${where}. Nothing was imported.`);
  }
  return textsIn(values);
}

/** Returns the entries of an object whose values are texts. */
export function textsIn(values: object): readonly Entry[] {
  return Object.entries(values).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return [name, value];
    throw new CliError(EXIT.failed, `The value of ${excerpt(name)} must be a text, in quotes.`);
  });
}

/** Parses JSON, and shows nothing of it where it is not. */
export function parseJson(text: string, file: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: its message has a piece of the text.
    throw new CliError(EXIT.failed, `${file} is not JSON.${hint}`);
  }
}
