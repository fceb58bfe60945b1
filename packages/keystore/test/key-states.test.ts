/** The table of key states: what each operation does to a key in each state. One test for each of its cells. */

import { constants, publicEncrypt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type KeyState,
  type Keystore,
  type KeystoreStorage,
  type KmsExceptionName,
  memoryStorage,
  openKeystore,
} from '../src/index.ts';
import { kmsRefusal, makeKey, unlock, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const macAlgorithm = 'HMAC_SHA_256';
const STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const;

/** Keys of each kind in one state, made by the real operations, and what was made with them before. */
interface Fixture {
  readonly document: Uint8Array;
  /** One that encrypts; imported where the state is PendingImport. */
  readonly key: Subject;
  readonly mac: Subject;
  /** One that encrypts and was imported. */
  readonly external: Subject;
  /** In no such state. */
  readonly otherKeyId: string;
  readonly sealed: Uint8Array;
  readonly sealedByOther: Uint8Array;
  readonly tag: Uint8Array;
  readonly imported: { readonly importToken: Uint8Array; readonly encryptedKeyMaterial: Uint8Array };
}
interface Subject {
  readonly keyId: string;
  readonly arn: string;
}

const wrappingAlgorithm = 'RSAES_OAEP_SHA_256';
const wrappingKeySpec = 'RSA_2048';

async function wrapFor(keystore: Keystore, keyId: string, material: Uint8Array): Promise<Fixture['imported']> {
  const request = { keyId, wrappingAlgorithm, wrappingKeySpec } as const;
  const { importToken, publicKey } = await keystore.getParametersForImport(request);
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki' } as const;
  const padding = { oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING };
  return { importToken, encryptedKeyMaterial: Uint8Array.from(publicEncrypt({ ...key, ...padding }, material)) };
}

async function makeExternal(keystore: Keystore, mac: boolean) {
  const kind = mac ? ({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' } as const) : {};
  const { keyMetadata } = await keystore.createKey({ origin: 'EXTERNAL', ...kind });
  const { keyId, arn } = keyMetadata;
  const imported = await wrapFor(keystore, keyId, new Uint8Array(32).fill(mac ? 1 : 2));
  await keystore.importKeyMaterial({ keyId, ...imported, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
  return { keyId, arn, imported };
}

async function makeMacKey(keystore: Keystore): Promise<Subject> {
  const { keyMetadata } = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
  return { keyId: keyMetadata.keyId, arn: keyMetadata.arn };
}

const INTO: Readonly<Record<KeyState, (keystore: Keystore, keyId: string) => Promise<unknown>>> = {
  Enabled: (k, keyId) => k.enableKey({ keyId }),
  Disabled: (k, keyId) => k.disableKey({ keyId }),
  PendingDeletion: (k, keyId) => k.scheduleKeyDeletion({ keyId }),
  PendingImport: (k, keyId) => k.deleteImportedKeyMaterial({ keyId }),
};

async function makeFixture(keyState: KeyState): Promise<Fixture> {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock });
  const { keyId: otherKeyId } = await makeKey(keystore);
  const external = await makeExternal(keystore, false);
  const key = keyState === 'PendingImport' ? external : await makeKey(keystore);
  const mac = keyState === 'PendingImport' ? await makeExternal(keystore, true) : await makeMacKey(keystore);
  await keystore.createAlias({ aliasName: 'alias/named', targetKeyId: key.keyId });
  await keystore.createAlias({ aliasName: 'alias/other', targetKeyId: otherKeyId });
  const made = {
    sealed: keystore.encrypt({ keyId: key.keyId, plaintext }).ciphertextBlob,
    sealedByOther: keystore.encrypt({ keyId: otherKeyId, plaintext }).ciphertextBlob,
    tag: keystore.generateMac({ keyId: mac.keyId, message: plaintext, macAlgorithm }).mac,
  };
  for (const keyId of new Set([key.keyId, mac.keyId, external.keyId])) await INTO[keyState](keystore, keyId);
  const document = (await storage.read()) as Uint8Array;
  return { document, key, mac, external, otherKeyId, imported: external.imported, ...made };
}

const fixtures = new Map<KeyState, Fixture>();
beforeAll(async () => {
  for (const keyState of STATES) fixtures.set(keyState, await makeFixture(keyState));
});

/** AWS's exception, and its words after the key's ARN. */
type Refusal = readonly [name: KmsExceptionName, words: string];
const OK = undefined;
const DISABLED: Refusal = ['DisabledException', 'is disabled.'];
const DELETED: Refusal = ['KMSInvalidStateException', 'is pending deletion.'];
const NOT_DELETED: Refusal = ['KMSInvalidStateException', 'is not pending deletion.'];
const AWAITED: Refusal = ['KMSInvalidStateException', 'is pending import.'];
const IMPORTED: Refusal = [
  'UnsupportedOperationException',
  'origin is EXTERNAL which is not valid for this operation.',
];

type Cell = Refusal | undefined;
type Call = (keystore: Keystore, keyId: string, fixture: Fixture) => unknown;
type Row = readonly [
  operation: string,
  subject: 'key' | 'mac' | 'external',
  call: Call,
  /** In the order of the states. */
  cells: readonly [Cell, Cell, Cell, Cell],
  /** The state afterwards, where it is another. */
  leaves?: Partial<Record<KeyState, KeyState>>,
];

const USE = [OK, DISABLED, DELETED, AWAITED] as const;
const READ = [OK, OK, OK, OK] as const;
const SWITCH = [OK, OK, DELETED, AWAITED] as const;
const CHANGE = [OK, OK, DELETED, OK] as const;
const CONFIGURE_ROTATION = [OK, DISABLED, DELETED, IMPORTED] as const;
const all = (keyState: KeyState) => Object.fromEntries(STATES.map((state) => [state, keyState]));

const rows: readonly Row[] = [
  ['Encrypt', 'key', (k, keyId) => k.encrypt({ keyId, plaintext }), USE],
  ['Decrypt', 'key', (k, _, { sealed }) => k.decrypt({ ciphertextBlob: sealed }), USE],
  ['Decrypt, naming the key', 'key', (k, keyId, { sealed }) => k.decrypt({ keyId, ciphertextBlob: sealed }), USE],
  [
    'ReEncrypt from',
    'key',
    (k, _, { sealed, otherKeyId }) => k.reEncrypt({ ciphertextBlob: sealed, destinationKeyId: otherKeyId }),
    USE,
  ],
  [
    'ReEncrypt to',
    'key',
    (k, keyId, { sealedByOther }) => k.reEncrypt({ ciphertextBlob: sealedByOther, destinationKeyId: keyId }),
    USE,
  ],
  ['GenerateDataKey', 'key', (k, keyId) => k.generateDataKey({ keyId, numberOfBytes: 1 }), USE],
  [
    'GenerateDataKeyWithoutPlaintext',
    'key',
    (k, keyId) => k.generateDataKeyWithoutPlaintext({ keyId, numberOfBytes: 1 }),
    USE,
  ],
  ['GenerateMac', 'mac', (k, keyId) => k.generateMac({ keyId, message: plaintext, macAlgorithm }), USE],
  ['VerifyMac', 'mac', (k, keyId, { tag: mac }) => k.verifyMac({ keyId, message: plaintext, mac, macAlgorithm }), USE],

  ['DescribeKey', 'key', (k, keyId) => k.describeKey({ keyId }), READ],
  ['DescribeKey', 'mac', (k, keyId) => k.describeKey({ keyId }), READ],
  ['ListAliases', 'key', (k, keyId) => k.listAliases({ keyId }), READ],
  ['ListResourceTags', 'key', (k, keyId) => k.listResourceTags({ keyId }), READ],
  ['ListKeyRotations', 'key', (k, keyId) => k.listKeyRotations({ keyId }), READ],
  ['GetKeyRotationStatus', 'key', (k, keyId) => k.getKeyRotationStatus({ keyId }), [OK, OK, OK, IMPORTED]],

  ['EnableKey', 'key', (k, keyId) => k.enableKey({ keyId }), SWITCH, { Disabled: 'Enabled' }],
  ['DisableKey', 'key', (k, keyId) => k.disableKey({ keyId }), SWITCH, { Enabled: 'Disabled' }],
  [
    'ScheduleKeyDeletion',
    'key',
    (k, keyId) => k.scheduleKeyDeletion({ keyId }),
    [OK, OK, DELETED, OK],
    all('PendingDeletion'),
  ],
  [
    'CancelKeyDeletion',
    'key',
    (k, keyId) => k.cancelKeyDeletion({ keyId }),
    [NOT_DELETED, NOT_DELETED, OK, NOT_DELETED],
    { PendingDeletion: 'Disabled' },
  ],
  ['UpdateKeyDescription', 'key', (k, keyId) => k.updateKeyDescription({ keyId, description: 'new' }), CHANGE],
  ['TagResource', 'key', (k, keyId) => k.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: 'b' }] }), CHANGE],
  ['UntagResource', 'key', (k, keyId) => k.untagResource({ keyId, tagKeys: ['a'] }), CHANGE],

  ['CreateAlias', 'key', (k, targetKeyId) => k.createAlias({ aliasName: 'alias/new', targetKeyId }), CHANGE],
  ['UpdateAlias to', 'key', (k, targetKeyId) => k.updateAlias({ aliasName: 'alias/other', targetKeyId }), CHANGE],
  [
    'UpdateAlias from',
    'key',
    (k, _, { otherKeyId }) => k.updateAlias({ aliasName: 'alias/named', targetKeyId: otherKeyId }),
    READ,
  ],
  ['DeleteAlias', 'key', (k) => k.deleteAlias({ aliasName: 'alias/named' }), READ],

  ['EnableKeyRotation', 'key', (k, keyId) => k.enableKeyRotation({ keyId }), CONFIGURE_ROTATION],
  ['DisableKeyRotation', 'key', (k, keyId) => k.disableKeyRotation({ keyId }), CONFIGURE_ROTATION],
  ['RotateKeyOnDemand', 'key', (k, keyId) => k.rotateKeyOnDemand({ keyId }), USE],

  [
    'GetParametersForImport',
    'external',
    (k, keyId) => k.getParametersForImport({ keyId, wrappingAlgorithm, wrappingKeySpec }),
    CHANGE,
  ],
  [
    'ImportKeyMaterial',
    'external',
    (k, keyId, { imported }) =>
      k.importKeyMaterial({ keyId, ...imported, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
    CHANGE,
    { PendingImport: 'Enabled' },
  ],
  [
    'DeleteImportedKeyMaterial',
    'external',
    (k, keyId) => k.deleteImportedKeyMaterial({ keyId }),
    READ,
    { Enabled: 'PendingImport', Disabled: 'PendingImport' },
  ],
];

describe.each(STATES.map((keyState, column) => [keyState, column] as const))('a key that is %s', (keyState, column) => {
  it.each(rows.map((row) => [row[3][column] === OK ? 'takes' : 'refuses', row[0], row[1], row] as const))(
    '%s %s (%s)',
    async (_verb, _operation, _subject, [, kind, call, cells, leaves]) => {
      const fixture = fixtures.get(keyState) as Fixture;
      const { keystore, generation } = await openCopy(fixture);
      const { keyId, arn } = fixture[kind];
      const expected = cells[column];
      if (expected !== OK) {
        await kmsRefusal(() => call(keystore, keyId, fixture), expected[0], `${arn} ${expected[1]}`);
        expect(keystore.generation).toBe(generation);
      } else {
        await call(keystore, keyId, fixture);
      }
      const after = expected === OK ? (leaves?.[keyState] ?? keyState) : keyState;
      const { keyMetadata } = await keystore.describeKey({ keyId });
      expect(keyMetadata).toMatchObject({ keyState: after, enabled: after === 'Enabled' });
    },
  );
});

it('a key that is PendingDeletion reports no rotation', async () => {
  const fixture = fixtures.get('PendingDeletion') as Fixture;
  const { keystore } = await openCopy(fixture);
  const { keyId, arn } = fixture.key;
  expect(await keystore.getKeyRotationStatus({ keyId })).toEqual({ keyId: arn, keyRotationEnabled: false });
});

it.each<[string, (keystore: Keystore, keyId: string, fixture: Fixture) => unknown]>([
  ['GetParametersForImport', (k, keyId) => k.getParametersForImport({ keyId, wrappingAlgorithm, wrappingKeySpec })],
  [
    'ImportKeyMaterial',
    (k, keyId, { imported }) =>
      k.importKeyMaterial({ keyId, ...imported, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  ],
  ['DeleteImportedKeyMaterial', (k, keyId) => k.deleteImportedKeyMaterial({ keyId })],
])('a key whose material was made here refuses %s in every state', async (_, call) => {
  for (const keyState of ['Enabled', 'Disabled', 'PendingDeletion'] as const) {
    const fixture = fixtures.get(keyState) as Fixture;
    const { keystore } = await openCopy(fixture);
    const { keyId, arn } = fixture.key;
    await kmsRefusal(
      () => call(keystore, keyId, fixture),
      'UnsupportedOperationException',
      `${arn} origin is AWS_KMS which is not valid for this operation.`,
    );
  }
});

/** A keystore of its own over the fixture's document. */
async function openCopy({ document }: Fixture) {
  let stored = document;
  const storage: KeystoreStorage = {
    read: async () => stored.slice(),
    replace: async (bytes) => {
      stored = bytes.slice();
    },
  };
  const keystore = await openKeystore({ storage, unlock });
  return { keystore, generation: keystore.generation };
}
