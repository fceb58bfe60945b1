/**
 * The cryptographic operations: synchronous, on committed records only. Each checks in AWS's order: shape, key, state,
 * usage, and only then the bytes.
 * @module
 */

import {
  AuthenticationError,
  type EncryptionContext,
  encodeEncryptionContext,
  MalformedError,
} from '@securestring/core';
import { type DecodedKeyBlob, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { KmsError } from '../errors.ts';
import { MAX_CIPHERTEXT_LENGTH, MAX_GENERATED_LENGTH, MAX_PLAINTEXT_LENGTH } from '../limits.ts';
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
import { type ActiveKey, type ActiveMaterial, hexOf, type Snapshot } from '../state/snapshot.ts';
import { findKey, requireKeyId, requireUsable } from './find-key.ts';
import { requireBlob, requireNumber, requireOneOf, validationError } from './shape.ts';

const ALGORITHM = 'SYMMETRIC_DEFAULT';
/** AWS's names; but for the last but one they are of keys that are not symmetric. */
const ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', ALGORITHM, 'SM2PKE'] as const;
const DATA_KEY_LENGTHS: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 };
const DATA_KEY_SPECS = Object.keys(DATA_KEY_LENGTHS);
const PLAINTEXT_BOUNDS = { least: 1, most: MAX_PLAINTEXT_LENGTH } as const;
const CIPHERTEXT_BOUNDS = { least: 1, most: MAX_CIPHERTEXT_LENGTH } as const;
const GENERATED_BOUNDS = { least: 1, most: MAX_GENERATED_LENGTH } as const;
/** Blobs of a keystore whose material nobody can foretell. */
const BLOB_VERSION = 0x53;

export function encrypt(snapshot: Snapshot, request: EncryptRequest): EncryptResult {
  requireKeyId(request.keyId, 'keyId');
  requireBlob(request.plaintext, 'plaintext', PLAINTEXT_BOUNDS);
  requireAlgorithmName(request.encryptionAlgorithm, 'encryptionAlgorithm');
  const context = contextBytes(request.encryptionContext);
  const { record, current } = findKey(snapshot, request.keyId);
  requireUsable(record);
  requireAlgorithm(request.encryptionAlgorithm);
  return {
    ciphertextBlob: wrapKeyBlob(nodeProvider, current.blobKey, BLOB_VERSION, request.plaintext, context),
    keyId: record.arn,
    encryptionAlgorithm: ALGORITHM,
  };
}

/** `diagnostics` tells the reason of a refusal in `error.reason`. */
export function decrypt(snapshot: Snapshot, request: DecryptRequest, diagnostics: boolean): DecryptResult {
  requireBlob(request.ciphertextBlob, 'ciphertextBlob', CIPHERTEXT_BOUNDS);
  if (request.keyId !== undefined) requireKeyId(request.keyId, 'keyId');
  requireAlgorithmName(request.encryptionAlgorithm, 'encryptionAlgorithm');
  const context = contextBytes(request.encryptionContext);
  const source = findSource(snapshot, request.ciphertextBlob, request.keyId, diagnostics);
  requireAlgorithm(request.encryptionAlgorithm);
  return {
    keyId: source.key.record.arn,
    plaintext: openBlob(source, context, diagnostics),
    encryptionAlgorithm: ALGORITHM,
    keyMaterialId: source.material.idHex,
  };
}

export function reEncrypt(snapshot: Snapshot, request: ReEncryptRequest, diagnostics: boolean): ReEncryptResult {
  requireBlob(request.ciphertextBlob, 'ciphertextBlob', CIPHERTEXT_BOUNDS);
  if (request.sourceKeyId !== undefined) requireKeyId(request.sourceKeyId, 'sourceKeyId');
  requireKeyId(request.destinationKeyId, 'destinationKeyId');
  requireAlgorithmName(request.sourceEncryptionAlgorithm, 'sourceEncryptionAlgorithm');
  requireAlgorithmName(request.destinationEncryptionAlgorithm, 'destinationEncryptionAlgorithm');
  const sourceContext = contextBytes(request.sourceEncryptionContext);
  const destinationContext = contextBytes(request.destinationEncryptionContext);
  const source = findSource(snapshot, request.ciphertextBlob, request.sourceKeyId, diagnostics);
  const { record, current } = findKey(snapshot, request.destinationKeyId);
  requireUsable(record);
  requireAlgorithm(request.sourceEncryptionAlgorithm);
  requireAlgorithm(request.destinationEncryptionAlgorithm);
  const plaintext = openBlob(source, sourceContext, diagnostics);
  try {
    return {
      ciphertextBlob: wrapKeyBlob(nodeProvider, current.blobKey, BLOB_VERSION, plaintext, destinationContext),
      sourceKeyId: source.key.record.arn,
      sourceKeyMaterialId: source.material.idHex,
      sourceEncryptionAlgorithm: ALGORITHM,
      keyId: record.arn,
      destinationKeyMaterialId: current.idHex,
      destinationEncryptionAlgorithm: ALGORITHM,
    };
  } finally {
    plaintext.fill(0);
  }
}

export function generateDataKey(snapshot: Snapshot, request: GenerateDataKeyRequest): GenerateDataKeyResult {
  requireKeyId(request.keyId, 'keyId');
  const length = dataKeyLength(request);
  const context = contextBytes(request.encryptionContext);
  const { record, current } = findKey(snapshot, request.keyId);
  requireUsable(record);
  const plaintext = nodeProvider.randomKey(length);
  return {
    ciphertextBlob: wrapKeyBlob(nodeProvider, current.blobKey, BLOB_VERSION, plaintext, context),
    plaintext,
    keyId: record.arn,
    keyMaterialId: current.idHex,
  };
}

export function generateDataKeyWithoutPlaintext(
  snapshot: Snapshot,
  request: GenerateDataKeyRequest,
): GenerateDataKeyWithoutPlaintextResult {
  const { plaintext, ...wrapped } = generateDataKey(snapshot, request);
  plaintext.fill(0);
  return wrapped;
}

export function generateRandom(request: GenerateRandomRequest): GenerateRandomResult {
  if (request.numberOfBytes === undefined) throw validationError('NumberOfBytes is required.');
  requireNumber(request.numberOfBytes, 'numberOfBytes', GENERATED_BOUNDS);
  return { plaintext: nodeProvider.randomKey(request.numberOfBytes) };
}

/** A blob, taken apart, and what opens it. */
interface Source {
  readonly blob: DecodedKeyBlob;
  readonly key: ActiveKey;
  readonly material: ActiveMaterial;
}

/** The key that `keyId` names, if it does, else the one whose material the blob names; in a state to be used. */
function findSource(
  snapshot: Snapshot,
  ciphertextBlob: Uint8Array,
  keyId: string | undefined,
  diagnostics: boolean,
): Source {
  const named = keyId === undefined ? undefined : findKey(snapshot, keyId);
  if (named !== undefined) requireUsable(named.record);
  const blob = readBlob(ciphertextBlob, diagnostics);
  const idHex = hexOf(blob.materialId);
  const material = snapshot.materials.get(idHex);
  const key = material === undefined ? undefined : snapshot.keys.get(material.keyId);
  if (material === undefined || key === undefined) {
    throw new KmsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      diagnostics ? `No key of this keystore has the material ${idHex} that the blob was made with.` : undefined,
    );
  }
  if (named === undefined) {
    requireUsable(key.record);
  } else if (key !== named) {
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
      diagnostics ? `The blob is under ${key.record.arn}.` : undefined,
    );
  }
  return { blob, key, material };
}

function readBlob(ciphertextBlob: Uint8Array, diagnostics: boolean): DecodedKeyBlob {
  try {
    const blob = decodeKeyBlob(ciphertextBlob);
    if (blob.version === BLOB_VERSION) return blob;
  } catch (error) {
    if (error instanceof MalformedError) throw invalidCiphertext(error.message, diagnostics);
    throw error;
  }
  throw invalidCiphertext('The blob is of the deterministic keystore for tests: it protects nothing.', diagnostics);
}

function openBlob({ blob, material }: Source, context: Uint8Array, diagnostics: boolean): Uint8Array<ArrayBuffer> {
  try {
    return unwrapKeyBlob(nodeProvider, material.blobKey, blob, context);
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
  return encodeEncryptionContext(context ?? {});
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
