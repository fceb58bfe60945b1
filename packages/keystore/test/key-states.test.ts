/** The table of key states: what each operation does to a key in each state. One test for each of its cells. */

import { constants, publicEncrypt } from 'node:crypto';
import { awsName } from '@securestring/service';
import { beforeAll, describe, expect, it } from 'vitest';
import { type KeyState, type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { ALL_FACTS, granted, message, type Prepared, STATES, type Subject } from './operations.ts';
import { kmsRefusal, makeKey, unlock, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const macAlgorithm = 'HMAC_SHA_256';

/** Keys of each kind in one state, made by the real operations, and what was made with them before. */
interface Fixture {
  readonly document: Uint8Array;
  /** Of each subject the key in this state. The one that encrypts was imported if the state is PendingImport. */
  readonly keys: Readonly<Record<Subject, Key>>;
  readonly prepared: Prepared;
}
interface Key {
  readonly keyId: string;
  readonly arn: string;
}

const wrappingAlgorithm = 'RSAES_OAEP_SHA_256';
const wrappingKeySpec = 'RSA_2048';

async function wrapFor(keystore: Keystore, keyId: string, material: Uint8Array) {
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

async function makeMacKey(keystore: Keystore): Promise<Key> {
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
  const grant = async () => (await keystore.createGrant({ keyId: key.keyId, ...granted })).grantId;
  const prepared = {
    keyId: key.keyId,
    hmacKeyId: mac.keyId,
    externalKeyId: external.keyId,
    otherKeyId,
    blob: keystore.encrypt({ keyId: key.keyId, plaintext }).ciphertextBlob,
    otherBlob: keystore.encrypt({ keyId: otherKeyId, plaintext }).ciphertextBlob,
    mac: keystore.generateMac({ keyId: mac.keyId, message, macAlgorithm }).mac,
    importing: { ...external.imported, keyId: external.keyId, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' },
    envelope: new Uint8Array(0),
    accessKeyId: '',
    grantId: await grant(),
    otherGrantId: await grant(),
    secrets: [],
  } as const;
  for (const keyId of new Set([key.keyId, mac.keyId, external.keyId])) await INTO[keyState](keystore, keyId);
  const document = (await storage.read()) as Uint8Array;
  return { document, keys: { keyId: key, hmacKeyId: mac, externalKeyId: external }, prepared };
}

const fixtures = new Map<KeyState, Fixture>();
beforeAll(async () => {
  for (const keyState of STATES) fixtures.set(keyState, await makeFixture(keyState));
});

const rows = ALL_FACTS.flatMap(([name, facts]) =>
  facts.states.map(({ cells, leaves, as: [how, call] = ['', facts.call], subject = facts.subject ?? 'keyId' }) => {
    return { title: `${awsName(name)}${how && ` ${how}`} (${subject})`, call, subject, cells, leaves };
  }),
);

describe.each(STATES.map((keyState, column) => [keyState, column] as const))('a key that is %s', (keyState, column) => {
  it.each(rows.map((row) => [row.cells[column] === undefined ? 'takes' : 'refuses', row.title, row] as const))(
    '%s %s',
    async (_verb, _title, { call, subject, cells, leaves }) => {
      const fixture = fixtures.get(keyState) as Fixture;
      const { keystore, generation } = await openCopy(fixture);
      const { keyId, arn } = fixture.keys[subject];
      const expected = cells[column];
      if (expected !== undefined) {
        await kmsRefusal(() => call(keystore, fixture.prepared), expected[0], `${arn} ${expected[1]}`);
        expect(keystore.generation).toBe(generation);
      } else {
        await call(keystore, fixture.prepared);
      }
      const after = expected === undefined ? (leaves?.[keyState] ?? keyState) : keyState;
      const { keyMetadata } = await keystore.describeKey({ keyId });
      expect(keyMetadata).toMatchObject({ keyState: after, enabled: after === 'Enabled' });
    },
  );
});

it.each(ALL_FACTS)('%s has its states here if it names a key, and only then', (name, { names, states }) => {
  // The one operation that names an alias instead.
  expect(states.length > 0).toBe(names !== 'none' || name === 'deleteAlias');
});

it('a key that is PendingDeletion reports no rotation', async () => {
  const fixture = fixtures.get('PendingDeletion') as Fixture;
  const { keystore } = await openCopy(fixture);
  const { keyId, arn } = fixture.keys.keyId;
  expect(await keystore.getKeyRotationStatus({ keyId })).toEqual({ keyId: arn, keyRotationEnabled: false });
});

it.each(ALL_FACTS.filter(([, { subject }]) => subject === 'externalKeyId'))(
  'a key whose material was made here refuses %s in every state',
  async (_, { call }) => {
    for (const keyState of ['Enabled', 'Disabled', 'PendingDeletion'] as const) {
      const fixture = fixtures.get(keyState) as Fixture;
      const { keystore } = await openCopy(fixture);
      const { keyId, arn } = fixture.keys.keyId;
      await kmsRefusal(
        () => call(keystore, { ...fixture.prepared, externalKeyId: keyId }),
        'UnsupportedOperationException',
        `${arn} origin is AWS_KMS which is not valid for this operation.`,
      );
    }
  },
);

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
