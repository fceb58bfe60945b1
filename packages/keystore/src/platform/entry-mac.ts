/**
 * HMAC-SHA256 (RFC 2104) of entries. Node's own `createHmac` takes twice as long for the short inputs of a store, and a
 * list reads many; the tag may be a text on its way, since it is stored in clear.
 * @module
 */

import crypto from 'node:crypto';

/** Bytes of a block of SHA-256. FIPS 180-4 §1. */
const BLOCK_LENGTH = 64;
/** Bytes of SHA-256 and of a tag. */
const TAG_LENGTH = 32;

/** Bytes of key and value of most entries: longer ones need memory of their own. */
const USUAL_LENGTH = 4096;

/** One key, ready to be used. */
export interface EntryMac {
  /** Makes the tag of key length u16 ‖ key ‖ value: 32 bytes. */
  tag(key: string, value: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Overwrites the key. */
  wipe(): void;
}

/** Whether the platform hashes in one call: Node does, other runtimes may not. */
const HASHES_AT_ONCE = typeof crypto.hash === 'function';

/** Prepares a key of 32 bytes, which the caller may wipe then. */
export function entryMac(macKey: Uint8Array, atOnce: boolean = HASHES_AT_ONCE): EntryMac {
  const own = Buffer.from(macKey);
  // Each begins with the key's block, and is used again and again: nothing of the key is copied for an entry.
  const inner = Buffer.concat([padded(own, 0x36), Buffer.alloc(USUAL_LENGTH)]);
  const outer = Buffer.concat([padded(own, 0x5c), Buffer.alloc(TAG_LENGTH)]);
  return {
    tag: (key, value) => (atOnce ? tagAtOnce(inner, outer, key, value) : tagInSteps(own, key, value)),
    wipe: () => {
      for (const bytes of [own, inner, outer]) bytes.fill(0);
    },
  };
}

/** Lays the key on a block of its own, exclusive or with a byte. RFC 2104 §2. */
function padded(key: Uint8Array, byte: number): Buffer {
  const block = Buffer.alloc(BLOCK_LENGTH, byte);
  for (const [at, each] of key.entries()) block[at] = each ^ byte;
  return block;
}

function tagAtOnce(inner: Buffer, outer: Buffer, key: string, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const valueAt = BLOCK_LENGTH + 2 + key.length;
  const length = valueAt + value.length;
  const isUsual = length <= inner.length;
  const input = isUsual ? inner.subarray(0, length) : Buffer.alloc(length);
  if (!isUsual) inner.copy(input, 0, 0, BLOCK_LENGTH);
  input.writeUInt16BE(key.length, BLOCK_LENGTH);
  input.write(key, BLOCK_LENGTH + 2, 'latin1');
  input.set(value, valueAt);
  outer.write(crypto.hash('sha256', input, 'binary'), BLOCK_LENGTH, 'latin1');
  if (!isUsual) input.fill(0, 0, BLOCK_LENGTH);
  return bytesOf(crypto.hash('sha256', outer, 'binary'));
}

function bytesOf(latin1: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(latin1.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = latin1.charCodeAt(at);
  return bytes;
}

function tagInSteps(macKey: Buffer, key: string, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(key.length);
  return Uint8Array.from(
    crypto.createHmac('sha256', macKey).update(length).update(key, 'latin1').update(value).digest(),
  );
}
