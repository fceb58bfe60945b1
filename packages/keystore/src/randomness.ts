/**
 * Where a keystore's random values come from: the system, but for the deterministic keystore of fixtures. Each is asked
 * for with what it is for, which is all that a deterministic source may depend on.
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Provider } from '@securestring/core';
import type { KeyBlobVersion } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';

export interface Randomness {
  /** What blobs are marked with. */
  readonly blobVersion: KeyBlobVersion;
  /** A UUID in lower case, for a key. */
  keyId(): string;
  /** Secret material for the key that `arn` names, the caller's. */
  keyMaterial(arn: string, length: number): Uint8Array<ArrayBuffer>;
  /** A secret data key, the caller's. */
  dataKey(arn: string, context: Uint8Array, length: number): Uint8Array<ArrayBuffer>;
  /** For GenerateRandom. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** A provider whose random values are for one blob. */
  blobProvider(arn: string, context: Uint8Array, plaintext: Uint8Array): Provider;
}

/** The system's. */
export const SYSTEM: Randomness = {
  blobVersion: 0x53,
  keyId: () => randomUUID(),
  keyMaterial: (_arn, length) => nodeProvider.randomKey(length),
  dataKey: (_arn, _context, length) => nodeProvider.randomKey(length),
  bytes: (length) => nodeProvider.randomKey(length),
  blobProvider: () => nodeProvider,
};
