/**
 * The cryptographic operations: synchronous, on committed records only. Each checks in AWS's order: shape, key, state,
 * usage, then the bytes, and last whether it is a dry run: that makes nothing, so that no later answer depends on it.
 * @module
 */

import { AuthenticationError, type EncryptionContext, MalformedError } from '@securestring/core';
import {
  type BlobKey,
  type DecodedKeyBlob,
  decodeKeyBlob,
  encodePassingContext,
  type KeyBlobVersion,
  unwrapKeyBlob,
  wrapKeyBlob,
} from '@securestring/core/key-blob';
import { KmsError } from '../errors.ts';
import { SYSTEM } from '../randomness.ts';
import type {
  DataKeySpec,
  DecryptRequest,
  DecryptResult,
  EncryptRequest,
  EncryptResult,
  GenerateDataKeyRequest,
  GenerateDataKeyResult,
  GenerateDataKeyWithoutPlaintextResult,
  GenerateRandomRequest,
  GenerateRandomResult,
  ReEncryptRequest,
  ReEncryptResult,
} from '../shapes.ts';
import { isDeleted, rotatesBy } from '../state/at-time.ts';
import { type ActiveKey, type ActiveMaterial, hexOf } from '../state/snapshot.ts';
import type { View } from '../store.ts';
import { endDryRun, findKey, invalidState, requireUsable, requireUsage, validationError } from './checks.ts';
import { ALGORITHM } from './members.ts';

const DATA_KEY_LENGTHS: Readonly<Record<DataKeySpec, number>> = { AES_256: 32, AES_128: 16 };

export function encrypt(view: View, request: EncryptRequest): EncryptResult {
  const context = contextBytes(request.encryptionContext);
  const key = findEncryptionKey(view, request.keyId, 'Encrypt');
  requireAlgorithm(request.encryptionAlgorithm);
  endDryRun(request);
  const ciphertextBlob = seal(view, key, request.plaintext, context);
  return { ciphertextBlob, keyId: key.record.arn, encryptionAlgorithm: ALGORITHM };
}

export function decrypt(view: View, request: DecryptRequest): DecryptResult {
  const context = contextBytes(request.encryptionContext);
  const source = findSource(view, request.ciphertextBlob, request.keyId, 'Decrypt');
  requireAlgorithm(request.encryptionAlgorithm);
  const plaintext = openBlob(source, context, view);
  endDryRun(request, plaintext);
  return {
    keyId: source.key.record.arn,
    plaintext,
    encryptionAlgorithm: ALGORITHM,
    keyMaterialId: source.material.idHex,
  };
}

export function reEncrypt(view: View, request: ReEncryptRequest): ReEncryptResult {
  const sourceContext = contextBytes(request.sourceEncryptionContext);
  const destinationContext = contextBytes(request.destinationEncryptionContext);
  const source = findSource(view, request.ciphertextBlob, request.sourceKeyId, 'ReEncrypt');
  const destination = findEncryptionKey(view, request.destinationKeyId, 'ReEncrypt');
  requireAlgorithm(request.sourceEncryptionAlgorithm);
  requireAlgorithm(request.destinationEncryptionAlgorithm);
  const plaintext = openBlob(source, sourceContext, view);
  try {
    endDryRun(request);
    const ciphertextBlob = seal(view, destination, plaintext, destinationContext);
    return {
      ciphertextBlob,
      sourceKeyId: source.key.record.arn,
      sourceKeyMaterialId: source.material.idHex,
      sourceEncryptionAlgorithm: ALGORITHM,
      keyId: destination.record.arn,
      destinationKeyMaterialId: currentOf(destination, view.now).idHex,
      destinationEncryptionAlgorithm: ALGORITHM,
    };
  } finally {
    plaintext.fill(0);
  }
}

export function generateDataKey(view: View, request: GenerateDataKeyRequest): GenerateDataKeyResult {
  return makeDataKey(view, request, 'GenerateDataKey');
}

export function generateDataKeyWithoutPlaintext(
  view: View,
  request: GenerateDataKeyRequest,
): GenerateDataKeyWithoutPlaintextResult {
  const { plaintext, ...wrapped } = makeDataKey(view, request, 'GenerateDataKeyWithoutPlaintext');
  plaintext.fill(0);
  return wrapped;
}

export function generateRandom({ randomness }: View, request: GenerateRandomRequest): GenerateRandomResult {
  if (request.numberOfBytes === undefined) throw validationError('NumberOfBytes is required.');
  return { plaintext: randomness.bytes(request.numberOfBytes) };
}

function makeDataKey(view: View, request: GenerateDataKeyRequest, operation: string): GenerateDataKeyResult {
  const length = dataKeyLength(request);
  const context = contextBytes(request.encryptionContext);
  const key = findEncryptionKey(view, request.keyId, operation);
  endDryRun(request);
  const material = currentOf(key, view.now);
  const plaintext = view.randomness.dataKey(blobKeyOf(key, material), context, length);
  const ciphertextBlob = seal(view, key, plaintext, context);
  return { ciphertextBlob, plaintext, keyId: key.record.arn, keyMaterialId: material.idHex };
}

function findEncryptionKey(view: View, keyId: string, operation: string): ActiveKey {
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
function currentOf({ record, last, next }: ActiveKey, now: number): ActiveMaterial {
  return (rotatesBy(record, now) ? next : last) as ActiveMaterial;
}

function seal(view: View, key: ActiveKey, plaintext: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  const { randomness, now } = view;
  const blobKey = blobKeyOf(key, currentOf(key, now));
  const provider = randomness.blobProvider(blobKey, context, plaintext);
  return wrapKeyBlob(provider, blobKey, randomness.blobVersion, plaintext, context);
}

function blobKeyOf({ record }: ActiveKey, { blobKey }: ActiveMaterial): BlobKey {
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
function findSource(view: View, ciphertextBlob: Uint8Array, keyId: string | undefined, operation: string): Source {
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

function openBlob(
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
function contextBytes(context: EncryptionContext | undefined): Uint8Array {
  return encodePassingContext(context ?? {});
}

function dataKeyLength({ keySpec, numberOfBytes }: GenerateDataKeyRequest): number {
  if ((keySpec === undefined) === (numberOfBytes === undefined)) {
    throw validationError('Please specify either number of bytes or key spec.');
  }
  return keySpec === undefined ? (numberOfBytes ?? 0) : DATA_KEY_LENGTHS[keySpec];
}

function requireAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === ALGORITHM) return;
  throw new KmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${ALGORITHM}.`);
}
