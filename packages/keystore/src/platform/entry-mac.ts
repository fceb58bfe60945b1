/**
 * HMAC-SHA256 (RFC 2104) of entries. Node's own `createHmac` takes twice as long for the short inputs of a store, and a
 * list reads many. The tag is stored in clear, so it may be a text in between.
 * @module
 */

import crypto from 'node:crypto';

/** Bytes of a block of SHA-256. FIPS 180-4 §1. */
const BLOCK_LENGTH = 64;
/** Bytes of SHA-256 and of a tag. */
const TAG_LENGTH = 32;

/** Bytes of key and value that fit the memory which is used again; longer entries get memory of their own. */
const SHARED_LENGTH = 4096;

/** A MAC with its key. */
export interface EntryMac {
  /** Makes the tag of key length u16 ‖ key ‖ value: 32 bytes. */
  tag(key: string, value: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Overwrites the key. */
  wipe(): void;
}

/** Whether the platform hashes in one call. Node does; other runtimes may not. */
const HASHES_AT_ONCE = typeof crypto.hash === 'function';

/** Makes a MAC with a key of 32 bytes, which is copied. */
export function entryMac(macKey: Uint8Array, atOnce: boolean = HASHES_AT_ONCE): EntryMac {
  const own = Buffer.from(macKey);
  // Each begins with the key's block and is used for every entry, so the key is never copied for one.
  const inner = Buffer.concat([padded(own, 0x36), Buffer.alloc(SHARED_LENGTH)]);
  const outer = Buffer.concat([padded(own, 0x5c), Buffer.alloc(TAG_LENGTH)]);
  return {
    tag: (key, value) => (atOnce ? tagAtOnce(inner, outer, key, value) : tagInSteps(own, key, value)),
    wipe: () => {
      for (const bytes of [own, inner, outer]) bytes.fill(0);
    },
  };
}

/** Returns a block of the key, combined by exclusive or with a byte. RFC 2104 §2. */
function padded(key: Uint8Array, byte: number): Buffer {
  const block = Buffer.alloc(BLOCK_LENGTH, byte);
  for (const [at, each] of key.entries()) block[at] = each ^ byte;
  return block;
}

function tagAtOnce(inner: Buffer, outer: Buffer, key: string, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const valueAt = BLOCK_LENGTH + 2 + key.length;
  const length = valueAt + value.length;
  const isShared = length <= inner.length;
  const input = isShared ? inner.subarray(0, length) : Buffer.alloc(length);
  if (!isShared) inner.copy(input, 0, 0, BLOCK_LENGTH);
  input.writeUInt16BE(key.length, BLOCK_LENGTH);
  input.write(key, BLOCK_LENGTH + 2, 'latin1');
  input.set(value, valueAt);
  outer.write(crypto.hash('sha256', input, 'binary'), BLOCK_LENGTH, 'latin1');
  if (!isShared) input.fill(0, 0, BLOCK_LENGTH);
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
