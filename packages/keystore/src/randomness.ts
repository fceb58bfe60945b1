/**
 * Where a keystore's random values come from: the system, but for the deterministic keystore of fixtures. Each is asked
 * for with what it is for, which is all that a deterministic source may depend on.
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Provider } from '@securestring/core';
import type { BlobKey, KeyBlobVersion } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { ID_LENGTH, KEY_LENGTH } from './limits.ts';
import type { KeyRecord } from './state/records.ts';

/** What tells a key's materials apart. */
export type MaterialOwner = Pick<KeyRecord, 'arn' | 'materials' | 'rotation'>;

export interface Randomness {
  /** What blobs are marked with. */
  readonly blobVersion: KeyBlobVersion;
  /** A UUID in lower case, for a key. */
  keyId(): string;
  /** Secret material for a key, other than any that its record has; the caller's. */
  keyMaterial(key: MaterialOwner, length: number): Uint8Array<ArrayBuffer>;
  /** A secret data key, the caller's; `key` will seal it. */
  dataKey(key: BlobKey, context: Uint8Array, length: number): Uint8Array<ArrayBuffer>;
  /** A secret key that seals entries, 32 bytes; the caller's. */
  entryKey(): Uint8Array<ArrayBuffer>;
  /** Names a storage of entries; 16 bytes. */
  storageId(): Uint8Array<ArrayBuffer>;
  /** For GenerateRandom. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** A provider whose random values are for one blob. */
  blobProvider(key: BlobKey, context: Uint8Array, plaintext: Uint8Array): Provider;
}

/** The system's. */
export const SYSTEM: Randomness = {
  blobVersion: 0x53,
  keyId: () => randomUUID(),
  keyMaterial: (_key, length) => nodeProvider.randomKey(length),
  dataKey: (_key, _context, length) => nodeProvider.randomKey(length),
  entryKey: () => nodeProvider.randomKey(KEY_LENGTH),
  storageId: () => nodeProvider.randomKey(ID_LENGTH),
  bytes: (length) => nodeProvider.randomKey(length),
  blobProvider: () => nodeProvider,
};
