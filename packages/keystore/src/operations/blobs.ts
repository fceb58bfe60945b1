/**
 * Blobs and the keys that seal and open them: which key a request or a blob names, in AWS's order of checks.
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
import { KmsError } from '../errors.ts';
import { SYSTEM } from '../randomness.ts';
import { isDeleted, rotatesBy } from '../state/at-time.ts';
import { type ActiveKey, type ActiveMaterial, hexOf } from '../state/snapshot.ts';
import type { View } from '../store.ts';
import { findKey, invalidState, requireUsable, requireUsage } from './checks.ts';

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

/** What encrypts now. A key in a state to be used has it. */
export function currentOf({ record, last, next }: ActiveKey, now: number): ActiveMaterial {
  return (rotatesBy(record, now) ? next : last) as ActiveMaterial;
}

export function seal(view: View, key: ActiveKey, plaintext: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  const { randomness, now } = view;
  const blobKey = blobKeyOf(key, currentOf(key, now));
  const provider = randomness.blobProvider(blobKey, context, plaintext);
  return wrapKeyBlob(provider, blobKey, randomness.blobVersion, plaintext, context);
}

export function blobKeyOf({ record }: ActiveKey, { blobKey }: ActiveMaterial): BlobKey {
  // A key that lacks any of its materials is pending import, which was judged before.
  if (blobKey === undefined) throw invalidState(record.arn, 'PendingImport');
  return blobKey;
}

/** A blob, taken apart, and what opens it. */
interface Source {
  readonly blob: DecodedKeyBlob;
  readonly key: ActiveKey;
  readonly material: ActiveMaterial;
}

/**
 * Finds the key whose material the blob names, in a state to be used. Where `keyId` names a key, it must be that one, and
 * AWS checks this before it checks the named key's usage.
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
      view.diagnostics ? `The blob is under ${key.record.arn}.` : undefined,
    );
  }
  requireUsage(key, 'ENCRYPT_DECRYPT', operation);
  return source;
}

function locate({ snapshot, now, randomness, diagnostics }: View, ciphertextBlob: Uint8Array): Source {
  const blob = readBlob(ciphertextBlob, randomness.blobVersion, diagnostics);
  const idHex = hexOf(blob.materialId);
  const material = snapshot.materials.get(idHex);
  const key = material === undefined ? undefined : snapshot.keys.get(material.keyId);
  if (material !== undefined && key !== undefined && !isDeleted(key.record, now)) return { blob, key, material };
  throw new KmsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    diagnostics ? `No key of this keystore has the material ${idHex} that the blob was made with.` : undefined,
  );
}

function readBlob(ciphertextBlob: Uint8Array, version: KeyBlobVersion, diagnostics: boolean): DecodedKeyBlob {
  let blob: DecodedKeyBlob;
  try {
    blob = decodeKeyBlob(ciphertextBlob);
  } catch (error) {
    if (error instanceof MalformedError) throw invalidCiphertext(error.message, diagnostics);
    throw error;
  }
  if (blob.version === version) return blob;
  const whose =
    blob.version === SYSTEM.blobVersion
      ? 'The blob is of a real keystore, and this one is the deterministic one for tests.'
      : 'The blob is of the deterministic keystore for tests: it protects nothing.';
  throw invalidCiphertext(whose, diagnostics);
}

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
      'The key is the right one; the blob was changed, or made under another encryption context. Every pair must be the same, in upper and lower case too.',
      diagnostics,
    );
  }
}

function invalidCiphertext(reason: string, diagnostics: boolean): KmsError {
  return new KmsError('InvalidCiphertextException', '', diagnostics ? reason : undefined);
}

/** Canonical bytes; no context and the empty one are the same. */
export function contextBytes(context: EncryptionContext | undefined): Uint8Array {
  return encodeScratchContext(context ?? {});
}
