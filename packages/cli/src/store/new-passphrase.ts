/**
 * New passphrases: a remark on one that can be guessed, and one of words that cannot.
 * @module
 */

import { randomInt } from 'node:crypto';
import { counted } from '@securestring/core/quoted';
import type { Unlock } from '@securestring/keystore';
import type { Context } from '../command/context.ts';
import { wordList } from '../word-list.ts';
import { passphraseBits } from './strength.ts';

/** Words of a passphrase: 7 of 11 bits each. */
const COUNT = 7;
/** Bits below which a passphrase is remarked upon. */
const ENOUGH = 40;

/** Chooses words at random. */
export function generatedPassphrase(): string {
  const words = wordList();
  return Array.from({ length: COUNT }, () => words[randomInt(words.length)]).join(' ');
}

/** Shows it to the user, this once. */
export function showPassphrase({ terminal }: Context, passphrase: string): void {
  terminal.stderr.write(
    `The passphrase of the store. It is shown this once, and kept nowhere: write it down.\n\n  ${passphrase}\n\n`,
  );
}

/** Warns of a new passphrase that is worth little. */
export function remarkOn({ warn }: Context, unlock: Unlock): void {
  if ('rootKey' in unlock) return;
  const bits = Math.floor(passphraseBits(unlock.passphrase, new Set(wordList())));
  if (bits >= ENOUGH) return;
  warn(
    `The passphrase is worth about ${counted(bits, 'bit')}: a machine may guess it from a copy of what it protects. Better are six words or more, chosen at random, as init --generate-passphrase does.`,
  );
}
