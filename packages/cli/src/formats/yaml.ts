/**
 * A YAML mapping of names and texts. Every text is in double quotes, in the form that YAML 1.1, YAML 1.2 and, but for
 * its comments, JSON have in common: no reader takes `no` or `0123` for something else.
 * @module
 */

import type { Keyed, Written } from './format.ts';

export function writeYaml(entries: readonly Keyed[]): Written {
  return { text: entries.map(({ variable, value }) => `${inQuotes(variable)}: ${inQuotes(value)}\n`).join('') };
}

/** Characters that YAML does not print, and those that some readers take for line ends. YAML 1.2.2 §5.1, 1.1 §5.4. */
const NOT_PRINTED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Writes a text in double quotes. */
export function inQuotes(text: string): string {
  return JSON.stringify(text).replaceAll(
    NOT_PRINTED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
