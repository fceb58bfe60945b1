/**
 * Arguments, variables and names of files that are not UTF-8. Node replaces their odd bytes by U+FFFD, so that
 * different ones become one text. Linux shows the bytes; where a system does not, a text with U+FFFD counts as changed.
 * @module
 */

import { readFileSync } from 'node:fs';
import { shown } from '@securestring/core/quoted';
import { isSuspect } from './suspect.ts';

/** Finds the words of the command line that are not UTF-8; each with its places, from 0, and what a person may read. */
export function changedWords(words: readonly string[]): ReadonlyMap<string, readonly ChangedWord[]> {
  const changed = new Map<string, readonly ChangedWord[]>();
  if (!words.some(isSuspect)) return changed;
  const all = rawTexts('cmdline');
  const raw = all.slice(Math.max(0, all.length - words.length));
  for (const [place, word] of words.entries()) {
    // Another process's words, as in a test, are not these.
    const bytes = raw[place]?.toString() === word ? raw[place] : undefined;
    if (!isSuspect(word) || bytes?.equals(Buffer.from(word)) === true) continue;
    const found = { place, shown: shownBytes(bytes ?? Buffer.from(word)) };
    changed.set(word, [...(changed.get(word) ?? []), found]);
  }
  return changed;
}

export interface ChangedWord {
  readonly place: number;
  readonly shown: string;
}

/** Finds the variables that are not UTF-8, by name. */
export function changedVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const suspects = Object.entries(env).filter(([name, value = '']) => isSuspect(name) || isSuspect(value));
  if (suspects.length === 0) return [];
  const raw = rawTexts('environ');
  return suspects.flatMap(([name, value = '']) => {
    const text = `${name}=${value}`;
    const found = raw.filter((each) => each.toString() === text);
    return found.length > 0 && found.every((each) => each.equals(Buffer.from(text))) ? [] : [name];
  });
}

/** Shows bytes as text, with those that are not UTF-8 as `\xe9`. */
export function shownBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const [character, length] = characterAt(bytes, at);
    text += character;
    at += length;
  }
  return text;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes of the longest character. */
const LONGEST = 4;

function characterAt(bytes: Uint8Array, at: number): readonly [character: string, length: number] {
  for (let length = 1; length <= LONGEST && at + length <= bytes.length; length++) {
    try {
      return [shown(strict.decode(bytes.subarray(at, at + length))), length];
    } catch {
      // Too short, or not a character at any length.
    }
  }
  return [`\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`, 1];
}

/** What the system gave this process; nothing where it does not show it. */
function rawTexts(file: 'cmdline' | 'environ'): readonly Buffer[] {
  try {
    const texts = readFileSync(`/proc/self/${file}`, 'latin1').split('\0').slice(0, -1);
    return texts.map((text) => Buffer.from(text, 'latin1'));
  } catch {
    return [];
  }
}
