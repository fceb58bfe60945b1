/**
 * The words of which passphrases are made: 2048, which differ in their first four letters.
 * @module
 */

import { readFileSync } from 'node:fs';

/** Reads them. Each is worth 11 bits where it is chosen at random. */
export function wordList(): readonly string[] {
  const text = readFileSync(new URL('../words.txt', import.meta.url), 'utf8');
  return text.replaceAll(/^#.*$/gm, '').trim().split(/\s+/);
}
