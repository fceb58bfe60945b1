/**
 * Keystore documents, changed by hand.
 * @module
 */

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { KeystoreStorage } from '../src/index.ts';

/** Where the slots begin, and the length of each by its type. */
const SLOTS = { count: 38, at: 39, lengths: [0, 60, 41] } as const;

/** Returns the place of the checksum, after all slots. */
export function checksumAt(bytes: Uint8Array): number {
  let at: number = SLOTS.at;
  for (let i = 0; i < (bytes[SLOTS.count] as number); i++) at += SLOTS.lengths[bytes[at] as number] ?? Number.NaN;
  return at;
}

/** Returns the same document with the checksum that fits. */
export function checksummed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = checksumAt(copy);
  const rest = createHash('sha256')
    .update(copy.subarray(0, at))
    .update(copy.subarray(at + 32));
  copy.set(rest.digest(), at);
  return copy;
}

/** Returns the same document with these slots, as bytes, in place of its own. */
export function withSlots(bytes: Uint8Array, slots: readonly Uint8Array[]): Uint8Array {
  const start = Buffer.from(bytes.subarray(0, SLOTS.at));
  start[SLOTS.count] = slots.length;
  return checksummed(Buffer.concat([start, ...slots, bytes.subarray(checksumAt(bytes))]));
}

/** Returns a storage of these bytes that refuses to write. */
export function holding(bytes: Uint8Array): KeystoreStorage {
  return { read: async () => bytes.slice(), replace: () => expect.fail('nothing may be written') };
}
