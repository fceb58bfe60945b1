/**
 * HMAC (RFC 2104) on Node. Its own `Hmac` is a stream: for the short inputs here, two hashes in one call each take half
 * the time, and leave nothing for the garbage collector to close.
 * @module
 */

import crypto from 'node:crypto';
import type { HashName } from '../suites.ts';

/** Bytes of a digest, by hash. FIPS 180-4 §1. */
export const HASH_LENGTHS: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Memory for a block and the data behind it; every call wipes what it wrote. Longer inputs go to `Hmac`. */
const input = new Uint8Array(1024);
const words = new Uint32Array(input.buffer);
/** Views of its beginning, by their lengths: a few lengths come again and again. */
const beginnings: Uint8Array[] = [];

function beginning(length: number): Uint8Array {
  beginnings[length] ??= input.subarray(0, length);
  return beginnings[length];
}

/**
 * Computes an HMAC. The result may share memory with other Buffers. Node hashes in one call; other runtimes may not.
 */
export function hmacBuffer(
  name: HashName,
  key: Uint8Array,
  data: Uint8Array,
  atOnce: boolean = crypto.hash !== undefined,
): Buffer {
  const digestLength = HASH_LENGTHS[name];
  // FIPS 180-4 §1: the long hashes have long blocks.
  const blockLength = digestLength > 32 ? 128 : 64;
  const end = blockLength + Math.max(data.length, digestLength);
  if (!atOnce || key.length > blockLength || end > input.length) {
    return crypto.createHmac(name, key).update(data).digest();
  }
  // The key's block is filled up with zeros. RFC 2104 §2.
  input.set(key);
  input.fill(0, key.length, blockLength);
  combineBlock(0x36363636, blockLength);
  input.set(data, blockLength);
  // Without the key, the inner digest gives nothing away, so it may be a text, which costs less than an array.
  const digest = crypto.hash(name, beginning(blockLength + data.length), 'binary');
  combineBlock(0x36363636 ^ 0x5c5c5c5c, blockLength);
  // A call of a Buffer's methods would cost more than these loops.
  for (let i = 0; i < digestLength; i++) input[blockLength + i] = digest.charCodeAt(i);
  const tag = crypto.hash(name, beginning(blockLength + digestLength), 'buffer');
  input.fill(0, 0, end);
  return tag;
}

/** Combines the first block with four times one byte by exclusive or, in words: bytes would take four times as long. */
function combineBlock(word: number, blockLength: number): void {
  for (let i = 0; i < blockLength / 4; i++) words[i] = (words[i] as number) ^ word;
}
