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
import { MAX_CIPHERTEXT_LENGTH, MAX_GENERATED_LENGTH, MAX_PLAINTEXT_LENGTH } from '../limits.ts';
import { SYSTEM } from '../randomness.ts';
import type {
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
import type { Present } from '../store.ts';
import { endDryRun, findKey, invalidState, requireKeyId, requireUsable, requireUsage } from './find-key.ts';
import { requireBlob, requireNumber, requireOneOf, validationError } from './shape.ts';

const ALGORITHM = 'SYMMETRIC_DEFAULT';
/** AWS's names; but for the last but one they are of keys that are not symmetric. */
const ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', ALGORITHM, 'SM2PKE'] as const;
const DATA_KEY_LENGTHS: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 };
const DATA_KEY_SPECS = Object.keys(DATA_KEY_LENGTHS);
const PLAINTEXT_BOUNDS = { least: 1, most: MAX_PLAINTEXT_LENGTH } as const;
const CIPHERTEXT_BOUNDS = { least: 1, most: MAX_CIPHERTEXT_LENGTH } as const;
const GENERATED_BOUNDS = { least: 1, most: MAX_GENERATED_LENGTH } as const;

export function encrypt(present: Present, request: EncryptRequest): EncryptResult {
  requireKeyId(request.keyId, 'keyId');
  requireBlob(request.plaintext, 'plaintext', PLAINTEXT_BOUNDS);
  requireAlgorithmName(request.encryptionAlgorithm, 'encryptionAlgorithm');
  const context = contextBytes(request.encryptionContext);
  const key = findEncryptionKey(present, request.keyId, 'Encrypt');
  requireAlgorithm(request.encryptionAlgorithm);
  endDryRun(request);
  const ciphertextBlob = seal(present, key, request.plaintext, context);
  return { ciphertextBlob, keyId: key.record.arn, encryptionAlgorithm: ALGORITHM };
}

export function decrypt(present: Present, request: DecryptRequest): DecryptResult {
  requireBlob(request.ciphertextBlob, 'ciphertextBlob', CIPHERTEXT_BOUNDS);
  if (request.keyId !== undefined) requireKeyId(request.keyId, 'keyId');
  requireAlgorithmName(request.encryptionAlgorithm, 'encryptionAlgorithm');
  const context = contextBytes(request.encryptionContext);
  const source = findSource(present, request.ciphertextBlob, request.keyId, 'Decrypt');
  requireAlgorithm(request.encryptionAlgorithm);
  const plaintext = openBlob(source, context, present);
  endDryRun(request, plaintext);
  return {
    keyId: source.key.record.arn,
    plaintext,
    encryptionAlgorithm: ALGORITHM,
    keyMaterialId: source.material.idHex,
  };
}

export function reEncrypt(present: Present, request: ReEncryptRequest): ReEncryptResult {
  requireBlob(request.ciphertextBlob, 'ciphertextBlob', CIPHERTEXT_BOUNDS);
  if (request.sourceKeyId !== undefined) requireKeyId(request.sourceKeyId, 'sourceKeyId');
  requireKeyId(request.destinationKeyId, 'destinationKeyId');
  requireAlgorithmName(request.sourceEncryptionAlgorithm, 'sourceEncryptionAlgorithm');
  requireAlgorithmName(request.destinationEncryptionAlgorithm, 'destinationEncryptionAlgorithm');
  const sourceContext = contextBytes(request.sourceEncryptionContext);
  const destinationContext = contextBytes(request.destinationEncryptionContext);
  const source = findSource(present, request.ciphertextBlob, request.sourceKeyId, 'ReEncrypt');
  const destination = findEncryptionKey(present, request.destinationKeyId, 'ReEncrypt');
  requireAlgorithm(request.sourceEncryptionAlgorithm);
  requireAlgorithm(request.destinationEncryptionAlgorithm);
  const plaintext = openBlob(source, sourceContext, present);
  try {
    endDryRun(request);
    const ciphertextBlob = seal(present, destination, plaintext, destinationContext);
    return {
      ciphertextBlob,
      sourceKeyId: source.key.record.arn,
      sourceKeyMaterialId: source.material.idHex,
      sourceEncryptionAlgorithm: ALGORITHM,
      keyId: destination.record.arn,
      destinationKeyMaterialId: currentOf(destination, present.now).idHex,
      destinationEncryptionAlgorithm: ALGORITHM,
    };
  } finally {
    plaintext.fill(0);
  }
}

export function generateDataKey(present: Present, request: GenerateDataKeyRequest): GenerateDataKeyResult {
  return makeDataKey(present, request, 'GenerateDataKey');
}

export function generateDataKeyWithoutPlaintext(
  present: Present,
  request: GenerateDataKeyRequest,
): GenerateDataKeyWithoutPlaintextResult {
  const { plaintext, ...wrapped } = makeDataKey(present, request, 'GenerateDataKeyWithoutPlaintext');
  plaintext.fill(0);
  return wrapped;
}

export function generateRandom({ randomness }: Present, request: GenerateRandomRequest): GenerateRandomResult {
  if (request.numberOfBytes === undefined) throw validationError('NumberOfBytes is required.');
  requireNumber(request.numberOfBytes, 'numberOfBytes', GENERATED_BOUNDS);
  return { plaintext: randomness.bytes(request.numberOfBytes) };
}

function makeDataKey(present: Present, request: GenerateDataKeyRequest, operation: string): GenerateDataKeyResult {
  requireKeyId(request.keyId, 'keyId');
  const length = dataKeyLength(request);
  const context = contextBytes(request.encryptionContext);
  const key = findEncryptionKey(present, request.keyId, operation);
  endDryRun(request);
  const material = currentOf(key, present.now);
  const plaintext = present.randomness.dataKey(blobKeyOf(key, material), context, length);
  const ciphertextBlob = seal(present, key, plaintext, context);
  return { ciphertextBlob, plaintext, keyId: key.record.arn, keyMaterialId: material.idHex };
}

function findEncryptionKey(present: Present, keyId: string, operation: string): ActiveKey {
  const key = findKey(present, keyId);
  requireUsable(key, present.now);
  requireUsage(key, 'ENCRYPT_DECRYPT', operation);
  return key;
}

/** What encrypts now. A key in a state to be used has it. */
function currentOf({ record, last, next }: ActiveKey, now: number): ActiveMaterial {
  return (rotatesBy(record, now) ? next : last) as ActiveMaterial;
}

function seal(present: Present, key: ActiveKey, plaintext: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  const { randomness, now } = present;
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

/** The key that `keyId` names, if it does, else the one whose material the blob names; in a state to be used. */
function findSource(
  present: Present,
  ciphertextBlob: Uint8Array,
  keyId: string | undefined,
  operation: string,
): Source {
  const { snapshot, now, randomness, diagnostics } = present;
  const named = keyId === undefined ? undefined : findEncryptionKey(present, keyId, operation);
  const blob = readBlob(ciphertextBlob, randomness.blobVersion, diagnostics);
  const idHex = hexOf(blob.materialId);
  const material = snapshot.materials.get(idHex);
  const key = material === undefined ? undefined : snapshot.keys.get(material.keyId);
  if (material === undefined || key === undefined || isDeleted(key.record, now)) {
    throw new KmsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      diagnostics ? `No key of this keystore has the material ${idHex} that the blob was made with.` : undefined,
    );
  }
  if (named === undefined) {
    requireUsable(key, now);
    requireUsage(key, 'ENCRYPT_DECRYPT', operation);
  } else if (key !== named) {
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
      diagnostics ? `The blob is under ${key.record.arn}.` : undefined,
    );
  }
  return { blob, key, material };
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
  { randomness, diagnostics }: Present,
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
  if (keySpec !== undefined) {
    requireOneOf(keySpec, 'keySpec', DATA_KEY_SPECS);
    return DATA_KEY_LENGTHS[keySpec] as number;
  }
  requireNumber(numberOfBytes, 'numberOfBytes', GENERATED_BOUNDS);
  return numberOfBytes;
}

function requireAlgorithmName(algorithm: string | undefined, name: string): void {
  if (algorithm !== undefined && algorithm !== ALGORITHM) requireOneOf(algorithm, name, ALGORITHMS);
}

function requireAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === ALGORITHM) return;
  throw new KmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${ALGORITHM}.`);
}
