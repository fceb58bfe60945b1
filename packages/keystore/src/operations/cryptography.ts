/**
 * The cryptographic operations. They are synchronous, on the committed state. Each checks in AWS's order: the request,
 * the key, its state and usage, then the bytes, and last whether it is a dry run. A dry run draws no random value, so
 * no later answer depends on it.
 * @module
 */

import { assumed, oneOf, optional, words } from '@securestring/service';
import { onBlobKey, onBothKeys, onEverything, onKeyWithContext } from '../authorization/needs.ts';
import { KmsError } from '../errors.ts';
import type {
  CryptographicOperations,
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
} from '../requests.ts';
import type { View } from '../state/view.ts';
import { blobKeyOf, contextBytes, currentOf, findEncryptionKey, findSource, openBlob, seal } from './blobs.ts';
import { endDryRun, validationError } from './checks.ts';
import {
  ALGORITHM,
  ALGORITHMS,
  BYTE_COUNT,
  BYTES,
  CIPHERTEXT,
  FLAG,
  GRANT_TOKENS,
  isEmptyList,
  KEY_ID,
  notHere,
  PLAINTEXT,
  TEXT,
} from './members.ts';
import type { Rows } from './row.ts';

const DATA_KEY_LENGTHS: Readonly<Record<DataKeySpec, number>> = { AES_256: 32, AES_128: 16 };

/** Encrypts 1 to 4096 bytes. */
export function encrypt(view: View, request: EncryptRequest): EncryptResult {
  const context = contextBytes(request.encryptionContext);
  const key = findEncryptionKey(view, request.keyId, 'Encrypt');
  requireAlgorithm(request.encryptionAlgorithm);
  endDryRun(request);
  const ciphertextBlob = seal(view, key, request.plaintext, context);
  return { ciphertextBlob, keyId: key.record.arn, encryptionAlgorithm: ALGORITHM };
}

/** Decrypts a blob. */
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

/** Decrypts a blob, and encrypts its plaintext under another key or context. */
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

/** Makes a data key, in clear and encrypted. */
export function generateDataKey(view: View, request: GenerateDataKeyRequest): GenerateDataKeyResult {
  return makeDataKey(view, request, 'GenerateDataKey');
}

/** Makes a data key, encrypted only. */
export function generateDataKeyWithoutPlaintext(
  view: View,
  request: GenerateDataKeyRequest,
): GenerateDataKeyWithoutPlaintextResult {
  const { plaintext, ...wrapped } = makeDataKey(view, request, 'GenerateDataKeyWithoutPlaintext');
  plaintext.fill(0);
  return wrapped;
}

/** Returns random bytes. */
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

const DATA_KEY = {
  keyId: KEY_ID,
  keySpec: optional(oneOf(['AES_256', 'AES_128'])),
  numberOfBytes: optional(BYTE_COUNT),
  encryptionContext: optional(words()),
  dryRun: FLAG,
  grantTokens: GRANT_TOKENS,
} as const;
const WRAPPED_DATA_KEY = { ciphertextBlob: BYTES, keyId: TEXT, keyMaterialId: TEXT } as const;

/** The rows of these operations. */
export const CRYPTOGRAPHIC_ROWS: Rows<Omit<CryptographicOperations, 'generateMac' | 'verifyMac'>> = {
  encrypt: {
    request: {
      keyId: KEY_ID,
      plaintext: PLAINTEXT,
      encryptionContext: optional(words()),
      encryptionAlgorithm: assumed(ALGORITHM, ALGORITHMS),
      dryRun: FLAG,
      grantTokens: GRANT_TOKENS,
    },
    answer: { ciphertextBlob: BYTES, keyId: TEXT, encryptionAlgorithm: TEXT },
    readOnly: true,
    way: 'use',
    needs: onKeyWithContext,
    isCrossAccount: true,
    work: encrypt,
  },
  decrypt: {
    request: {
      keyId: optional(KEY_ID),
      ciphertextBlob: CIPHERTEXT,
      encryptionContext: optional(words()),
      encryptionAlgorithm: assumed(ALGORITHM, ALGORITHMS),
      dryRun: FLAG,
      grantTokens: GRANT_TOKENS,
    },
    refused: { recipient: notHere(), dryRunModifiers: notHere(isEmptyList) },
    answer: { keyId: TEXT, plaintext: BYTES, encryptionAlgorithm: TEXT, keyMaterialId: TEXT },
    readOnly: true,
    way: 'use',
    needs: onBlobKey,
    isCrossAccount: true,
    work: decrypt,
  },
  reEncrypt: {
    request: {
      ciphertextBlob: CIPHERTEXT,
      sourceKeyId: optional(KEY_ID),
      sourceEncryptionContext: optional(words()),
      sourceEncryptionAlgorithm: assumed(ALGORITHM, ALGORITHMS),
      destinationKeyId: KEY_ID,
      destinationEncryptionContext: optional(words()),
      destinationEncryptionAlgorithm: assumed(ALGORITHM, ALGORITHMS),
      dryRun: FLAG,
      grantTokens: GRANT_TOKENS,
    },
    refused: { dryRunModifiers: notHere(isEmptyList) },
    answer: {
      ciphertextBlob: BYTES,
      sourceKeyId: TEXT,
      keyId: TEXT,
      sourceEncryptionAlgorithm: TEXT,
      destinationEncryptionAlgorithm: TEXT,
      sourceKeyMaterialId: TEXT,
      destinationKeyMaterialId: TEXT,
    },
    readOnly: true,
    way: 'use',
    needs: onBothKeys,
    isCrossAccount: true,
    work: reEncrypt,
  },
  generateDataKey: {
    request: DATA_KEY,
    refused: { recipient: notHere() },
    answer: { ciphertextBlob: BYTES, plaintext: BYTES, keyId: TEXT, keyMaterialId: TEXT },
    readOnly: true,
    way: 'use',
    needs: onKeyWithContext,
    isCrossAccount: true,
    work: generateDataKey,
  },
  generateDataKeyWithoutPlaintext: {
    request: DATA_KEY,
    answer: WRAPPED_DATA_KEY,
    readOnly: true,
    way: 'use',
    needs: onKeyWithContext,
    isCrossAccount: true,
    work: generateDataKeyWithoutPlaintext,
  },
  generateRandom: {
    request: { numberOfBytes: optional(BYTE_COUNT) },
    refused: { recipient: notHere(), customKeyStoreId: notHere() },
    answer: { plaintext: BYTES },
    readOnly: true,
    way: 'use',
    needs: onEverything,
    work: generateRandom,
  },
};
