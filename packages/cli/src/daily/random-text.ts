/**
 * Random passwords: each character is chosen alone and evenly from all, by the system's source of randomness.
 * @module
 */

import { randomBytes, randomInt } from 'node:crypto';

/** Characters to choose from, by name. Look-alikes stay in: a program reads a value more often than a person. */
export const CHARSETS: Readonly<Record<string, string>> = {
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  digits: '0123456789',
  hex: '0123456789abcdef',
  url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  ascii: Array.from({ length: 0x7e - 0x21 + 1 }, (_, at) => String.fromCharCode(0x21 + at)).join(''),
};

export const ENCODINGS = ['hex', 'base64', 'base64url'] as const;

/** A random text, and how many bits an attacker has to guess. */
export interface RandomText {
  readonly text: string;
  readonly bits: number;
}

/**
 * Chooses characters.
 *
 * @param characters at least two different ones; one that is there twice counts once.
 */
export function randomCharacters(length: number, characters: string): RandomText {
  const choice = [...new Set(characters)];
  // `randomInt` draws again where a remainder would favour some: no character comes more often than another.
  const text = Array.from({ length }, () => choice[randomInt(choice.length)]).join('');
  return { text, bits: Math.floor(length * Math.log2(choice.length)) };
}

export function randomEncoded(length: number, encoding: (typeof ENCODINGS)[number]): RandomText {
  return { text: randomBytes(length).toString(encoding), bits: length * 8 };
}
