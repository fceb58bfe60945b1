/**
 * Arbitrary values for fast-check.
 * @module
 */

import type { EncryptionContext, Provider } from '@securestring/core';
import fc from 'fast-check';
import { providers } from './providers.ts';
import { UNSIGNED_SUITES } from './suites.ts';

/** Well-formed text of any code points. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'toString', '\ufeff', '\ufffd', '\u{1f600}'),
  },
);

/** Pairs with different names, in any order. */
export const pairs: fc.Arbitrary<[string, string][]> = fc.uniqueArray(fc.tuple(text, text), {
  selector: ([key]) => key,
  maxLength: 6,
});

/** In the order of the names, which differ: for comparing. */
export function byName<Pair extends readonly [string, string]>(list: readonly Pair[]): Pair[] {
  return list.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A context that may be encrypted under. */
export const context: fc.Arbitrary<EncryptionContext> = pairs.map((list) =>
  Object.fromEntries(list.filter(([key]) => !key.startsWith('aws-crypto-'))),
);

export const suite: fc.Arbitrary<(typeof UNSIGNED_SUITES)[number]> = fc.constantFrom(...UNSIGNED_SUITES);

export const provider: fc.Arbitrary<Provider> = fc.constantFrom(...providers);

export const aesKey: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .constantFrom(16, 24, 32)
  .chain((length) => bytes(length, length));

export function bytes(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc.uint8Array({ minLength, maxLength }).map((array) => Uint8Array.from(array));
}
