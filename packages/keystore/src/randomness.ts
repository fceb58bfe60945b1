/**
 * The source of a keystore's random values. It is the system, except for the deterministic keystore for tests. Each
 * request for a value gives its purpose, so that a deterministic source can make the value from that alone.
 * @module
 */

import type { Provider } from '@securestring/core';
import type { BlobKey, KeyBlobVersion } from '@securestring/core/key-blob';
import { provider as defaultProvider } from '#platform';
import { ACCESS_KEY_LENGTH, GRANT_ID_LENGTH, ID_LENGTH, KEY_LENGTH, UNIQUE_ID_BYTES } from './limits.ts';
import type { KeyRecord } from './state/records.ts';

/** The members of a key that distinguish its materials. */
export type MaterialOwner = Pick<KeyRecord, 'arn' | 'materials' | 'rotation'>;

/** A source of random values. */
export interface Randomness {
  /** The provider that seals and wraps, with random values of its own. */
  readonly provider: Provider;
  /** The version byte of the blobs. */
  readonly blobVersion: KeyBlobVersion;
  /** Returns a UUID in lower case, for a key. */
  keyId(): string;
  /** Returns secret material for a key, different from all that its record has; the caller's. */
  keyMaterial(key: MaterialOwner, length: number): Uint8Array<ArrayBuffer>;
  /** Returns a secret data key, the caller's; `key` will seal it. */
  dataKey(key: BlobKey, context: Uint8Array, length: number): Uint8Array<ArrayBuffer>;
  /** Returns a secret key that seals entries, 32 bytes; the caller's. */
  entryKey(): Uint8Array<ArrayBuffer>;
  /** Returns the id of a storage of entries, 16 bytes. */
  storageId(): Uint8Array<ArrayBuffer>;
  /** Returns 40 secret bytes, of which an access key's id and secret are made; the caller's. */
  accessKey(): Uint8Array<ArrayBuffer>;
  /** Returns 40 secret bytes, of which the access key of a session is made; the caller's. */
  sessionKey(): Uint8Array<ArrayBuffer>;
  /** Returns 11 bytes, of which the unique id of a user or role is made. */
  uniqueId(): Uint8Array<ArrayBuffer>;
  /** Returns 32 bytes, which are a grant's id. */
  grantId(): Uint8Array<ArrayBuffer>;
  /** Returns the bytes of GenerateRandom. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** Returns a provider whose random values are for one blob. */
  blobProvider(key: BlobKey, context: Uint8Array, plaintext: Uint8Array): Provider;
}

/** Makes the system's source from a provider. */
export function systemRandomness(provider: Provider): Randomness {
  return {
    provider,
    blobVersion: 0x53,
    keyId: () => crypto.randomUUID(),
    keyMaterial: (_key, length) => provider.randomKey(length),
    dataKey: (_key, _context, length) => provider.randomKey(length),
    entryKey: () => provider.randomKey(KEY_LENGTH),
    storageId: () => provider.randomKey(ID_LENGTH),
    accessKey: () => provider.randomKey(ACCESS_KEY_LENGTH),
    sessionKey: () => provider.randomKey(ACCESS_KEY_LENGTH),
    uniqueId: () => provider.randomKey(UNIQUE_ID_BYTES),
    grantId: () => provider.randomKey(GRANT_ID_LENGTH / 2),
    bytes: (length) => provider.randomKey(length),
    blobProvider: () => provider,
  };
}

/** The system's source with the platform's provider. */
export const SYSTEM: Randomness = systemRandomness(defaultProvider);
