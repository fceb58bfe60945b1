/**
 * Where a keystore's random values come from: the system, but for the deterministic keystore of fixtures. Each is asked
 * for with what it is for, which is all that a deterministic source may depend on.
 * @module
 */

import type { Provider } from '@securestring/core';
import type { BlobKey, KeyBlobVersion } from '@securestring/core/key-blob';
import { provider as defaultProvider } from '#platform';
import { ID_LENGTH, KEY_LENGTH } from './limits.ts';
import type { KeyRecord } from './state/records.ts';

/** What tells a key's materials apart. */
export type MaterialOwner = Pick<KeyRecord, 'arn' | 'materials' | 'rotation'>;

export interface Randomness {
  /** What seals and wraps, with random values of its own. */
  readonly provider: Provider;
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

/** The system's, by way of a provider. */
export function systemRandomness(provider: Provider): Randomness {
  return {
    provider,
    blobVersion: 0x53,
    keyId: () => crypto.randomUUID(),
    keyMaterial: (_key, length) => provider.randomKey(length),
    dataKey: (_key, _context, length) => provider.randomKey(length),
    entryKey: () => provider.randomKey(KEY_LENGTH),
    storageId: () => provider.randomKey(ID_LENGTH),
    bytes: (length) => provider.randomKey(length),
    blobProvider: () => provider,
  };
}

/** The system's, by way of the platform's provider. */
export const SYSTEM: Randomness = systemRandomness(defaultProvider);
