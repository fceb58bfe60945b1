/**
 * Blobs, and the keys that seal and open them. A request or a blob names the key; the checks are in AWS's order.
 * @module
 */

import { AuthenticationError, type EncryptionContext, MalformedError } from '@securestring/core';
import { encodeScratchContext } from '@securestring/core/encryption-context';
import {
  type BlobKey,
  type DecodedKeyBlob,
  decodeKeyBlob,
  type KeyBlobVersion,
  unwrapKeyBlob,
  wrapKeyBlob,
} from '@securestring/core/key-blob';
import { hexOf } from '#platform';
import { KmsError } from '../errors.ts';
import { SYSTEM } from '../randomness.ts';
import { isDeleted, isRotationDue } from '../state/at-time.ts';
import type { ActiveKey, ActiveMaterial } from '../state/unwrapped.ts';
import type { View } from '../state/view.ts';
import { findKey, invalidState, requireUsable, requireUsage } from './checks.ts';

/** Finds a key that may encrypt now. `operation` is AWS's name. */
export function findEncryptionKey(view: View, keyId: string, operation: string): ActiveKey {
  const key = findUsableKey(view, keyId);
  requireUsage(key, 'ENCRYPT_DECRYPT', operation);
  return key;
}

function findUsableKey(view: View, keyId: string): ActiveKey {
  const key = findKey(view, keyId);
  requireUsable(key, view.now);
  return key;
}

/** Returns the material that encrypts now. Every key that may be used has one. */
export function currentOf({ record, last, next }: ActiveKey, now: number): ActiveMaterial {
  return (isRotationDue(record, now) ? next : last) as ActiveMaterial;
}

/** Seals 1 to 4096 bytes in a blob. */
export function seal(view: View, key: ActiveKey, plaintext: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  const { randomness, now } = view;
  const blobKey = blobKeyOf(key, currentOf(key, now));
  const provider = randomness.blobProvider(blobKey, context, plaintext);
  return wrapKeyBlob(provider, blobKey, randomness.blobVersion, plaintext, context);
}

/** Returns the secret material of a key that may be used. */
export function blobKeyOf({ record }: ActiveKey, { blobKey }: ActiveMaterial): BlobKey {
  // A key that lacks one of its materials is pending import, and was refused before.
  if (blobKey === undefined) throw invalidState(record.arn, 'PendingImport');
  return blobKey;
}

/** A decoded blob, and the key and material that open it. */
export interface Source {
  readonly blob: DecodedKeyBlob;
  readonly key: ActiveKey;
  readonly material: ActiveMaterial;
}

/**
 * Finds the key whose material the blob names, if it may be used now. If `keyId` names a key, it must be that one; AWS
 * checks this before it checks the named key's usage.
 */
export function findSource(
  view: View,
  ciphertextBlob: Uint8Array,
  keyId: string | undefined,
  operation: string,
): Source {
  const named = keyId === undefined ? undefined : findUsableKey(view, keyId);
  let source: Source;
  try {
    source = locate(view, ciphertextBlob);
  } catch (error) {
    if (named !== undefined) requireUsage(named, 'ENCRYPT_DECRYPT', operation);
    throw error;
  }
  const { key } = source;
  if (named === undefined) requireUsable(key, view.now);
  else if (key !== named) {
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
      view.diagnostics ? `The blob was sealed under ${key.record.arn}.` : undefined,
    );
  }
  requireUsage(key, 'ENCRYPT_DECRYPT', operation);
  return source;
}

function locate({ keys, materials, now, randomness, diagnostics }: View, ciphertextBlob: Uint8Array): Source {
  const blob = parseBlob(ciphertextBlob, diagnostics);
  const idHex = hexOf(blob.materialId);
  const material = materials.get(idHex);
  requireVersion(blob.version, randomness.blobVersion, { isKnown: material !== undefined, diagnostics });
  const key = material === undefined ? undefined : keys.get(material.keyId);
  if (material !== undefined && key !== undefined && !isDeleted(key.record, now)) return { blob, key, material };
  throw new KmsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    diagnostics ? `No key of this keystore has the material ${idHex}, which the blob was made with.` : undefined,
  );
}

function parseBlob(ciphertextBlob: Uint8Array, diagnostics: boolean): DecodedKeyBlob {
  try {
    return decodeKeyBlob(ciphertextBlob);
  } catch (error) {
    if (error instanceof MalformedError) throw invalidCiphertext(error.message, diagnostics);
    throw error;
  }
}

/**
 * Refuses blobs of the other kind of keystore. A real keystore refuses every blob of a deterministic one, which
 * protects nothing. A deterministic one opens what a real keystore sealed if it was given that keystore's material.
 */
function requireVersion(
  version: KeyBlobVersion,
  own: KeyBlobVersion,
  { isKnown, diagnostics }: Pick<View, 'diagnostics'> & { readonly isKnown: boolean },
): void {
  if (version === own) return;
  if (version !== SYSTEM.blobVersion) {
    const reason = 'The blob comes from the deterministic keystore for tests: it protects nothing.';
    throw invalidCiphertext(reason, diagnostics);
  }
  if (isKnown) return;
  const reason = 'The blob comes from a real keystore; this keystore is the deterministic one for tests.';
  throw invalidCiphertext(reason, diagnostics);
}

/** Opens a blob, under the encryption context that it was sealed under. The caller wipes the plaintext. */
export function openBlob(
  { blob, key, material }: Source,
  context: Uint8Array,
  { randomness, diagnostics }: View,
): Uint8Array<ArrayBuffer> {
  try {
    return unwrapKeyBlob(randomness.provider, blobKeyOf(key, material), blob, context);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw invalidCiphertext(
      'The key is the right one; the blob was changed, or it was made under another encryption context. Every pair must be the same, upper and lower case included.',
      diagnostics,
    );
  }
}

function invalidCiphertext(reason: string, diagnostics: boolean): KmsError {
  return new KmsError('InvalidCiphertextException', '', diagnostics ? reason : undefined);
}

/** Returns a context's canonical bytes. No context is the same as an empty one. */
export function contextBytes(context: EncryptionContext | undefined): Uint8Array {
  return encodeScratchContext(context ?? {});
}
