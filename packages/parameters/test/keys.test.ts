/** SecureStrings under keys that change: states, rotation, imported material, other processes, a fresh root key. */

import { constants, publicEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from '@securestring/core';
import {
  type Keystore,
  KeystoreError,
  KmsError,
  memoryStorage as keystoreMemory,
  openKeystore,
} from '@securestring/keystore';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { openParameterStore, type ParameterKeystore, type ParameterStore } from '../src/index.ts';
import {
  copyRecords,
  DAY,
  opened,
  openWorld,
  put,
  recordsOf,
  rootKey,
  START,
  ssmRefusal,
  thrownBy,
  type World,
} from './support.ts';

const TIERS = ['Standard', 'Advanced'] as const;
const secure = { type: 'SecureString' } as const;
const never = { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;
const unlock = { rootKey };

/** A key, and a parameter of either tier under it, named after the tier. */
interface Keyed extends World {
  readonly keyId: string;
  readonly arn: string;
}

async function keyed(): Promise<Keyed> {
  const world = await openWorld();
  const { keyId, arn } = (await world.keystore.createKey()).keyMetadata;
  for (const tier of TIERS) await put(world.store, tier, 'v', { ...secure, tier, keyId });
  return { ...world, keyId, arn };
}

/** As {@link keyed}, under imported key material. */
async function imported(): Promise<Keyed> {
  const world = await openWorld();
  const { keyId, arn } = (await world.keystore.createKey({ origin: 'EXTERNAL' })).keyMetadata;
  await importMaterial(world, keyId);
  for (const tier of TIERS) await put(world.store, tier, 'v', { ...secure, tier, keyId });
  return { ...world, keyId, arn };
}

async function importMaterial({ keystore }: World, keyId: string): Promise<void> {
  const { publicKey, importToken } = await keystore.getParametersForImport({
    keyId,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_2048',
  });
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki', oaepHash: 'sha256' } as const;
  const encryptedKeyMaterial = publicEncrypt(
    { ...key, padding: constants.RSA_PKCS1_OAEP_PADDING },
    Buffer.alloc(32, 5),
  );
  await keystore.importKeyMaterial({ keyId, importToken, encryptedKeyMaterial, ...never });
}

const putting = (store: ParameterStore, tier: (typeof TIERS)[number], keyId: string) => () =>
  put(store, `new-${tier}`, 'v', { ...secure, tier, keyId });

/** Every way to a value that is to be opened. */
const readings = (store: ParameterStore) => [
  ...TIERS.map((tier) => () => opened(store, tier)),
  () => opened(store, 'Standard:1'),
  () => store.getParameters({ names: ['Advanced'], withDecryption: true }),
  () => store.getParametersByPath({ path: '/', withDecryption: true }),
  () => store.getParameterHistory({ name: 'Standard', withDecryption: true }),
];

/** Returns the refusal of an action, which is KMS's in the words of Parameter Store. */
async function wrapped(
  action: () => unknown,
  name: 'InvalidKeyId' | 'AccessDeniedException',
  text: string,
  code: string,
): Promise<void> {
  const { message } = await ssmRefusal(action, name, /./);
  expect(message.replace(/Request ID: [0-9a-f-]{36};/, 'Request ID: ID;')).toBe(
    `${text} (Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: ID; Proxy: null)`,
  );
}

/** Neither tier opens. A message names its key, for which KMS is asked. A bare ciphertext names its material alone. */
async function expectLost(store: ParameterStore, arn: string): Promise<void> {
  const lost =
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
  await wrapped(() => opened(store, 'Standard'), 'AccessDeniedException', lost, 'AccessDeniedException');
  const missing = `Key '${arn}' does not exist`;
  await wrapped(() => opened(store, 'Advanced'), 'InvalidKeyId', missing, 'NotFoundException');
}

/** What the state of a key does to both putting and reading, and what brings all of it back. */
const STATES: readonly (readonly [
  state: string,
  open: () => Promise<Keyed>,
  reach: (world: Keyed) => Promise<unknown>,
  text: (arn: string) => string,
  code: string,
  leave: (world: Keyed) => Promise<unknown>,
])[] = [
  [
    'disabled',
    keyed,
    ({ keystore, keyId }) => keystore.disableKey({ keyId }),
    (arn) => `${arn} is disabled.`,
    'DisabledException',
    ({ keystore, keyId }) => keystore.enableKey({ keyId }),
  ],
  [
    'pending deletion',
    keyed,
    ({ keystore, keyId }) => keystore.scheduleKeyDeletion({ keyId }),
    (arn) => `${arn} is pending deletion.`,
    'KMSInvalidStateException',
    async ({ keystore, keyId }) => {
      await keystore.cancelKeyDeletion({ keyId });
      await keystore.enableKey({ keyId });
    },
  ],
  [
    'without its imported material',
    imported,
    ({ keystore, keyId }) => keystore.deleteImportedKeyMaterial({ keyId }),
    (arn) => `${arn} is pending import.`,
    'KMSInvalidStateException',
    (world) => importMaterial(world, world.keyId),
  ],
];

describe('a key that is', () => {
  it.each(STATES)(
    '%s neither seals nor opens, as Parameter Store shows it, until it is back',
    async (_, open, reach, text, code, leave) => {
      const world = await open();
      const { store, keyId, arn } = world;
      await reach(world);
      for (const tier of TIERS) await wrapped(putting(store, tier, keyId), 'InvalidKeyId', text(arn), code);
      for (const reading of readings(store)) await wrapped(reading, 'InvalidKeyId', text(arn), code);
      expect((await store.getParameter({ name: 'Standard' })).parameter.version).toBe(1);
      expect((await store.describeParameters()).parameters).toHaveLength(2);
      await put(store, 'other', 'under another key', secure);
      await leave(world);
      for (const tier of TIERS) {
        expect(await opened(store, tier)).toBe('v');
        await putting(store, tier, keyId)();
      }
    },
  );

  it('awaiting its material seals nothing', async () => {
    const { store, keystore } = await openWorld();
    const { keyId, arn } = (await keystore.createKey({ origin: 'EXTERNAL' })).keyMetadata;
    for (const tier of TIERS) {
      const text = `${arn} is pending import.`;
      await wrapped(putting(store, tier, keyId), 'InvalidKeyId', text, 'KMSInvalidStateException');
    }
  });

  it('for message authentication seals nothing', async () => {
    const { store, keystore } = await openWorld();
    const { keyId, arn } = (await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' }))
      .keyMetadata;
    for (const [tier, operation] of [
      ['Standard', 'Encrypt'],
      ['Advanced', 'GenerateDataKey'],
    ] as const) {
      const text = `${arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`;
      await wrapped(putting(store, tier, keyId), 'InvalidKeyId', text, 'InvalidKeyUsageException');
    }
  });

  it('deleted takes with it what it sealed, and nothing else', async () => {
    const storage = keystoreMemory();
    let now = START;
    const keystore = await openKeystore({ storage, unlock, clock: () => now });
    const { store } = await openWorld({ keystore });
    const { keyId, arn } = (await keystore.createKey()).keyMetadata;
    for (const tier of TIERS) await put(store, tier, 'v', { ...secure, tier, keyId });
    await keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    now += 7 * DAY;
    await expectLost(store, arn);
    const missing = `Key '${arn}' does not exist`;
    for (const tier of TIERS) await wrapped(putting(store, tier, keyId), 'InvalidKeyId', missing, 'NotFoundException');
    expect((await store.getParameter({ name: 'Standard' })).parameter.version).toBe(1);
    expect((await put(store, 'Standard', 'again', { overwrite: true })).version).toBe(2);
    expect(await opened(store, 'Standard')).toBe('again');
  });

  it('of another keystore opens nothing here', async () => {
    const { store, arn, ...from } = await keyed();
    const other = await openWorld();
    await copyRecords(from, other);
    await expectLost(other.store, arn);
    for (const tier of TIERS) expect(await opened(store, tier)).toBe('v');
  });
});

describe('a standard ciphertext under another name', () => {
  it('is refused with the empty message of KMS, which Parameter Store shows as null', async () => {
    const world = await keyed();
    const { store } = world;
    const records = recordsOf(world);
    await put(store, 'copy', 'other', secure);
    const [from, to] = [await records.get('p/Standard'), await records.get('p/copy')];
    await records.commit([{ key: 'p/copy', value: from?.value, expectedVersion: to?.version ?? 0 }]);
    await wrapped(() => opened(store, 'copy'), 'InvalidKeyId', 'null', 'InvalidCiphertextException');
  });
});

/** The key material that sealed a stored value. */
async function materialOf({ store, keystore }: World, name: string): Promise<string | undefined> {
  const { value, arn } = (await store.getParameter({ name })).parameter;
  const seen = inspect(value);
  const ciphertextBlob = seen.kind === 'message' ? blobIn(value) : Buffer.from(value, 'base64');
  return keystore.decrypt({ ciphertextBlob, encryptionContext: { PARAMETER_ARN: arn } }).keyMaterialId;
}

/** The key blob of a message's one data key. */
function blobIn(message: string): Uint8Array {
  const seen = inspect(message);
  const [dataKey] = seen.kind === 'message' ? seen.encryptedDataKeys : [];
  return Buffer.from(dataKey?.ciphertext ?? '', 'hex');
}

describe('a key that rotates', () => {
  it.each(TIERS)('on demand opens the older versions, and seals %s ones under its new material', async (tier) => {
    const world = await keyed();
    const { store, keystore, keyId } = world;
    await keystore.rotateKeyOnDemand({ keyId });
    await put(store, tier, 'w', { ...secure, overwrite: true, keyId });
    expect([await opened(store, `${tier}:1`), await opened(store, tier)]).toEqual(['v', 'w']);
    const [before, after] = [await materialOf(world, `${tier}:1`), await materialOf(world, tier)];
    const { rotations } = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
    const known = rotations.map(({ keyMaterialId, keyMaterialState }) => [keyMaterialId, keyMaterialState]);
    expect(known).toEqual([
      [before, 'NON_CURRENT'],
      [after, 'CURRENT'],
    ]);
    expect(after).not.toBe(before);
  });

  it('by the clock opens what was sealed years ago', async () => {
    let now = START;
    const keystore = await openKeystore({ storage: keystoreMemory(), unlock, clock: () => now });
    const world = await openWorld({ keystore, clock: () => now });
    const { keyId } = (await keystore.createKey()).keyMetadata;
    await keystore.enableKeyRotation({ keyId });
    const materials = new Set<string | undefined>();
    for (let year = 0; year < 4; year++, now += 366 * DAY) {
      for (const tier of TIERS) {
        await put(world.store, tier, `${year}`, { ...secure, tier, keyId, overwrite: true });
        materials.add(await materialOf({ ...world, keystore }, tier));
      }
      // The keystore makes the next material with a commit of its own.
      await keystore.updateKeyDescription({ keyId, description: `of year ${year}` });
    }
    expect(materials.size).toBe(4);
    for (const tier of TIERS) {
      const { parameters } = await world.store.getParameterHistory({ name: tier, withDecryption: true });
      expect(parameters.map(({ value }) => value)).toEqual(['0', '1', '2', '3']);
    }
  });
});

describe('keystores on one LMDB folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'parameters-keys-'));
  let made = 0;
  afterAll(() => rmSync(root, { recursive: true }));

  /** Two keystores and stores of one folder, as two processes would have them. */
  async function twoStores() {
    const folder = join(root, String(made++));
    const open = async (how = unlock) => {
      const keys = lmdbKeystoreStorage(folder);
      const keystore = await openKeystore({ storage: keys, unlock: how });
      const store = await openParameterStore({ keystore, storage: lmdbStorage(folder) });
      const close = async () => {
        await store.close();
        await keystore.close();
        await keys.close();
      };
      return { keystore, store, close };
    };
    return { open, one: await open(), other: await open() };
  }

  it('a key, an alias and a state of one are known to the other with its next put or read', async () => {
    const { one, other } = await twoStores();
    const { keyId, arn } = (await one.keystore.createKey()).keyMetadata;
    await one.keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
    expect((await put(other.store, '/p', 'v', { ...secure, keyId: 'alias/app' })).version).toBe(1);
    await other.keystore.disableKey({ keyId });
    await one.keystore.refresh();
    await wrapped(() => opened(one.store, '/p'), 'InvalidKeyId', `${arn} is disabled.`, 'DisabledException');
    await other.keystore.enableKey({ keyId });
    expect(await opened(one.store, '/p')).toBe('v');
    for (const { close } of [one, other]) await close();
  });

  it('a fresh root key leaves every parameter as it was, for the open store and for those that open later', async () => {
    const { one, other, open } = await twoStores();
    for (const tier of TIERS) await put(one.store, `/${tier}`, 'v', { ...secure, tier });
    const stored = async (store: ParameterStore) =>
      (await store.getParametersByPath({ path: '/' })).parameters.map(({ value }) => value);
    const before = await stored(one.store);
    const fresh = { rootKey: new Uint8Array(32).fill(8) };
    await one.keystore.rotateRootKey({ unlocks: [fresh] });

    expect(await stored(one.store)).toEqual(before);
    for (const tier of TIERS) {
      expect(await opened(one.store, `/${tier}`)).toBe('v');
      await put(one.store, `/${tier}`, 'w', { overwrite: true });
    }
    await expect(open()).rejects.toMatchObject({ code: 'UNLOCK_FAILED' });
    const later = await open(fresh);
    for (const tier of TIERS) {
      expect([await opened(later.store, `/${tier}:1`), await opened(later.store, `/${tier}`)]).toEqual(['v', 'w']);
    }
    // A process with the old one goes on with the keys that it has read, and gets an error when it needs another.
    expect(await opened(other.store, '/Advanced')).toBe('w');
    const { keyId } = (await later.keystore.createKey()).keyMetadata;
    const error = await thrownBy(() => put(other.store, '/new', 'v', { ...secure, keyId }));
    expect(error).toBeInstanceOf(KeystoreError);
    expect(error).toHaveProperty('code', 'KEYSTORE_REKEYED');
    for (const { close } of [one, other, later]) await close();
  });
});

describe('a key service of another kind', () => {
  /** What a real keystore never does: it has no authorization, and no faults. */
  const refusing = ({ region, accountId, ...rest }: Keystore, error: unknown): ParameterKeystore => {
    const refuse = () => {
      throw error;
    };
    return {
      region,
      accountId,
      [ENTRY_SEALS]: rest[ENTRY_SEALS],
      encrypt: refuse,
      decrypt: refuse,
      generateDataKey: refuse,
    };
  };

  it('that denies access is shown as Parameter Store shows it', async () => {
    const { keystore, another } = await keyed();
    const text = 'User: arn:aws:iam::000000000000:user/x is not authorized to perform: kms:Decrypt';
    const store = await another({ keystore: refusing(keystore, new KmsError('AccessDeniedException', text)) });
    for (const action of [...readings(store), ...TIERS.map((tier) => putting(store, tier, 'alias/aws/ssm'))]) {
      await wrapped(action, 'AccessDeniedException', text, 'AccessDeniedException');
    }
  });

  it('that fails otherwise is passed on as it is', async () => {
    const { keystore, another } = await openWorld();
    const fault = new Error('out of order');
    const store = await another({ keystore: refusing(keystore, fault) });
    for (const tier of TIERS) expect(await thrownBy(putting(store, tier, 'alias/aws/ssm'))).toBe(fault);
  });
});
