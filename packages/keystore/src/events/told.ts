/**
 * What an event tells of each operation: every member of every request is decided here, in one table.
 * @module
 */

import type { Keystore } from '../keystore.ts';

/** What changes nothing that is stored, and uses no key: of these there are no events. */
type Unheard = 'region' | 'accountId' | 'generation' | 'latestTime' | 'refresh' | 'close';
/** Every operation, by its name. */
export type Operation = Exclude<keyof Keystore, Unheard>;
/** The operations of a keystore. */
export type Operations = Pick<Keystore, Operation>;

/** Of each member of a union. */
type KeysOf<Value> = Value extends object ? keyof Value : never;
type RequestOf<Name extends Operation> = NonNullable<Parameters<Keystore[Name]>[0]>;
type ResultOf<Name extends Operation> = Awaited<ReturnType<Keystore[Name]>>;

/** What is told of one operation. */
export interface Told<Name extends Operation = Operation> {
  readonly readOnly: boolean;
  /** Whether each member of a request is told. Plaintexts, ciphertexts, MACs, messages, material and secrets never are. */
  readonly request: { readonly [Member in KeysOf<RequestOf<Name>>]: boolean };
  /** Members of a request that AWS tells also where they were not sent, with what they then stand for. */
  readonly assumed?: { readonly [Member in KeysOf<RequestOf<Name>>]?: string };
  /** Members of a result that are told. */
  readonly response?: readonly KeysOf<ResultOf<Name>>[];
}

const ALGORITHM = 'SYMMETRIC_DEFAULT';
const KEY = { keyId: true } as const;
const PAGE = { limit: true, marker: true } as const;
const TAGGED_KEY = { keyId: true, tags: true } as const;
const ALIAS = { aliasName: true, targetKeyId: true } as const;
const DATA_KEY = { keyId: true, keySpec: true, numberOfBytes: true, encryptionContext: true, dryRun: true } as const;

/** An operation without a row does not compile, nor does a member of a request that was forgotten. */
export const TOLD: { readonly [Name in Operation]: Told<Name> } = {
  encrypt: {
    readOnly: true,
    request: { keyId: true, plaintext: false, encryptionContext: true, encryptionAlgorithm: true, dryRun: true },
    assumed: { encryptionAlgorithm: ALGORITHM },
  },
  decrypt: {
    readOnly: true,
    request: { keyId: true, ciphertextBlob: false, encryptionContext: true, encryptionAlgorithm: true, dryRun: true },
    assumed: { encryptionAlgorithm: ALGORITHM },
  },
  reEncrypt: {
    readOnly: true,
    request: {
      ciphertextBlob: false,
      sourceKeyId: true,
      sourceEncryptionContext: true,
      sourceEncryptionAlgorithm: true,
      destinationKeyId: true,
      destinationEncryptionContext: true,
      destinationEncryptionAlgorithm: true,
      dryRun: true,
    },
    assumed: { sourceEncryptionAlgorithm: ALGORITHM, destinationEncryptionAlgorithm: ALGORITHM },
  },
  generateDataKey: { readOnly: true, request: DATA_KEY },
  generateDataKeyWithoutPlaintext: { readOnly: true, request: DATA_KEY },
  generateRandom: { readOnly: true, request: { numberOfBytes: true } },
  generateMac: { readOnly: true, request: { keyId: true, message: false, macAlgorithm: true, dryRun: true } },
  verifyMac: { readOnly: true, request: { keyId: true, message: false, mac: false, macAlgorithm: true, dryRun: true } },

  createKey: {
    readOnly: false,
    request: {
      description: true,
      keyUsage: true,
      keySpec: true,
      customerMasterKeySpec: true,
      origin: true,
      multiRegion: true,
      tags: true,
    },
    response: ['keyMetadata'],
  },
  describeKey: { readOnly: true, request: KEY },
  listKeys: { readOnly: true, request: PAGE },
  updateKeyDescription: { readOnly: false, request: { keyId: true, description: true } },
  enableKey: { readOnly: false, request: KEY },
  disableKey: { readOnly: false, request: KEY },
  scheduleKeyDeletion: {
    readOnly: false,
    request: { keyId: true, pendingWindowInDays: true },
    response: ['keyId', 'keyState', 'deletionDate', 'pendingWindowInDays'],
  },
  cancelKeyDeletion: { readOnly: false, request: KEY, response: ['keyId'] },

  enableKeyRotation: { readOnly: false, request: { keyId: true, rotationPeriodInDays: true } },
  disableKeyRotation: { readOnly: false, request: KEY },
  getKeyRotationStatus: { readOnly: true, request: KEY },
  rotateKeyOnDemand: { readOnly: false, request: KEY, response: ['keyId'] },
  listKeyRotations: { readOnly: true, request: { keyId: true, includeKeyMaterial: true, ...PAGE } },

  getParametersForImport: {
    readOnly: true,
    request: { keyId: true, wrappingAlgorithm: true, wrappingKeySpec: true },
  },
  importKeyMaterial: {
    readOnly: false,
    request: {
      keyId: true,
      importToken: false,
      encryptedKeyMaterial: false,
      validTo: true,
      expirationModel: true,
      importType: true,
      keyMaterialId: true,
      keyMaterialDescription: true,
    },
    response: ['keyId', 'keyMaterialId'],
  },
  deleteImportedKeyMaterial: {
    readOnly: false,
    request: { keyId: true, keyMaterialId: true },
    response: ['keyId', 'keyMaterialId'],
  },

  exportKeys: { readOnly: true, request: { keyIds: true, unlock: false } },
  importKeys: { readOnly: false, request: { envelope: false, unlock: false }, response: ['keys'] },
  listUnlockSlots: { readOnly: true, request: {} },
  addUnlockSlot: { readOnly: false, request: { unlock: false }, response: ['slot', 'kind'] },
  removeUnlockSlot: { readOnly: false, request: { unlock: false } },
  changeUnlock: { readOnly: false, request: { from: false, to: false } },
  rotateRootKey: { readOnly: false, request: { unlocks: false } },
  resetClock: { readOnly: false, request: {} },

  tagResource: { readOnly: false, request: TAGGED_KEY },
  untagResource: { readOnly: false, request: { keyId: true, tagKeys: true } },
  listResourceTags: { readOnly: true, request: { keyId: true, ...PAGE } },

  createAlias: { readOnly: false, request: ALIAS },
  updateAlias: { readOnly: false, request: ALIAS },
  deleteAlias: { readOnly: false, request: { aliasName: true } },
  listAliases: { readOnly: true, request: { keyId: true, ...PAGE } },
};
