/**
 * Seals the keystore's state under its root key, and opens it.
 * @module
 */

import type { Provider } from '@securestring/core';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider } from '#platform';
import { KeystoreError } from '../errors.ts';
import { ID_LENGTH, IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { type KeystoreDocument, layOutDocument, writeChecksum } from './header.ts';

const DOCUMENT_LABEL = encodeUtf8('securestring keystore v1');
const MATERIAL_LABEL = encodeUtf8('securestring keystore material v1');
const IMPORT_LABEL = encodeUtf8('securestring keystore import v1');

/** A finished file and its checksum. */
export interface SealedDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly checksum: Uint8Array;
}

/**
 * A whole file with `state` sealed in it. Salt and IV are fresh each time, and with the salt the key: no file shares
 * a key with another.
 */
export function sealDocument(
  root: Uint8Array,
  header: Pick<KeystoreDocument, 'storeId' | 'generation' | 'slots'>,
  state: Uint8Array,
  provider: Provider = defaultProvider,
): SealedDocument {
  const document = layOutDocument(header, ID_LENGTH + IV_LENGTH + state.length + TAG_LENGTH);
  const { salt, iv, ciphertext } = sealedParts(document.sealed);
  provider.randomFill(salt);
  provider.randomFill(iv);
  const key = documentKey(root, header.storeId, salt, provider);
  try {
    provider.aesGcm(key).gcmSeal(iv, document.authenticated, state, ciphertext);
  } finally {
    key.fill(0);
  }
  return { bytes: document.bytes, checksum: writeChecksum(document) };
}

/**
 * The state that a document seals.
 *
 * @throws `KeystoreError` (`KEYSTORE_TAMPERED`) where the tag does not cover it. Its checksum was right before.
 */
export function openDocument(
  root: Uint8Array,
  document: KeystoreDocument,
  provider: Provider = defaultProvider,
): Uint8Array {
  const { salt, iv, ciphertext } = sealedParts(document.sealed);
  const state = new Uint8Array(ciphertext.length - TAG_LENGTH);
  const key = documentKey(root, document.storeId, salt, provider);
  try {
    if (provider.aesGcm(key).gcmOpen(iv, document.authenticated, ciphertext, state)) return state;
  } finally {
    key.fill(0);
  }
  state.fill(0);
  throw new KeystoreError(
    'KEYSTORE_TAMPERED',
    'The keystore was tampered with: it was unlocked and its checksum is right, but what it seals is not what was sealed under its root key. Restore a copy of it; nothing was changed.',
  );
}

/** The key that wraps the key material inside of the state. 32 bytes, secret, the caller's. */
export function materialWrappingKey(
  root: Uint8Array,
  storeId: Uint8Array,
  provider: Provider = defaultProvider,
): Uint8Array {
  return deriveKey(provider, root, MATERIAL_LABEL, storeId);
}

/** The key from which those of import tokens are derived. 32 bytes, secret, the caller's. */
export function importSealingKey(
  root: Uint8Array,
  storeId: Uint8Array,
  provider: Provider = defaultProvider,
): Uint8Array {
  return deriveKey(provider, root, IMPORT_LABEL, storeId);
}

function documentKey(root: Uint8Array, storeId: Uint8Array, salt: Uint8Array, provider: Provider): Uint8Array {
  return deriveKey(provider, root, DOCUMENT_LABEL, storeId, salt);
}

function sealedParts<Buffer extends ArrayBufferLike>(sealed: Uint8Array<Buffer>) {
  return {
    salt: sealed.subarray(0, ID_LENGTH),
    iv: sealed.subarray(ID_LENGTH, ID_LENGTH + IV_LENGTH),
    ciphertext: sealed.subarray(ID_LENGTH + IV_LENGTH),
  };
}
