/**
 * What the tests know of each operation: one row each. An operation without a row does not compile, and the suites of
 * events, key states, key names, closed keystores and the model each go through all rows.
 * @module
 */

import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import {
  type ImportKeyMaterialRequest,
  type KeyState,
  type Keystore,
  type KeystoreEvent,
  type KmsExceptionName,
  StsError,
} from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import type { OperationName } from '../src/operations.ts';
import { IAM_CALLS } from './iam/operations.ts';
import { makeKey, openInMemory, unlock, utf8 } from './support.ts';

/** What the calls are about. */
export interface Prepared {
  readonly keyId: string;
  readonly hmacKeyId: string;
  /** Of imported material that expires in 30 days. */
  readonly externalKeyId: string;
  readonly otherKeyId: string;
  /** Under `keyId`. */
  readonly blob: Uint8Array;
  /** Under `otherKeyId`. */
  readonly otherBlob: Uint8Array;
  readonly mac: Uint8Array;
  readonly importing: ImportKeyMaterialRequest;
  readonly envelope: Uint8Array;
  readonly accessKeyId: string;
  /** Two grants of `keyId`. */
  readonly grantId: string;
  readonly otherGrantId: string;
  /** What no event may contain, so far. */
  readonly secrets: readonly Uint8Array[];
}

export type Call = (keystore: Keystore, prepared: Prepared) => unknown;
/** The key of those prepared that a call is about. */
export type Subject = 'keyId' | 'hmacKeyId' | 'externalKeyId';

/** AWS's exception, and its words after the key's ARN. */
type Refusal = readonly [name: KmsExceptionName, words: string];
/** What an operation does to a key in one state: it succeeds (`undefined`), or refuses. */
export type Cell = Refusal | undefined;
/** The states of a key, in the order of the cells. */
export const STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const;
export type Cells = readonly [Cell, Cell, Cell, Cell];

/** What a call does to a key in each state. */
export interface States {
  readonly cells: Cells;
  /** The state afterwards, where it is another. */
  readonly leaves?: Partial<Record<KeyState, KeyState>>;
  /** What this call does otherwise than the row's, and the call. */
  readonly as?: readonly [how: string, call: Call];
  /** Default the row's. */
  readonly subject?: Subject;
}

/** What the tests know of an operation. */
export interface Facts {
  /** Succeeds, in the order of the table. */
  readonly call: Call;
  /** AWS's refusal of the account's root, who calls here: then `call` succeeds with nothing. Default none. */
  readonly refusal?: Pick<KeystoreEvent, 'errorCode' | 'errorMessage'>;
  /** Default `keyId`. */
  readonly subject?: Subject;
  /** The names of a key that it takes: all four forms, key id and key ARN only, or it takes no name of a key. */
  readonly names: 'all' | 'no alias' | 'none';
  /** Empty if no state of a key matters. */
  readonly states: readonly States[];
  /** Whether the model of `model/` calls it. */
  readonly isInModel: boolean;
}

const OK = undefined;
const DISABLED: Refusal = ['DisabledException', 'is disabled.'];
const DELETED: Refusal = ['KMSInvalidStateException', 'is pending deletion.'];
const NOT_DELETED: Refusal = ['KMSInvalidStateException', 'is not pending deletion.'];
const AWAITED: Refusal = ['KMSInvalidStateException', 'is pending import.'];
const IMPORTED: Refusal = [
  'UnsupportedOperationException',
  'origin is EXTERNAL which is not valid for this operation.',
];

const USE: Cells = [OK, DISABLED, DELETED, AWAITED];
const READ: Cells = [OK, OK, OK, OK];
const SWITCH: Cells = [OK, OK, DELETED, AWAITED];
const CHANGE: Cells = [OK, OK, DELETED, OK];
const CONFIGURE_ROTATION: Cells = [OK, DISABLED, DELETED, IMPORTED];
const CANCEL: Cells = [NOT_DELETED, NOT_DELETED, OK, NOT_DELETED];
const all = (keyState: KeyState) => Object.fromEntries(STATES.map((state) => [state, keyState]));

const plaintext = utf8('a plaintext that no event shows');
/** Of which the prepared MAC is. */
export const message: Uint8Array = utf8('a message that no event shows');
const other = { rootKey: new Uint8Array(32).fill(0xb1) };
const third = { rootKey: new Uint8Array(32).fill(0xb2) };
const material = new Uint8Array(32).map((_, i) => 200 - i);
const macAlgorithm = 'HMAC_SHA_256';
const wrapping = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;

const ROLE = { roleArn: 'arn:aws:iam::000000000000:role/reader', roleSessionName: 'session' };

/** A policy under which the root may do everything. */
export const KEY_POLICY: string = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' },
});

/** What a request for a grant has, but for the key. */
export const granted = {
  granteePrincipal: 'arn:aws:iam::111122223333:role/reader',
  operations: ['Decrypt'],
} as const;

export async function prepare(keystore: Keystore): Promise<Prepared> {
  const { keyId } = await makeKey(keystore);
  const { keyId: otherKeyId } = await makeKey(keystore);
  const hmac = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
  const external = await keystore.createKey({ origin: 'EXTERNAL' });
  const hmacKeyId = hmac.keyMetadata.keyId;
  const externalKeyId = external.keyMetadata.keyId;
  const importing = await wrap(keystore, externalKeyId, external.keyMetadata.creationDate);
  await keystore.importKeyMaterial(importing);
  const { ciphertextBlob: blob } = keystore.encrypt({ keyId, plaintext });
  const { ciphertextBlob: otherBlob } = keystore.encrypt({ keyId: otherKeyId, plaintext });
  const { mac } = keystore.generateMac({ keyId: hmacKeyId, message, macAlgorithm });
  const envelope = await envelopeOfAnother();
  const { accessKeyId, secretAccessKey } = await keystore.createAccessKey();
  const { grantId, grantToken } = await keystore.createGrant({ keyId, ...granted });
  const { grantId: otherGrantId } = await keystore.createGrant({ keyId, ...granted });
  const texts = [secretAccessKey, grantToken].map(utf8);
  const secrets = [plaintext, message, material, blob, otherBlob, mac, envelope, ...texts];
  const sent = [importing.importToken, importing.encryptedKeyMaterial, unlock.rootKey, other.rootKey, third.rootKey];
  const keys = { keyId, hmacKeyId, externalKeyId, otherKeyId };
  const ids = { accessKeyId, grantId, otherGrantId };
  return { ...keys, ...ids, blob, otherBlob, mac, importing, envelope, secrets: [...secrets, ...sent] };
}

async function envelopeOfAnother(): Promise<Uint8Array> {
  const keystore = await openInMemory();
  const { keyId } = (await keystore.createKey()).keyMetadata;
  const envelope = await keystore.exportKeys({ keyIds: [keyId], unlock: other });
  await keystore.close();
  return envelope;
}

async function wrap(keystore: Keystore, keyId: string, now: Date): Promise<ImportKeyMaterialRequest> {
  const { importToken, publicKey } = await keystore.getParametersForImport({ keyId, ...wrapping });
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    keyId,
    importToken,
    encryptedKeyMaterial: publicEncrypt({ key, padding, oaepHash: 'sha256' }, material),
    validTo: new Date(now.getTime() + 30 * DAY),
  };
}

/** In an order in which all calls succeed. */
export const OPERATION_FACTS: Readonly<Record<OperationName, Facts>> = {
  encrypt: use((k, { keyId }) => k.encrypt({ keyId, plaintext })),
  decrypt: {
    call: (k, { keyId, blob }) => k.decrypt({ keyId, ciphertextBlob: blob }),
    names: 'all',
    states: [
      { cells: USE },
      { cells: USE, as: ['without a name', (k, { blob }) => k.decrypt({ ciphertextBlob: blob })] },
    ],
    isInModel: true,
  },
  reEncrypt: {
    call: (k, { keyId, blob }) => k.reEncrypt({ ciphertextBlob: blob, destinationKeyId: keyId }),
    names: 'all',
    states: [
      {
        cells: USE,
        as: ['from', (k, { blob, otherKeyId }) => k.reEncrypt({ ciphertextBlob: blob, destinationKeyId: otherKeyId })],
      },
      {
        cells: USE,
        as: ['to', (k, { keyId, otherBlob }) => k.reEncrypt({ ciphertextBlob: otherBlob, destinationKeyId: keyId })],
      },
    ],
    isInModel: true,
  },
  generateDataKey: use((k, { keyId }) => k.generateDataKey({ keyId, keySpec: 'AES_256' })),
  generateDataKeyWithoutPlaintext: use((k, { keyId }) =>
    k.generateDataKeyWithoutPlaintext({ keyId, keySpec: 'AES_256' }),
  ),
  generateRandom: keyless((k) => k.generateRandom({ numberOfBytes: 32 })),
  generateMac: use((k, { hmacKeyId: keyId }) => k.generateMac({ keyId, message, macAlgorithm }), 'hmacKeyId'),
  verifyMac: use((k, { hmacKeyId: keyId, mac }) => k.verifyMac({ keyId, message, mac, macAlgorithm }), 'hmacKeyId'),

  createKey: keyless((k) => k.createKey({ description: 'shown' })),
  describeKey: {
    call: (k, { keyId }) => k.describeKey({ keyId }),
    names: 'all',
    states: [
      { cells: READ },
      {
        cells: READ,
        as: ['of MACs', (k, { hmacKeyId: keyId }) => k.describeKey({ keyId })],
        subject: 'hmacKeyId',
      },
    ],
    isInModel: true,
  },
  listKeys: keyless((k) => k.listKeys()),
  updateKeyDescription: byId((k, { keyId }) => k.updateKeyDescription({ keyId, description: 'shown' }), CHANGE),
  disableKey: byId((k, { keyId }) => k.disableKey({ keyId }), SWITCH, { leaves: { Enabled: 'Disabled' } }),
  enableKey: byId((k, { keyId }) => k.enableKey({ keyId }), SWITCH, { leaves: { Disabled: 'Enabled' } }),
  scheduleKeyDeletion: {
    call: (k, { hmacKeyId: keyId }) => k.scheduleKeyDeletion({ keyId }),
    subject: 'hmacKeyId',
    names: 'no alias',
    states: [
      { cells: CHANGE, leaves: all('PendingDeletion') },
      {
        cells: CHANGE,
        leaves: all('PendingDeletion'),
        as: ['of encryption', (k, { keyId }) => k.scheduleKeyDeletion({ keyId })],
        subject: 'keyId',
      },
    ],
    isInModel: true,
  },
  cancelKeyDeletion: {
    call: (k, { hmacKeyId: keyId }) => k.cancelKeyDeletion({ keyId }),
    subject: 'hmacKeyId',
    names: 'no alias',
    states: [
      { cells: CANCEL, leaves: { PendingDeletion: 'Disabled' } },
      {
        cells: CANCEL,
        leaves: { PendingDeletion: 'Disabled' },
        as: ['of encryption', (k, { keyId }) => k.cancelKeyDeletion({ keyId })],
        subject: 'keyId',
      },
    ],
    isInModel: true,
  },

  enableKeyRotation: byId((k, { keyId }) => k.enableKeyRotation({ keyId }), CONFIGURE_ROTATION),
  getKeyRotationStatus: byId((k, { keyId }) => k.getKeyRotationStatus({ keyId }), [OK, OK, OK, IMPORTED]),
  rotateKeyOnDemand: byId((k, { keyId }) => k.rotateKeyOnDemand({ keyId }), USE),
  listKeyRotations: byId((k, { keyId }) => k.listKeyRotations({ keyId }), READ),
  disableKeyRotation: byId((k, { keyId }) => k.disableKeyRotation({ keyId }), CONFIGURE_ROTATION),

  getParametersForImport: byId(
    (k, { externalKeyId: keyId }) => k.getParametersForImport({ keyId, ...wrapping }),
    CHANGE,
    { subject: 'externalKeyId' },
  ),
  importKeyMaterial: byId(
    (k, { externalKeyId: keyId, importing }) => k.importKeyMaterial({ ...importing, keyId }),
    CHANGE,
    { subject: 'externalKeyId', leaves: { PendingImport: 'Enabled' } },
  ),
  deleteImportedKeyMaterial: byId((k, { externalKeyId: keyId }) => k.deleteImportedKeyMaterial({ keyId }), READ, {
    subject: 'externalKeyId',
    leaves: { Enabled: 'PendingImport', Disabled: 'PendingImport' },
  }),

  exportKeys: byId((k, { keyId }) => k.exportKeys({ keyIds: [keyId], unlock: other }), CHANGE),
  createAccessKey: keyless((k) => k.createAccessKey({ description: 'ci' })),
  listAccessKeys: keyless((k) => k.listAccessKeys()),
  deleteAccessKey: keyless((k, { accessKeyId }) => k.deleteAccessKey({ accessKeyId })),
  assumeRole: {
    ...keyless((k) => k.assumeRole(ROLE).catch(unlessRootIsRefused)),
    refusal: { errorCode: 'AccessDenied', errorMessage: 'Roles may not be assumed by root accounts.' },
    isInModel: false,
  },
  ...iamFacts(),
  importKeys: keyless((k, { envelope }) => k.importKeys({ envelope, unlock: other })),
  listUnlockSlots: keyless((k) => k.listUnlockSlots()),
  addUnlockSlot: keyless((k) => k.addUnlockSlot({ unlock: other, name: 'second' })),
  changeUnlock: keyless((k) => k.changeUnlock({ from: other, to: third })),
  // The slots of the model have no names.
  renameUnlockSlot: { ...keyless((k) => k.renameUnlockSlot({ name: 'second', to: 'third' })), isInModel: false },
  removeUnlockSlot: keyless((k) => k.removeUnlockSlot({ unlock: third })),
  // The model's clock is its own to move.
  resetClock: { ...keyless((k) => k.resetClock()), isInModel: false },
  rotateRootKey: keyless((k) => k.rotateRootKey({ unlocks: [unlock] })),

  tagResource: byId((k, { keyId }) => k.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: 'b' }] }), CHANGE),
  untagResource: byId((k, { keyId }) => k.untagResource({ keyId, tagKeys: ['a'] }), CHANGE),
  listResourceTags: byId((k, { keyId }) => k.listResourceTags({ keyId }), READ),

  getKeyPolicy: { ...byId((k, { keyId }) => k.getKeyPolicy({ keyId }), READ), isInModel: false },
  putKeyPolicy: { ...byId((k, { keyId }) => k.putKeyPolicy({ keyId, policy: KEY_POLICY }), READ), isInModel: false },
  createGrant: byId((k, { keyId }) => k.createGrant({ keyId, ...granted }), USE),
  listGrants: byId((k, { keyId }) => k.listGrants({ keyId }), READ),
  listRetirableGrants: {
    ...keyless((k) => k.listRetirableGrants({ retiringPrincipal: 'arn:aws:iam::000000000000:root' })),
    isInModel: false,
  },
  retireGrant: byId((k, { keyId, grantId }) => k.retireGrant({ keyId, grantId }), READ),
  revokeGrant: byId((k, { keyId, otherGrantId: grantId }) => k.revokeGrant({ keyId, grantId }), READ),
  listKeyPolicies: { ...byId((k, { keyId }) => k.listKeyPolicies({ keyId }), READ), isInModel: false },

  createAlias: byId((k, { keyId }) => k.createAlias({ aliasName: 'alias/app', targetKeyId: keyId }), CHANGE),
  updateAlias: {
    call: (k, { keyId }) => k.updateAlias({ aliasName: 'alias/app', targetKeyId: keyId }),
    names: 'no alias',
    states: [
      {
        cells: CHANGE,
        as: ['to', (k, { keyId }) => k.updateAlias({ aliasName: 'alias/other', targetKeyId: keyId })],
      },
      {
        cells: READ,
        as: ['from', (k, { otherKeyId }) => k.updateAlias({ aliasName: 'alias/named', targetKeyId: otherKeyId })],
      },
    ],
    isInModel: true,
  },
  listAliases: byId((k, { keyId }) => k.listAliases({ keyId }), READ),
  deleteAlias: {
    ...keyless((k) => k.deleteAlias({ aliasName: 'alias/app' })),
    states: [{ cells: READ, as: ['of it', (k) => k.deleteAlias({ aliasName: 'alias/named' })] }],
  },
};

/** Every operation with its row. */
export const ALL_FACTS = Object.entries(OPERATION_FACTS) as readonly (readonly [OperationName, Facts])[];

/** A cryptographic operation. */
function use(call: Call, subject: Subject = 'keyId'): Facts {
  return { call, subject, names: 'all', states: [{ cells: USE }], isInModel: true };
}

/** An operation that takes a key id or a key ARN, and no alias. */
function byId(call: Call, cells: Cells, { subject, leaves = {} }: Omit<States, 'cells'> = {}): Facts {
  return { call, ...(subject && { subject }), names: 'no alias', states: [{ cells, leaves }], isInModel: true };
}

function unlessRootIsRefused(error: unknown): void {
  if (!(error instanceof StsError)) throw error;
}

/** The operations on users and roles, which no key matters to. */
function iamFacts(): Readonly<Record<keyof typeof IAM_CALLS, Facts>> {
  const facts = Object.entries(IAM_CALLS).map(([name, call]) => [name, { ...keyless(call), isInModel: false }]);
  return Object.fromEntries(facts);
}

/** An operation that names no key. */
function keyless(call: Call): Facts {
  return { call, names: 'none', states: [], isInModel: true };
}
