/**
 * Imported key material. It comes wrapped, belongs to its key for good, is erased when it expires or is deleted, and
 * can be imported again. The key keeps the id of erased material, so that no other material ever takes its place.
 * @module
 */

import { copyBytes } from '@securestring/core/bytes';
import { keptBlob, oneOf, optional, time } from '@securestring/service';
import { hexOf, makeWrappingKeyPair } from '#platform';
import { KmsError } from '../errors.ts';
import { DAY, IMPORT_TOKEN_LIFETIME, MAX_CIPHERTEXT_LENGTH, MAX_IMPORT_DAYS, MAX_TIME } from '../limits.ts';
import type {
  DeleteImportedKeyMaterialRequest,
  DeleteImportedKeyMaterialResult,
  GetParametersForImportRequest,
  GetParametersForImportResult,
  ImportKeyMaterialRequest,
  ImportKeyMaterialResult,
  ImportOperations,
  WrappingKeySpec,
} from '../requests.ts';
import { lastInUse } from '../state/at-time.ts';
import { type KeyRecord, withKey } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import type { Store } from '../store.ts';
import { findKeyNoAlias, invalidState, requireCustomerManaged, requireOrigin, validationError } from './checks.ts';
import { openToken, sealToken, unwrapImport, WRAPPING_ALGORITHMS } from './import-token.ts';
import { type ImportChoice, withImported } from './imported-material.ts';
import { BYTES, KEY_ID, MATERIAL_DESCRIPTION, MATERIAL_ID, TEXT, TIME } from './members.ts';
import type { Rows } from './row.ts';

const MODULUS_LENGTHS: Readonly<Record<WrappingKeySpec, number>> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };

/** Makes a wrapping key pair off the event loop, and checks the key before and after. Commits nothing. */
export async function getParametersForImport(
  store: Store,
  { keyId, wrappingAlgorithm: algorithm, wrappingKeySpec }: GetParametersForImportRequest,
): Promise<GetParametersForImportResult> {
  const modulusLength = MODULUS_LENGTHS[wrappingKeySpec];
  if (!WRAPPING_ALGORITHMS.includes(algorithm) || modulusLength === undefined) {
    throw new KmsError(
      'UnsupportedOperationException',
      `${algorithm} with ${wrappingKeySpec} is not supported: use RSAES_OAEP or RSA_AES_KEY_WRAP with an RSA key.`,
    );
  }
  const find = (view: View) => findImportable(view, keyId, 'GetParametersForImport');
  await store.read(find);
  const { publicKey, privateKey } = await makeWrappingKeyPair(modulusLength);
  try {
    return await store.read((draft) => {
      const { arn } = find(draft);
      const validTo = Math.min(draft.now + IMPORT_TOKEN_LIFETIME, MAX_TIME);
      const importToken = sealToken(
        draft.importTokenKey,
        arn,
        { validTo, algorithm, privateKey },
        draft.randomness.provider,
      );
      return { keyId: arn, importToken, publicKey: copyBytes(publicKey), parametersValidTo: new Date(validTo) };
    });
  } finally {
    privateKey.fill(0);
  }
}

/** Imports wrapped key material. The key's other settings stay the same. */
export function importKeyMaterial(draft: Draft, request: ImportKeyMaterialRequest): Edited<ImportKeyMaterialResult> {
  const choice = parseChoice(request);
  requireInFuture(choice.validTo, draft.now);
  const record = findImportable(draft, request.keyId, 'ImportKeyMaterial');
  const material = unwrapMaterial(draft, record, request);
  try {
    const { key, id } = withImported(draft, record, material, choice);
    return { state: withKey(draft.state, key), result: { keyId: key.arn, ...idOf(key, id) } };
  } finally {
    material.fill(0);
  }
}

/** Erases imported material. An import of the same bytes restores the key. */
export function deleteImportedKeyMaterial(
  draft: Draft,
  { keyId, keyMaterialId }: DeleteImportedKeyMaterialRequest,
): Edited<DeleteImportedKeyMaterialResult> {
  const { record } = findKeyNoAlias(draft, keyId);
  requireCustomerManaged(draft, record, 'DeleteImportedKeyMaterial');
  requireOrigin(record, 'EXTERNAL');
  const { state } = draft;
  const erased = findMaterial(record, keyMaterialId);
  if (erased === undefined) return { state, result: { keyId: record.arn } };
  const materials = record.materials.map((material) =>
    material === erased ? { ...material, wrapped: undefined } : material,
  );
  return {
    state: withKey(state, { ...record, materials }),
    result: { keyId: record.arn, ...idOf(record, erased.id) },
  };
}

/** Returns the material id for the answer. Like AWS, it is given for keys that encrypt only. */
function idOf({ keySpec }: KeyRecord, id: Uint8Array): { keyMaterialId?: string } {
  return keySpec === 'SYMMETRIC_DEFAULT' ? { keyMaterialId: hexOf(id) } : {};
}

function findMaterial(
  record: KeyRecord,
  keyMaterialId: string | undefined,
): KeyRecord['materials'][number] | undefined {
  if (keyMaterialId === undefined) return lastInUse(record);
  const found = record.materials.find(({ id }) => hexOf(id) === keyMaterialId);
  if (found !== undefined) return found;
  throw new KmsError(
    'NotFoundException',
    `Key material (id: ${keyMaterialId}) is not associated with KMS key ${record.arn}.`,
  );
}

/** Finds a key that material can be imported into. */
function findImportable(view: View, keyId: string, operation: string): KeyRecord {
  const { record } = findKeyNoAlias(view, keyId);
  requireCustomerManaged(view, record, operation);
  requireOrigin(record, 'EXTERNAL');
  if (record.deletionDate !== undefined) throw invalidState(record.arn, 'PendingDeletion');
  return record;
}

/** Parses what a request says of its material, and checks that it fits together. */
export function parseChoice(request: ImportKeyMaterialRequest): ImportChoice {
  const { importType, keyMaterialId, keyMaterialDescription: description } = request;
  const validTo = parseValidTo(request);
  if (keyMaterialId !== undefined && importType === 'NEW_KEY_MATERIAL') {
    throw validationError('You cannot specify a KeyMaterialId with ImportType set to NEW_KEY_MATERIAL.');
  }
  return { validTo, importType, keyMaterialId, description };
}

/** Returns when the material expires, in ms; `undefined` if never. */
function parseValidTo({ validTo, expirationModel }: ImportKeyMaterialRequest): number | undefined {
  if (expirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (validTo === undefined) return undefined;
    throw validationError(
      'The parameter ValidTo cannot be specified for a key with an expiration model of KEY_MATERIAL_DOES_NOT_EXPIRE',
    );
  }
  if (validTo !== undefined) return validTo.getTime();
  throw validationError('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
}

function requireInFuture(validTo: number | undefined, now: number): void {
  if (validTo === undefined) return;
  if (validTo <= now) throw validationError('ValidTo must be in the future');
  if (validTo > now + MAX_IMPORT_DAYS * DAY) {
    throw validationError(`ValidTo must be at most ${MAX_IMPORT_DAYS} days in the future`);
  }
}

/** Returns the key material of a request. The caller wipes it. */
function unwrapMaterial(
  { now, importTokenKey, randomness }: Draft,
  { arn }: KeyRecord,
  { importToken, encryptedKeyMaterial }: ImportKeyMaterialRequest,
): Uint8Array {
  const token = openToken(importTokenKey, arn, importToken, randomness.provider);
  if (token === undefined) {
    throw new KmsError(
      'InvalidImportTokenException',
      'The provided import token is invalid or is associated with a different KMS key.',
    );
  }
  try {
    if (now >= token.validTo) {
      throw new KmsError('ExpiredImportTokenException', 'The specified import token is expired.');
    }
    const material = unwrapImport(token, encryptedKeyMaterial, randomness.provider);
    if (material === undefined) throw new KmsError('InvalidCiphertextException', '');
    return material;
  } finally {
    token.privateKey.fill(0);
  }
}

const IMPORT_BLOB = keptBlob({ least: 1, most: MAX_CIPHERTEXT_LENGTH });

/** The rows of these operations. */
export const IMPORT_ROWS: Rows<ImportOperations> = {
  getParametersForImport: {
    request: {
      keyId: KEY_ID,
      wrappingAlgorithm: oneOf([
        'RSAES_PKCS1_V1_5',
        'RSAES_OAEP_SHA_1',
        'RSAES_OAEP_SHA_256',
        'RSA_AES_KEY_WRAP_SHA_1',
        'RSA_AES_KEY_WRAP_SHA_256',
        'SM2PKE',
      ]),
      wrappingKeySpec: oneOf(['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2']),
    },
    answer: { keyId: TEXT, importToken: BYTES, publicKey: BYTES, parametersValidTo: TIME },
    readOnly: true,
    way: 'steps',
    conditions: { 'kms:WrappingAlgorithm': 'wrappingAlgorithm', 'kms:WrappingKeySpec': 'wrappingKeySpec' },
    work: getParametersForImport,
  },
  importKeyMaterial: {
    request: {
      keyId: KEY_ID,
      importToken: IMPORT_BLOB,
      encryptedKeyMaterial: IMPORT_BLOB,
      validTo: optional(time()),
      expirationModel: optional(oneOf(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'])),
      importType: optional(oneOf(['NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'])),
      keyMaterialId: MATERIAL_ID,
      keyMaterialDescription: MATERIAL_DESCRIPTION,
    },
    answer: { keyId: TEXT, keyMaterialId: TEXT },
    readOnly: false,
    shown: ['keyId', 'keyMaterialId'],
    judge: parseChoice,
    way: 'change',
    conditions: { 'kms:ExpirationModel': 'expirationModel', 'kms:ValidTo': 'validTo' },
    work: importKeyMaterial,
  },
  deleteImportedKeyMaterial: {
    request: { keyId: KEY_ID, keyMaterialId: MATERIAL_ID },
    answer: { keyId: TEXT, keyMaterialId: TEXT },
    readOnly: false,
    shown: ['keyId', 'keyMaterialId'],
    way: 'change',
    work: deleteImportedKeyMaterial,
  },
};
