/**
 * The primitives on Node.
 * @module
 */

import crypto from 'node:crypto';
import { writeUtf8 } from '@securestring/core/utf8';

export { randomUUID } from 'node:crypto';
export { nodeProvider as provider } from '@securestring/core/node';

const sha256: (data: string | Uint8Array, form: 'hex' | 'binary') => string =
  // Runtimes that stand in for Node may lack the call that makes no object.
  typeof crypto.hash === 'function'
    ? (data, form) => crypto.hash('sha256', data, form)
    : (data, form) => crypto.createHash('sha256').update(data).digest(form);

/** Hashes bytes, or a text in UTF-8, with SHA-256. Returns hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return sha256(data, 'hex');
}

const BLOCK_LENGTH = 64;
const HASH_LENGTH = 32;
/** Bytes of a text that fit the memory which is used again; a longer text gets memory of its own. */
const SHARED_LENGTH = 1024;
/** The most bytes of UTF-8 for one UTF-16 unit. */
const MAX_UNIT_LENGTH = 3;

/**
 * Makes HMAC-SHA256 under a key of at most 64 bytes, of texts in UTF-8, in hex. Two calls of `hash` on blocks that are
 * made once (RFC 2104) take half the time of a new `Hmac` object.
 */
export function hmacHex(key: Uint8Array): (text: string) => string {
  const shared = padded(key, 0x36, BLOCK_LENGTH + SHARED_LENGTH);
  const outer = padded(key, 0x5c, BLOCK_LENGTH + HASH_LENGTH);
  return (text) => {
    const maxLength = BLOCK_LENGTH + MAX_UNIT_LENGTH * text.length;
    const inner = maxLength <= shared.length ? shared : padded(key, 0x36, maxLength);
    const length = writeUtf8(text, inner, BLOCK_LENGTH);
    const digest = sha256(inner.subarray(0, BLOCK_LENGTH + length), 'binary');
    // A Buffer's `write` would cost more than this loop.
    for (let i = 0; i < HASH_LENGTH; i++) outer[BLOCK_LENGTH + i] = digest.charCodeAt(i);
    return sha256Hex(outer);
  };
}

/** Memory that begins with the first block of a hash: the key in a pad of one byte. */
function padded(key: Uint8Array, byte: number, length: number): Uint8Array {
  const block = new Uint8Array(length).fill(byte, 0, BLOCK_LENGTH);
  for (const [at, each] of key.entries()) block[at] = each ^ byte;
  return block;
}
