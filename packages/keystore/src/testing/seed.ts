/**
 * A seed and what is derived from it: NIST SP 800-108r1 §4.1, counter mode with HMAC-SHA256, a label for each purpose
 * and inputs with their lengths in front. No two purposes, nor two lists of inputs, ever share a byte.
 * @module
 */

import { concatBytes, requireBytes } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8, isWellFormed } from '@securestring/core/utf8';
import { provider } from '#platform';

/** Bytes of one derivation. */
const BLOCK_LENGTH = 32;
const BLOCK_LABEL = encodeUtf8('securestring insecure block v1');

/**
 * The key of a seed, 32 bytes: SHA-256 of its bytes or of its UTF-8. HMAC takes keys of any length, but tells no key
 * from the same with zeros behind it.
 *
 * @throws `TypeError` where the seed is neither text nor bytes, or a text with a lone surrogate.
 * @throws `RangeError` where it is empty.
 */
export function seedKey(seed: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return provider.hash('sha256', seedBytes(seed));
}

/** `length` bytes that belong to seed, purpose and inputs. */
export function derive(
  seed: Uint8Array,
  purpose: string,
  inputs: readonly Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const key = purposeKey(seed, purpose, inputs);
  return expand(key, 0, length);
}

/** The key of one purpose with its inputs, 32 bytes. */
export function purposeKey(seed: Uint8Array, purpose: string, inputs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const prefixed = inputs.flatMap((input) => [uint32(input.length), input]);
  return deriveKey(provider, seed, encodeUtf8(`securestring insecure ${purpose} v1`), ...prefixed);
}

/** `length` bytes of a key: the blocks of its part `index`. SP 800-108r1 has the counter in each block's input. */
export function expand(key: Uint8Array, index: number, length: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(length);
  for (let at = 0, counter = 0; at < length; at += BLOCK_LENGTH, counter++) {
    const block = deriveKey(provider, key, BLOCK_LABEL, uint32(index), uint32(counter));
    output.set(block.subarray(0, length - at), at);
  }
  return output;
}

/** Four bytes, big-endian. */
export function uint32(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function seedBytes(seed: string | Uint8Array): Uint8Array {
  if (typeof seed === 'string' && !isWellFormed(seed)) {
    throw new TypeError('seed has a lone surrogate, which has no UTF-8 form.');
  }
  const bytes: unknown = typeof seed === 'string' ? encodeUtf8(seed) : seed;
  requireBytes(bytes, 'seed', '');
  if (bytes.length === 0) throw new RangeError('seed must have a byte at least.');
  return concatBytes(bytes);
}
