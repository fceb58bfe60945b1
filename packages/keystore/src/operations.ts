/**
 * The operations of the offline KMS, one row each. The check of a request, the wire form, the event and the dispatcher
 * know of an operation what its row says; the work of each is in `operations/`.
 * @module
 */

import { PLAIN_TEXT_HINT } from '@securestring/core/bytes';
import {
  type AnyOperation,
  assumed,
  blob,
  integer,
  keptBlob,
  list,
  type Operation,
  oneOf,
  opaque,
  optional,
  record,
  text,
  time,
  words,
} from '@securestring/service';
import type { ENTRY_SEALS } from './entry-seals.ts';
import type { Keystore } from './keystore.ts';
import {
  MAX_ALIAS_NAME_LENGTH,
  MAX_CIPHERTEXT_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  MAX_MAC_LENGTH,
  MAX_MAC_MESSAGE_LENGTH,
  PENDING_WINDOW,
  ROTATION_PERIOD,
} from './limits.ts';
import { createAlias, deleteAlias, listAliases, requireOwnAliasName, updateAlias } from './operations/aliases.ts';
import { resetClock } from './operations/clock.ts';
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  reEncrypt,
} from './operations/cryptography.ts';
import { exportKeys, importKeys } from './operations/envelope.ts';
import {
  deleteImportedKeyMaterial,
  getParametersForImport,
  importKeyMaterial,
  parseChoice,
} from './operations/import.ts';
import { createKey, describeKey, listKeys, parseKeyOptions } from './operations/keys.ts';
import {
  cancelKeyDeletion,
  disableKey,
  enableKey,
  scheduleKeyDeletion,
  updateKeyDescription,
} from './operations/lifecycle.ts';
import { generateMac, verifyMac } from './operations/mac.ts';
import {
  ALGORITHM,
  ALGORITHMS,
  BYTE_COUNT,
  BYTES,
  CIPHERTEXT,
  FLAG,
  GRANT_TOKENS,
  isEmptyList,
  isFalse,
  KEY_ID,
  KEY_METADATA,
  MATERIAL_DESCRIPTION,
  MATERIAL_ID,
  NUMBER,
  notHere,
  PAGE,
  PAGE_ANSWER,
  PLAINTEXT,
  TAG_KEYS,
  TAGS,
  TAGS_LIMIT,
  TEXT,
  TIME,
  YES_OR_NO,
} from './operations/members.ts';
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './operations/rotation.ts';
import { listResourceTags, parseTags, tagResource, untagResource } from './operations/tags.ts';
import type { Draft, Edited, Store, View } from './store.ts';
import { addUnlockSlot, changeUnlock, listUnlockSlots, removeUnlockSlot, rotateRootKey } from './unlock-slots.ts';

/** Members of a keystore that are not operations. */
type Plain =
  | 'partition'
  | 'region'
  | 'accountId'
  | 'generation'
  | 'latestTime'
  | 'refresh'
  | 'close'
  | typeof ENTRY_SEALS;
/** Every operation, by its name. */
export type OperationName = Exclude<keyof Keystore, Plain>;
/** The operations of a keystore. */
export type Operations = Pick<Keystore, OperationName>;

/** The work of an operation, by the way in which it reaches the committed state. */
export type Work<Request, Answer> =
  /** Runs at once, on the state in memory. */
  | { readonly way: 'use'; work(view: View, request: Request): Answer }
  /** Runs on what the storage has now. */
  | { readonly way: 'look'; work(view: View, request: Request): Answer }
  /** Makes the next state, which is committed. It runs again after a conflict. */
  | { readonly way: 'change'; work(draft: Draft, request: Request): Edited<Answer> }
  /** Takes several steps, with what is slow between them. */
  | { readonly way: 'steps'; work(store: Store, request: Request): Promise<Answer> };

/** A row of the table. */
export type Row<Request, Answer> = Operation<Request, Answer> & Work<Request, Answer>;

/** Any row: for readers of the whole table. */
export type AnyRow = AnyOperation & Work<never, unknown>;

type RequestOf<Name extends OperationName> = NonNullable<Parameters<Keystore[Name]>[0]>;
type AnswerOf<Name extends OperationName> = Awaited<ReturnType<Keystore[Name]>>;

const DATA_KEY = {
  keyId: KEY_ID,
  keySpec: optional(oneOf(['AES_256', 'AES_128'])),
  numberOfBytes: optional(BYTE_COUNT),
  encryptionContext: optional(words()),
  dryRun: FLAG,
  grantTokens: GRANT_TOKENS,
} as const;
const WRAPPED_DATA_KEY = { ciphertextBlob: BYTES, keyId: TEXT, keyMaterialId: TEXT } as const;
const MAC_ALGORITHM = oneOf(['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512']);
const MAC = {
  keyId: KEY_ID,
  message: blob({ least: 1, most: MAX_MAC_MESSAGE_LENGTH }, PLAIN_TEXT_HINT),
  macAlgorithm: MAC_ALGORITHM,
  dryRun: FLAG,
  grantTokens: GRANT_TOKENS,
} as const;
const KEY = { keyId: KEY_ID } as const;
const DESCRIPTION = text({ most: MAX_DESCRIPTION_LENGTH });
/** AWS's names, in AWS's order; of the specs and origins only those of symmetric keys are supported. */
const KEY_SPEC = optional(
  oneOf([
    'RSA_2048',
    'RSA_3072',
    'RSA_4096',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
    'SYMMETRIC_DEFAULT',
    'HMAC_224',
    'HMAC_256',
    'HMAC_384',
    'HMAC_512',
    'SM2',
  ]),
);
const ALIAS = {
  aliasName: text({ least: 1, most: MAX_ALIAS_NAME_LENGTH, pattern: /^[a-zA-Z0-9:/_-]+$/ }),
  targetKeyId: KEY_ID,
} as const;
const IMPORT_BLOB = keptBlob({ least: 1, most: MAX_CIPHERTEXT_LENGTH });
const KEY_NAMES = list(record({ keyId: TEXT, keyArn: TEXT }));

/** The owner of every key here is the account itself. */
const isSelf = (owners: unknown): boolean => isEmptyList(owners) || String(owners) === 'SELF';

/** An operation without a row does not compile, nor does a member of a request or an answer that was forgotten. */
export const OPERATIONS: { readonly [Name in OperationName]: Row<RequestOf<Name>, AnswerOf<Name>> } = {
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
      sourceKeyMaterialId: TEXT,
      sourceEncryptionAlgorithm: TEXT,
      keyId: TEXT,
      destinationKeyMaterialId: TEXT,
      destinationEncryptionAlgorithm: TEXT,
    },
    readOnly: true,
    way: 'use',
    work: reEncrypt,
  },
  generateDataKey: {
    request: DATA_KEY,
    refused: { recipient: notHere() },
    answer: { ...WRAPPED_DATA_KEY, plaintext: BYTES },
    readOnly: true,
    way: 'use',
    work: generateDataKey,
  },
  generateDataKeyWithoutPlaintext: {
    request: DATA_KEY,
    answer: WRAPPED_DATA_KEY,
    readOnly: true,
    way: 'use',
    work: generateDataKeyWithoutPlaintext,
  },
  generateRandom: {
    request: { numberOfBytes: optional(BYTE_COUNT) },
    refused: { recipient: notHere(), customKeyStoreId: notHere() },
    answer: { plaintext: BYTES },
    readOnly: true,
    way: 'use',
    work: generateRandom,
  },
  generateMac: {
    request: MAC,
    answer: { mac: BYTES, macAlgorithm: TEXT, keyId: TEXT },
    readOnly: true,
    way: 'use',
    work: generateMac,
  },
  verifyMac: {
    request: { ...MAC, mac: blob({ least: 1, most: MAX_MAC_LENGTH }) },
    answer: { keyId: TEXT, macValid: YES_OR_NO, macAlgorithm: TEXT },
    readOnly: true,
    way: 'use',
    work: verifyMac,
  },

  createKey: {
    request: {
      description: optional(DESCRIPTION),
      keyUsage: optional(oneOf(['SIGN_VERIFY', 'ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'])),
      keySpec: KEY_SPEC,
      customerMasterKeySpec: KEY_SPEC,
      origin: optional(oneOf(['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])),
      multiRegion: FLAG,
      tags: optional(TAGS),
    },
    refused: {
      policy: notHere(),
      bypassPolicyLockoutSafetyCheck: notHere(isFalse),
      customKeyStoreId: notHere(),
      xksKeyId: notHere(),
    },
    answer: { keyMetadata: KEY_METADATA },
    readOnly: false,
    shown: ['keyMetadata'],
    judge: parseKeyOptions,
    way: 'change',
    work: createKey,
  },
  describeKey: {
    request: { ...KEY, grantTokens: GRANT_TOKENS },
    answer: { keyMetadata: KEY_METADATA },
    readOnly: true,
    way: 'look',
    work: describeKey,
  },
  listKeys: {
    request: PAGE,
    refused: { resourceOwners: notHere(isSelf) },
    answer: { keys: KEY_NAMES, ...PAGE_ANSWER },
    readOnly: true,
    way: 'look',
    work: listKeys,
  },
  updateKeyDescription: {
    request: { keyId: KEY_ID, description: DESCRIPTION },
    answer: {},
    readOnly: false,
    way: 'change',
    work: updateKeyDescription,
  },
  enableKey: { request: KEY, answer: {}, readOnly: false, way: 'change', work: enableKey },
  disableKey: { request: KEY, answer: {}, readOnly: false, way: 'change', work: disableKey },
  scheduleKeyDeletion: {
    request: { keyId: KEY_ID, pendingWindowInDays: optional(integer(PENDING_WINDOW)) },
    answer: { keyId: TEXT, deletionDate: TIME, keyState: TEXT, pendingWindowInDays: NUMBER },
    readOnly: false,
    shown: ['keyId', 'keyState', 'deletionDate', 'pendingWindowInDays'],
    way: 'change',
    work: scheduleKeyDeletion,
  },
  cancelKeyDeletion: {
    request: KEY,
    answer: { keyId: TEXT },
    readOnly: false,
    shown: ['keyId'],
    way: 'change',
    work: cancelKeyDeletion,
  },

  enableKeyRotation: {
    request: { keyId: KEY_ID, rotationPeriodInDays: optional(integer(ROTATION_PERIOD)) },
    answer: {},
    readOnly: false,
    way: 'change',
    work: enableKeyRotation,
  },
  disableKeyRotation: { request: KEY, answer: {}, readOnly: false, way: 'change', work: disableKeyRotation },
  getKeyRotationStatus: {
    request: KEY,
    answer: { keyId: TEXT, keyRotationEnabled: YES_OR_NO, rotationPeriodInDays: NUMBER, nextRotationDate: TIME },
    readOnly: true,
    way: 'look',
    work: getKeyRotationStatus,
  },
  rotateKeyOnDemand: {
    request: KEY,
    answer: { keyId: TEXT },
    readOnly: false,
    shown: ['keyId'],
    way: 'change',
    work: rotateKeyOnDemand,
  },
  listKeyRotations: {
    request: { keyId: KEY_ID, includeKeyMaterial: optional(oneOf(['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'])), ...PAGE },
    answer: {
      rotations: list(
        record({
          keyId: TEXT,
          keyMaterialId: TEXT,
          keyMaterialDescription: TEXT,
          importState: TEXT,
          keyMaterialState: TEXT,
          expirationModel: TEXT,
          validTo: TIME,
          rotationDate: TIME,
          rotationType: TEXT,
        }),
      ),
      ...PAGE_ANSWER,
    },
    readOnly: true,
    way: 'look',
    work: listKeyRotations,
  },

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

  tagResource: {
    request: { keyId: KEY_ID, tags: TAGS },
    judge: ({ tags }) => void parseTags(tags),
    answer: {},
    readOnly: false,
    way: 'change',
    work: tagResource,
  },
  untagResource: {
    request: { keyId: KEY_ID, tagKeys: TAG_KEYS },
    answer: {},
    readOnly: false,
    way: 'change',
    work: untagResource,
  },
  listResourceTags: {
    request: { keyId: KEY_ID, ...PAGE, limit: TAGS_LIMIT },
    answer: { tags: list(record({ tagKey: TEXT, tagValue: TEXT })), ...PAGE_ANSWER },
    readOnly: true,
    way: 'look',
    work: listResourceTags,
  },

  createAlias: {
    request: ALIAS,
    judge: requireOwnAliasName,
    answer: {},
    readOnly: false,
    way: 'change',
    work: createAlias,
  },
  updateAlias: {
    request: ALIAS,
    judge: requireOwnAliasName,
    answer: {},
    readOnly: false,
    way: 'change',
    work: updateAlias,
  },
  deleteAlias: {
    request: { aliasName: ALIAS.aliasName },
    judge: requireOwnAliasName,
    answer: {},
    readOnly: false,
    way: 'change',
    work: deleteAlias,
  },
  listAliases: {
    request: { keyId: optional(KEY_ID), ...PAGE },
    answer: {
      aliases: list(
        record({ aliasName: TEXT, aliasArn: TEXT, targetKeyId: TEXT, creationDate: TIME, lastUpdatedDate: TIME }),
      ),
      ...PAGE_ANSWER,
    },
    readOnly: true,
    way: 'look',
    work: listAliases,
  },

  exportKeys: {
    request: { keyIds: list(KEY_ID), unlock: opaque() },
    answer: {},
    readOnly: true,
    isOurs: true,
    way: 'steps',
    work: exportKeys,
  },
  importKeys: {
    request: { envelope: keptBlob({ least: 0, most: Number.POSITIVE_INFINITY }), unlock: opaque() },
    answer: { keys: KEY_NAMES },
    readOnly: false,
    shown: ['keys'],
    isOurs: true,
    way: 'steps',
    work: importKeys,
  },
  listUnlockSlots: { request: {}, answer: {}, readOnly: true, isOurs: true, way: 'steps', work: listUnlockSlots },
  addUnlockSlot: {
    request: { unlock: opaque() },
    answer: { slot: TEXT, kind: TEXT },
    readOnly: false,
    shown: ['slot', 'kind'],
    isOurs: true,
    way: 'steps',
    work: addUnlockSlot,
  },
  removeUnlockSlot: {
    request: { unlock: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: removeUnlockSlot,
  },
  changeUnlock: {
    request: { from: opaque(), to: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: changeUnlock,
  },
  rotateRootKey: {
    request: { unlocks: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: rotateRootKey,
  },
  resetClock: { request: {}, answer: {}, readOnly: false, isOurs: true, way: 'steps', work: resetClock },
};
