/**
 * The sealing of a keystore's state under its root key, and the keys that are derived from that.
 * @module
 */

import type { Provider } from '@securestring/core';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider } from '#platform';
import { KeystoreError } from '../errors.ts';
import { type KeystoreDocument, layOutDocument, writeChecksum } from './header.ts';
import { openSealed, SEALED_OVERHEAD, sealInto } from './sealed.ts';

const DOCUMENT_LABEL = encodeUtf8('securestring keystore v1');
const MATERIAL_LABEL = encodeUtf8('securestring keystore material v1');
const IMPORT_LABEL = encodeUtf8('securestring keystore import v1');
const GRANT_TOKEN_LABEL = encodeUtf8('securestring keystore grant token v1');

/** A finished document and its checksum. */
export interface SealedDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly checksum: Uint8Array;
}

/** Makes a document with `state` sealed in it. */
export function sealDocument(
  root: Uint8Array,
  header: Pick<KeystoreDocument, 'storeId' | 'generation' | 'slots'>,
  state: Uint8Array,
  provider: Provider = defaultProvider,
): SealedDocument {
  const document = layOutDocument(header, state.length + SEALED_OVERHEAD);
  const { authenticated } = document;
  sealInto(document.sealed, state, {
    provider,
    secret: root,
    label: DOCUMENT_LABEL,
    inputs: [header.storeId],
    authenticated,
  });
  return { bytes: document.bytes, checksum: writeChecksum(document) };
}

/**
 * Returns the state that a document seals.
 *
 * @throws `KeystoreError` (`KEYSTORE_TAMPERED`) if the tag is wrong. The checksum was right, so this is tampering and
 *   not damage.
 */
export function openDocument(
  root: Uint8Array,
  { storeId, sealed, authenticated }: KeystoreDocument,
  provider: Provider = defaultProvider,
): Uint8Array {
  const state = openSealed(sealed, {
    provider,
    secret: root,
    label: DOCUMENT_LABEL,
    inputs: [storeId],
    authenticated,
  });
  if (state !== undefined) return state;
  throw new KeystoreError(
    'KEYSTORE_TAMPERED',
    'The keystore was tampered with: it was unlocked and its checksum is right, but what it seals is not what was sealed under its root key. Restore a copy of it; nothing was changed.',
  );
}

/** Derives the key that wraps the key material inside of the state. 32 secret bytes, the caller's. */
export function materialWrappingKey(root: Uint8Array, storeId: Uint8Array, provider: Provider): Uint8Array {
  return deriveKey(provider, root, MATERIAL_LABEL, storeId);
}

/** Derives the key from which those of import tokens and session tokens are derived. 32 secret bytes, the caller's. */
export function importSealingKey(root: Uint8Array, storeId: Uint8Array, provider: Provider): Uint8Array {
  return deriveKey(provider, root, IMPORT_LABEL, storeId);
}

/** Derives the key from which those of grant tokens are derived. 32 secret bytes, the caller's. */
export function grantTokenSealingKey(root: Uint8Array, storeId: Uint8Array, provider: Provider): Uint8Array {
  return deriveKey(provider, root, GRANT_TOKEN_LABEL, storeId);
}
