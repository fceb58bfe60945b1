/**
 * Keys and bytes that are derived from a seed: NIST SP 800-108r1 §4.1, counter mode with HMAC-SHA256. Each purpose has
 * a label, and each input has its length in front, so that no two purposes or lists of inputs are ever the same bytes.
 * @module
 */

import { concatBytes, requireBytes } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8, isWellFormed } from '@securestring/core/utf8';
import { provider } from '#platform';

/** The bytes of one derivation. */
const BLOCK_LENGTH = 32;
const BLOCK_LABEL = encodeUtf8('securestring insecure block v1');

/**
 * Returns the key of a seed, 32 bytes: SHA-256 of its bytes or of its UTF-8. HMAC takes a key of any length, but it
 * treats one with zeros at its end like the same key without them.
 *
 * @throws `TypeError` if the seed is neither text nor bytes, or a text with a lone surrogate.
 * @throws `RangeError` if it is empty.
 */
export function seedKey(seed: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return provider.hash('sha256', seedBytes(seed));
}

/** Derives `length` bytes from a seed, for a purpose and its inputs. */
export function derive(
  seed: Uint8Array,
  purpose: string,
  inputs: readonly Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const key = purposeKey(seed, purpose, inputs);
  return expand(key, 0, length);
}

/** Derives the key of one purpose with its inputs, 32 bytes. */
export function purposeKey(seed: Uint8Array, purpose: string, inputs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const prefixed = inputs.flatMap((input) => [uint32(input.length), input]);
  return deriveKey(provider, seed, encodeUtf8(`securestring insecure ${purpose} v1`), ...prefixed);
}

/** Returns `length` bytes of a key's part `index`, block by block. SP 800-108r1 counts in each block's input. */
export function expand(key: Uint8Array, index: number, length: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(length);
  for (let at = 0, counter = 0; at < length; at += BLOCK_LENGTH, counter++) {
    const block = deriveKey(provider, key, BLOCK_LABEL, uint32(index), uint32(counter));
    output.set(block.subarray(0, length - at), at);
  }
  return output;
}

/** Returns four bytes, big-endian. */
export function uint32(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function seedBytes(seed: string | Uint8Array): Uint8Array {
  if (typeof seed === 'string' && !isWellFormed(seed)) {
    throw new TypeError('seed has a lone surrogate, which has no UTF-8 form.');
  }
  const bytes: unknown = typeof seed === 'string' ? encodeUtf8(seed) : seed;
  requireBytes(bytes, 'seed', '');
  if (bytes.length === 0) throw new RangeError('seed must have at least one byte.');
  return concatBytes(bytes);
}
