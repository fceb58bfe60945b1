/**
 * Imported key material: brought wrapped, bound to the key for good, erased when it expires or is deleted, and brought
 * again. What a key once had is known by its material id, so that nothing else ever takes its place.
 * @module
 */

import { copyBytes } from '@securestring/core/bytes';
import { makeWrappingKeyPair } from '#platform';
import { KmsError } from '../errors.ts';
import {
  DAY,
  IMPORT_TOKEN_LIFETIME,
  MAX_CIPHERTEXT_LENGTH,
  MAX_IMPORT_DAYS,
  MAX_MATERIAL_DESCRIPTION_LENGTH,
  MAX_TIME,
} from '../limits.ts';
import type {
  DeleteImportedKeyMaterialRequest,
  DeleteImportedKeyMaterialResult,
  GetParametersForImportRequest,
  GetParametersForImportResult,
  ImportKeyMaterialRequest,
  ImportKeyMaterialResult,
  WrappingKeySpec,
} from '../shapes.ts';
import { lastInUse } from '../state/at-time.ts';
import type { KeyRecord } from '../state/records.ts';
import { hexOf } from '../state/snapshot.ts';
import type { Edit, Present, Store } from '../store.ts';
import { findKeyNoAlias, invalidState, requireCustomerManaged, requireKeyId, requireOrigin } from './find-key.ts';
import { openToken, sealToken, unwrapImport, WRAPPING_ALGORITHMS } from './import-token.ts';
import { type ImportChoice, withImported } from './imported-material.ts';
import { withKey } from './keys.ts';
import { requireBlob, requireOneOf, requirePattern, requireText, validationError } from './shape.ts';

const MODULUS_LENGTHS: Readonly<Record<WrappingKeySpec, number>> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
const BLOB_BOUNDS = { least: 1, most: MAX_CIPHERTEXT_LENGTH } as const;
const ID_BOUNDS = { least: 64, most: 64 } as const;
const DESCRIPTION_BOUNDS = { least: 0, most: MAX_MATERIAL_DESCRIPTION_LENGTH } as const;
const MATERIAL_ID = /^[a-f0-9]+$/;
const DESCRIPTION = /^[a-zA-Z0-9:/_\s.-]+$/;
const EXPIRATION_MODELS = ['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'] as const;
const IMPORT_TYPES = ['NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'] as const;
/** AWS's names, in AWS's order; of these, two are not built. */
const ALL_WRAPPING_ALGORITHMS = ['RSAES_PKCS1_V1_5', ...WRAPPING_ALGORITHMS, 'SM2PKE'];
const ALL_WRAPPING_KEY_SPECS = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2'];

/** Makes a wrapping key pair beside the event loop; the key is judged before and after. Commits nothing. */
export async function getParametersForImport(
  request: GetParametersForImportRequest,
  store: Pick<Store, 'look'>,
): Promise<GetParametersForImportResult> {
  const { keyId, wrappingAlgorithm: algorithm, wrappingKeySpec } = request;
  requireKeyId(keyId, 'keyId');
  requireOneOf(algorithm, 'wrappingAlgorithm', ALL_WRAPPING_ALGORITHMS);
  requireOneOf(wrappingKeySpec, 'wrappingKeySpec', ALL_WRAPPING_KEY_SPECS);
  const modulusLength = MODULUS_LENGTHS[wrappingKeySpec];
  if (!WRAPPING_ALGORITHMS.includes(algorithm) || modulusLength === undefined) {
    throw new KmsError(
      'UnsupportedOperationException',
      `${algorithm} with ${wrappingKeySpec} is not built: use RSAES_OAEP or RSA_AES_KEY_WRAP with an RSA key.`,
    );
  }
  const find = (present: Present) => findImportable(present, keyId, 'GetParametersForImport');
  await store.look(find);
  const { publicKey, privateKey } = await makeWrappingKeyPair(modulusLength);
  try {
    return await store.look((present) => {
      const { arn } = find(present);
      const validTo = Math.min(present.now + IMPORT_TOKEN_LIFETIME, MAX_TIME);
      const importToken = sealToken(
        present.importTokenKey,
        arn,
        { validTo, algorithm, privateKey },
        present.randomness.provider,
      );
      return { keyId: arn, importToken, publicKey: copyBytes(publicKey), parametersValidTo: new Date(validTo) };
    });
  } finally {
    privateKey.fill(0);
  }
}

/** Takes in wrapped key material, all or nothing. The key's other settings stay as they are. */
export function importKeyMaterial(request: ImportKeyMaterialRequest): Edit<ImportKeyMaterialResult> {
  const { keyId } = request;
  requireKeyId(keyId, 'keyId');
  requireBlob(request.importToken, 'importToken', BLOB_BOUNDS);
  requireBlob(request.encryptedKeyMaterial, 'encryptedKeyMaterial', BLOB_BOUNDS);
  const choice = readChoice(request);
  const importToken = copyBytes(request.importToken);
  const wrapped = copyBytes(request.encryptedKeyMaterial);
  return (present) => {
    requireInFuture(choice.validTo, present.now);
    const record = findImportable(present, keyId, 'ImportKeyMaterial');
    const material = unwrapMaterial(present, record, importToken, wrapped);
    try {
      const { key, id } = withImported(present, record, material, choice);
      return { state: withKey(present.snapshot.state, key), result: { keyId: key.arn, ...idOf(key, id) } };
    } finally {
      material.fill(0);
    }
  };
}

/** Erases imported material. Importing the same again makes the key what it was. */
export function deleteImportedKeyMaterial({
  keyId,
  keyMaterialId,
}: DeleteImportedKeyMaterialRequest): Edit<DeleteImportedKeyMaterialResult> {
  requireKeyId(keyId, 'keyId');
  if (keyMaterialId !== undefined) requireMaterialId(keyMaterialId);
  return (present) => {
    const { record } = findKeyNoAlias(present, keyId);
    requireCustomerManaged(present, record, 'DeleteImportedKeyMaterial');
    requireOrigin(record, 'EXTERNAL');
    const { state } = present.snapshot;
    const erased = named(record, keyMaterialId);
    if (erased === undefined) return { state, result: { keyId: record.arn } };
    const materials = record.materials.map((material) =>
      material === erased ? { ...material, wrapped: undefined } : material,
    );
    return {
      state: withKey(state, { ...record, materials }),
      result: { keyId: record.arn, ...idOf(record, erased.id) },
    };
  };
}

/** Material ids are told of keys that encrypt, as AWS does. */
function idOf({ keySpec }: KeyRecord, id: Uint8Array): { keyMaterialId?: string } {
  return keySpec === 'SYMMETRIC_DEFAULT' ? { keyMaterialId: hexOf(id) } : {};
}

function named(record: KeyRecord, keyMaterialId: string | undefined): KeyRecord['materials'][number] | undefined {
  if (keyMaterialId === undefined) return lastInUse(record);
  const found = record.materials.find(({ id }) => hexOf(id) === keyMaterialId);
  if (found !== undefined) return found;
  throw new KmsError(
    'NotFoundException',
    `Key material (id: ${keyMaterialId}) is not associated with KMS key ${record.arn}.`,
  );
}

/** The second and third check. */
function findImportable(present: Present, keyId: string, operation: string): KeyRecord {
  const { record } = findKeyNoAlias(present, keyId);
  requireCustomerManaged(present, record, operation);
  requireOrigin(record, 'EXTERNAL');
  if (record.deletionDate !== undefined) throw invalidState(record.arn, 'PendingDeletion');
  return record;
}

function readChoice(request: ImportKeyMaterialRequest): ImportChoice {
  const { importType, keyMaterialId, keyMaterialDescription: description } = request;
  const validTo = readValidTo(request);
  if (importType !== undefined) requireOneOf(importType, 'importType', IMPORT_TYPES);
  if (keyMaterialId !== undefined) {
    requireMaterialId(keyMaterialId);
    if (importType === 'NEW_KEY_MATERIAL') {
      throw validationError('You cannot specify a KeyMaterialId with ImportType set to NEW_KEY_MATERIAL.');
    }
  }
  if (description !== undefined) {
    requireText(description, 'keyMaterialDescription', DESCRIPTION_BOUNDS);
    if (description !== '') requirePattern(description, 'keyMaterialDescription', DESCRIPTION);
  }
  return { validTo, importType, keyMaterialId, description };
}

function requireMaterialId(keyMaterialId: unknown): void {
  requireText(keyMaterialId, 'keyMaterialId', ID_BOUNDS);
  requirePattern(keyMaterialId, 'keyMaterialId', MATERIAL_ID);
}

/** Milliseconds; `undefined`: never. */
function readValidTo({ validTo, expirationModel }: ImportKeyMaterialRequest): number | undefined {
  const model = expirationModel ?? 'KEY_MATERIAL_EXPIRES';
  requireOneOf(model, 'expirationModel', EXPIRATION_MODELS);
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (validTo === undefined) return undefined;
    throw validationError(
      'The parameter ValidTo cannot be specified for a key with an expiration model of KEY_MATERIAL_DOES_NOT_EXPIRE',
    );
  }
  if (validTo === undefined) {
    throw validationError('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  }
  if (!(validTo instanceof Date)) throw new TypeError(`validTo must be a Date, not ${typeof validTo}.`);
  if (Number.isNaN(validTo.getTime())) throw new RangeError('validTo must be a valid Date.');
  return validTo.getTime();
}

function requireInFuture(validTo: number | undefined, now: number): void {
  if (validTo === undefined) return;
  if (validTo <= now) throw validationError('ValidTo must be in the future');
  if (validTo > now + MAX_IMPORT_DAYS * DAY) {
    throw validationError(`ValidTo must be at most ${MAX_IMPORT_DAYS} days in the future`);
  }
}

/** The caller wipes it. */
function unwrapMaterial(
  present: Parameters<Edit<unknown>>[0],
  { arn }: KeyRecord,
  importToken: Uint8Array,
  wrapped: Uint8Array,
): Uint8Array {
  const token = openToken(present.importTokenKey, arn, importToken, present.randomness.provider);
  if (token === undefined) {
    throw new KmsError(
      'InvalidImportTokenException',
      'The provided import token is invalid or is associated with a different KMS key.',
    );
  }
  try {
    if (present.now >= token.validTo) {
      throw new KmsError('ExpiredImportTokenException', 'The specified import token is expired.');
    }
    const material = unwrapImport(token, wrapped, present.randomness.provider);
    if (material === undefined) throw new KmsError('InvalidCiphertextException', '');
    return material;
  } finally {
    token.privateKey.fill(0);
  }
}
