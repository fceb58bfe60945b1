/** Fixtures of a real store: with its secrets, what its keys sealed opens in the store that is made of them. */

import { constants, publicEncrypt } from 'node:crypto';
import { exportFixtures, type StoreFixture } from '@securestring/endpoint/fixtures';
import { startTestEndpoint } from '@securestring/endpoint/testing';
import { type Keystore, memoryStorage, openKeystore } from '@securestring/keystore';
import { openParameterStore, type ParameterStore } from '@securestring/parameters';
import { memoryStorage as entriesInMemory } from '@securestring/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DAY = 24 * 3600 * 1000;
const plaintext = new TextEncoder().encode('secret_value');
const encryptionContext = { of: 'the app' };
const hmac = { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' } as const;
const mac = { message: plaintext, macAlgorithm: 'HMAC_SHA_256' } as const;

let now: number;
let keystore: Keystore;
let parameters: ParameterStore;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  const unlock = { rootKey: new Uint8Array(32).fill(7) };
  keystore = await openKeystore({ storage: memoryStorage(), unlock, clock: () => now });
  parameters = await openParameterStore({ keystore, storage: entriesInMemory(), clock: () => now });
});
afterEach(async () => {
  await parameters.close();
  await keystore.close();
});

const makeKey = async (request: Parameters<Keystore['createKey']>[0] = {}): Promise<string> =>
  (await keystore.createKey(request)).keyMetadata.keyId;

/** Imports bytes as AWS's callers do. */
async function importInto(into: Keystore, keyId: string, fill: number, more: object = {}): Promise<void> {
  const { importToken, publicKey } = await into.getParametersForImport({
    keyId,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_2048',
  });
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki', oaepHash: 'sha256' } as const;
  const encryptedKeyMaterial = publicEncrypt(
    { ...key, padding: constants.RSA_PKCS1_OAEP_PADDING },
    new Uint8Array(32).fill(fill),
  );
  const expirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
  await into.importKeyMaterial({ keyId, importToken, encryptedKeyMaterial, expirationModel, ...more } as never);
}

const exported = async (withSecrets: boolean): Promise<StoreFixture> =>
  JSON.parse(JSON.stringify(await exportFixtures({ keystore, parameters }, { withSecrets }))) as StoreFixture;
const loaded = (store: StoreFixture) =>
  startTestEndpoint({ fixtures: { stores: [store] }, seed: 'another', clock: () => now });
const sealed = (keyId: string) => keystore.encrypt({ keyId, plaintext, encryptionContext });
const opened = (aws: { readonly keystore: Keystore }, { ciphertextBlob }: { readonly ciphertextBlob: Uint8Array }) =>
  Buffer.from(aws.keystore.decrypt({ ciphertextBlob, encryptionContext }).plaintext).toString();

describe('with secrets', () => {
  it('opens what was sealed before and after each rotation, done or only due', async () => {
    const keyId = await makeKey();
    const blobs = [sealed(keyId)];
    await keystore.rotateKeyOnDemand({ keyId });
    blobs.push(sealed(keyId));
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    now += 91 * DAY;
    blobs.push(sealed(keyId));
    const store = await exported(true);
    expect(store.keys?.[0]?.materials?.map(({ rotationType }) => rotationType)).toEqual([
      undefined,
      'ON_DEMAND',
      'AUTOMATIC',
    ]);
    await using aws = await loaded(store);
    for (const blob of blobs) expect(opened(aws, blob)).toBe('secret_value');
    const rotations = (each: Keystore) => each.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
    expect(await rotations(aws.keystore)).toEqual(await rotations(keystore));
  });

  it('leaves out the material of a rotation that is not due', async () => {
    const keyId = await makeKey();
    await keystore.enableKeyRotation({ keyId });
    const [key] = (await exported(true)).keys ?? [];
    expect(key?.materials).toBeUndefined();
    expect(Buffer.from(key?.keyMaterial ?? '', 'base64')).toHaveLength(32);
  });

  it('opens data keys, computes the same MACs, and seals what the real keystore refuses', async () => {
    const keyId = await makeKey();
    const macId = await makeKey(hmac);
    const dataKey = keystore.generateDataKey({ keyId, keySpec: 'AES_256', encryptionContext });
    await using aws = await loaded(await exported(true));
    const { ciphertextBlob } = dataKey;
    expect(aws.keystore.decrypt({ ciphertextBlob, encryptionContext }).plaintext).toEqual(dataKey.plaintext);
    expect(aws.keystore.generateMac({ keyId: macId, ...mac }).mac).toEqual(
      keystore.generateMac({ keyId: macId, ...mac }).mac,
    );
    const insecure = aws.keystore.encrypt({ keyId, plaintext, encryptionContext });
    expect(() => opened({ keystore }, insecure)).toThrow(
      expect.objectContaining({ name: 'InvalidCiphertextException' }),
    );
  });

  it('has keys of imported material as such, with when it expires', async () => {
    const keyId = await makeKey({ origin: 'EXTERNAL' });
    const validTo = new Date(now + 30 * DAY);
    await importInto(keystore, keyId, 1, { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo });
    const blob = sealed(keyId);
    await using aws = await loaded(await exported(true));
    expect(opened(aws, blob)).toBe('secret_value');
    const state = async (each: Keystore) => (await each.describeKey({ keyId })).keyMetadata;
    expect(await state(aws.keystore)).toEqual(await state(keystore));
    expect((await state(aws.keystore)).validTo).toEqual(validTo);
    now += 31 * DAY;
    expect((await state(aws.keystore)).keyState).toBe('PendingImport');
    await importInto(aws.keystore, keyId, 1);
    expect(opened(aws, blob)).toBe('secret_value');
  });

  it('has keys that await an import as such, also of what was deleted or awaits a rotation', async () => {
    const [never, deleted, rotating] = [
      await makeKey({ origin: 'EXTERNAL' }),
      await makeKey({ origin: 'EXTERNAL' }),
      await makeKey({ origin: 'EXTERNAL' }),
    ];
    await importInto(keystore, deleted, 2);
    const blob = sealed(deleted);
    await keystore.deleteImportedKeyMaterial({ keyId: deleted });
    await importInto(keystore, rotating, 3);
    const next = { importType: 'NEW_KEY_MATERIAL', keyMaterialDescription: 'the next' };
    await importInto(keystore, rotating, 4, next);
    await using aws = await loaded(await exported(true));
    for (const keyId of [never, deleted]) {
      expect((await aws.keystore.describeKey({ keyId })).keyMetadata.keyState).toBe('PendingImport');
    }
    await expect(importInto(aws.keystore, deleted, 9)).rejects.toThrow('only the same can be imported again');
    await importInto(aws.keystore, deleted, 2);
    expect(opened(aws, blob)).toBe('secret_value');
    for (const each of [aws.keystore, keystore]) await each.rotateKeyOnDemand({ keyId: rotating });
    expect(opened(aws, sealed(rotating))).toBe('secret_value');
  });
});

describe('without secrets', () => {
  it('has no material, and still keys of imported material that seal', async () => {
    const keyId = await makeKey({ origin: 'EXTERNAL' });
    await importInto(keystore, keyId, 1);
    await parameters.putParameter({ name: 'a', value: 'secret', type: 'SecureString', keyId });
    const blob = sealed(keyId);
    const store = await exported(false);
    expect(JSON.stringify(store)).not.toMatch(/keyMaterial|secret/);
    await using aws = await loaded(store);
    expect((await aws.keystore.describeKey({ keyId })).keyMetadata).toMatchObject({
      origin: 'EXTERNAL',
      enabled: true,
    });
    expect(() => opened(aws, blob)).toThrow(expect.objectContaining({ name: 'InvalidCiphertextException' }));
  });
});

it('without secrets, an export can be loaded also where keys of parameters seal no more', async () => {
  const [deleted, taken, gone] = [await makeKey(), await makeKey({ origin: 'EXTERNAL' }), await makeKey()];
  await importInto(keystore, taken, 1);
  await keystore.createAlias({ aliasName: 'alias/gone', targetKeyId: gone });
  for (const [at, keyId] of [deleted, taken, 'alias/gone'].entries()) {
    await parameters.putParameter({ name: `p${at}`, value: 'x', type: 'SecureString', keyId });
  }
  await keystore.scheduleKeyDeletion({ keyId: deleted });
  await keystore.deleteImportedKeyMaterial({ keyId: taken });
  await keystore.deleteAlias({ aliasName: 'alias/gone' });
  await using aws = await loaded(await exported(false));
  const { parameters: found } = await aws.store.describeParameters();
  expect(found.map(({ name, keyId }) => [name, keyId])).toEqual(
    ['p0', 'p1', 'p2'].map((name) => [name, 'alias/aws/ssm']),
  );
  await expect(exported(true)).rejects.toThrow();
});

describe('versions of a parameter', () => {
  it('have their numbers and labels, also where the first hundred are gone', async () => {
    const put = (value: string) => parameters.putParameter({ name: 'a', value, type: 'SecureString', overwrite: true });
    for (let version = 1; version <= 130; version++) await put(`value ${version}`);
    await parameters.labelParameterVersion({ name: 'a', parameterVersion: 77, labels: ['live'] });
    const store = await exported(true);
    expect(store.parameters?.[0]?.versions?.[0]).toMatchObject({ version: 31, value: 'value 31' });
    await using aws = await loaded(store);
    const history = async (each: ParameterStore) => {
      const pages = await Promise.all(
        [undefined, 50].map(async (skipped) => {
          const first = await each.getParameterHistory({ name: 'a', withDecryption: true, maxResults: 50 });
          if (skipped === undefined) return first.parameters;
          const { nextToken = '' } = first;
          return (await each.getParameterHistory({ name: 'a', withDecryption: true, maxResults: 50, nextToken }))
            .parameters;
        }),
      );
      return pages.flat().map(({ version, value, labels }) => [version, value, labels]);
    };
    expect(await history(aws.store)).toEqual(await history(parameters));
    expect(await history(aws.store)).toContainEqual([77, 'value 77', ['live']]);
  });

  it('begin with the number of the only one, too', async () => {
    await using aws = await loaded({ parameters: [{ name: 'a', value: 'b', version: 3, labels: ['third'] }] });
    const { parameter } = await aws.store.getParameter({ name: 'a:third', withDecryption: true });
    expect([parameter.version, parameter.value]).toEqual([3, 'b']);
  });
});
