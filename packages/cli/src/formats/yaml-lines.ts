/**
 * A YAML mapping for a person to edit: a text of several lines has its lines as they are.
 * @module
 */

import { stringify } from 'yaml';
import type { Keyed } from './format.ts';
import { writeYaml } from './yaml.ts';
import { readYaml } from './yaml-reader.ts';

/** Writes each value in lines where YAML 1.1 and 1.2 read back exactly that value, else in double quotes. */
export function writeYamlLines(entries: readonly Keyed[]): string {
  return entries.map((entry) => inLines(entry) ?? writeYaml([entry]).text).join('');
}

function inLines({ variable, value }: Keyed): string | undefined {
  if (!value.includes('\n')) return undefined;
  const text = stringify({ [variable]: value }, { blockQuote: 'literal', lineWidth: 0 });
  try {
    const [read, ...more] = readYaml(text, '');
    return read?.[0] === variable && read[1] === value && more.length === 0 ? text : undefined;
  } catch {
    // A value that the two read differently.
    return undefined;
  }
}
