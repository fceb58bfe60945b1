/**
 * Checks of a provider's AES-GCM and key wraps.
 * @module
 */

import { concatBytes, toHex } from '../bytes.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import { changed, counting, expect, expectBytes, expectRangeError, hex, open, seal } from './expect.ts';
import { GCM_VECTORS } from './vectors.ts';

const NONE = new Uint8Array(0);
/** Lengths around the blocks of AES and around 64 KiB, in which some libraries cut their work. */
const LENGTHS = [0, 1, 15, 16, 17, 4096, 65_535, 65_536, 65_537, 200_000];

/** Checks the vectors of AES-GCM. */
export function checkGcmVectors(provider: Provider): void {
  for (const vector of GCM_VECTORS) {
    const [iv, aad, plaintext, sealed] = [vector.iv, vector.aad, vector.plaintext, vector.sealed].map(hex) as Four;
    const key = provider.aesGcm(hex(vector.key));
    expectBytes(seal(key, iv, aad, plaintext), vector.sealed, 'gcmSeal');
    expectBytes(open(key, iv, aad, sealed), vector.plaintext, 'gcmOpen');
    if (key.gcmSealApart)
      expectBytes(concatBytes(...key.gcmSealApart(iv, aad, plaintext)), vector.sealed, 'gcmSealApart');
    if (key.gcmOpenApart) expectBytes(joined(key.gcmOpenApart(iv, aad, sealed)), vector.plaintext, 'gcmOpenApart');
  }
}

/** Joins pieces that opened. */
function joined(pieces: readonly Uint8Array[] | undefined): Uint8Array | undefined {
  return pieces && concatBytes(...pieces);
}

type Four = [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Checks that AES-GCM refuses whatever differs from what was sealed. */
export function checkGcmForgeries(provider: Provider): void {
  const [iv, aad, plaintext] = [counting(12), counting(20), counting(40)];
  const key = provider.aesGcm(counting(32));
  const sealed = seal(key, iv, aad, plaintext);
  const refuse = (what: string, under: AesGcmKey, otherIv: Uint8Array, otherAad: Uint8Array, bytes: Uint8Array) => {
    expect(open(under, otherIv, otherAad, bytes) === undefined, `gcmOpen accepted ${what}`);
    expect(under.gcmOpenApart?.(otherIv, otherAad, bytes) === undefined, `gcmOpenApart accepted ${what}`);
  };
  refuse('another key', provider.aesGcm(counting(32, 1)), iv, aad, sealed);
  for (const other of changed(iv)) refuse('another IV', key, other, aad, sealed);
  for (const other of [NONE, counting(19), counting(21), ...changed(aad)]) refuse('other data', key, iv, other, sealed);
  for (const other of changed(sealed)) refuse('a changed byte', key, iv, aad, other);
}

/** Checks AES-GCM on views into longer arrays, in one piece and in several. */
export function checkGcmLengths(provider: Provider): void {
  const [iv, aad] = [counting(12), counting(5)];
  const key = provider.aesGcm(counting(32));
  for (const length of LENGTHS) {
    const plaintext = counting(length);
    const place = new Uint8Array(length + 16 + 2);
    const sealed = place.subarray(1, -1);
    key.gcmSeal(iv, aad, plaintext, sealed);
    expect(place.at(0) === 0 && place.at(-1) === 0, 'gcmSeal wrote beside its output');
    expectBytes(open(key, iv, aad, sealed), toHex(plaintext), `gcmOpen of ${length} bytes`);
    const pieces = key.gcmSealApart?.(iv, aad, plaintext);
    if (pieces) expectBytes(concatBytes(...pieces), toHex(sealed), `gcmSealApart of ${length} bytes`);
    const opened = key.gcmOpenApart?.(iv, aad, sealed);
    if (key.gcmOpenApart) expectBytes(joined(opened), toHex(plaintext), `gcmOpenApart of ${length} bytes`);
    for (const piece of [...(pieces ?? []), ...(opened ?? [])])
      expect(piece.length === piece.buffer.byteLength, 'Pieces must have memory of their own');
  }
}

/** Checks that AES-GCM throws a `RangeError` for wrong lengths. */
export function checkGcmRefusals(provider: Provider): void {
  const key = provider.aesGcm(counting(16));
  for (const length of [0, 15, 17, 31, 33]) expectRangeError(() => provider.aesGcm(counting(length)), 'aesGcm');
  for (const length of [0, 11, 13, 16]) {
    expectRangeError(() => key.gcmSeal(counting(length), NONE, NONE, new Uint8Array(16)), 'gcmSeal with a wrong IV');
    expectRangeError(
      () => key.gcmOpen(counting(length), NONE, new Uint8Array(16), NONE.slice()),
      'gcmOpen with a wrong IV',
    );
  }
  const iv = counting(12);
  for (const length of [0, 19, 21])
    expectRangeError(() => key.gcmSeal(iv, NONE, counting(4), new Uint8Array(length)), 'gcmSeal into a wrong length');
  for (const length of [0, 3, 5, 20])
    expectRangeError(() => key.gcmOpen(iv, NONE, counting(20), new Uint8Array(length)), 'gcmOpen into a wrong length');
  expectRangeError(() => key.gcmOpen(iv, NONE, counting(15), NONE.slice()), 'gcmOpen of less than a tag');
}

/** Checks the vectors of a key wrap, and its lengths. */
export function checkWraps(
  name: 'aesKw' | 'aesKwp',
  vectors: readonly (readonly [kek: string, key: string, wrapped: string])[],
  wrap: Provider['aesKwWrap'],
  unwrap: Provider['aesKwUnwrap'],
): void {
  for (const [kek, key, wrapped] of vectors) {
    expectBytes(wrap(hex(kek), hex(key)), wrapped, `${name}Wrap`);
    expectBytes(unwrap(hex(kek), hex(wrapped)), key, `${name}Unwrap`);
    for (const other of changed(hex(wrapped)))
      expect(unwrap(hex(kek), other) === undefined, `${name}Unwrap accepted a changed byte`);
    expect(unwrap(counting(32, 7), hex(wrapped)) === undefined, `${name}Unwrap accepted another key`);
  }
  const kek = counting(32);
  const lengths = name === 'aesKw' ? [16, 24, 512, 4096] : [...Array.from({ length: 40 }, (_, i) => i + 1), 512, 4095];
  for (const length of lengths)
    expectBytes(unwrap(kek, wrap(kek, counting(length))), toHex(counting(length)), `${name}Unwrap of ${length} bytes`);
}

/** Checks that key wraps refuse wrong lengths. */
export function checkWrapLengths(provider: Provider): void {
  const kek = counting(16);
  for (const length of [0, 8, 15, 17, 23]) {
    expectRangeError(() => provider.aesKwWrap(kek, counting(length)), `aesKwWrap of ${length} bytes`);
    expect(provider.aesKwUnwrap(kek, counting(length)) === undefined, `aesKwUnwrap accepted ${length} bytes`);
    expect(provider.aesKwpUnwrap(kek, counting(length)) === undefined, `aesKwpUnwrap accepted ${length} bytes`);
  }
  expectRangeError(() => provider.aesKwpWrap(kek, NONE), 'aesKwpWrap of 0 bytes');
  for (const wrong of [counting(15), counting(33)]) {
    expectRangeError(() => provider.aesKwWrap(wrong, counting(16)), 'aesKwWrap');
    expectRangeError(() => provider.aesKwpWrap(wrong, counting(16)), 'aesKwpWrap');
    expectRangeError(() => provider.aesKwUnwrap(wrong, counting(24)), 'aesKwUnwrap');
    expectRangeError(() => provider.aesKwpUnwrap(wrong, counting(24)), 'aesKwpUnwrap');
  }
}
