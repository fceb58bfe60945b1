/** What a change revokes cannot be read from the folder any more. */

import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keystore, openKeystore, type Unlock } from '@securestring/keystore';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage, lmdbStorage } from '../src/index.ts';
import { session } from '../src/session.ts';
import { documentsIn, generationsIn, holds, opened } from './documents.ts';
import { first, openWorld, second, type World } from './revocable.ts';
import { rootKeyOf } from './root-keys.ts';

const root = mkdtempSync(join(tmpdir(), 'storage-lmdb-erase-'));
let made = 0;
const freshPath = () => join(root, String(made++));
afterAll(() => rmSync(root, { recursive: true }));

const DAY = 86_400_000;

async function importedKey(keystore: Keystore, validTo?: Date): Promise<string> {
  const { keyId } = (await keystore.createKey({ origin: 'EXTERNAL' })).keyMetadata;
  const wrapping = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;
  const { publicKey, importToken } = await keystore.getParametersForImport({ keyId, ...wrapping });
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  await keystore.importKeyMaterial({
    keyId,
    importToken,
    encryptedKeyMaterial: publicEncrypt({ key, ...padding }, Buffer.alloc(32, 9)),
    ...(validTo === undefined
      ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
      : { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo }),
  });
  return keyId;
}

/**
 * Changes after which something that an older document holds must not be found; each prepares, then makes its change.
 */
const CHANGES: Readonly<Record<string, (world: World) => Promise<() => Promise<unknown>>>> = {
  removeUnlockSlot: async ({ keystore }) => {
    return () => keystore.removeUnlockSlot({ unlock: second });
  },
  changeUnlock: async ({ keystore }) => {
    return () => keystore.changeUnlock({ from: second, to: { rootKey: rootKeyOf(3) } });
  },
  rotateRootKey: async ({ keystore }) => {
    return () => keystore.rotateRootKey({ unlocks: [first] });
  },
  deleteImportedKeyMaterial: async ({ keystore }) => {
    const keyId = await importedKey(keystore);
    return () => keystore.deleteImportedKeyMaterial({ keyId });
  },
  'a change after imported material expired': async ({ keystore, advance }) => {
    await importedKey(keystore, new Date(Date.parse('2030-01-01T00:00:00Z') + DAY));
    advance(2 * DAY);
    return () => keystore.createKey();
  },
  'a change after a key’s deletion came due': async ({ keystore, advance }) => {
    const { keyId } = (await keystore.createKey()).keyMetadata;
    await keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    advance(8 * DAY);
    return () => keystore.createKey();
  },
};

describe.each([
  ['small documents', 0],
  ['documents of several pages', 40],
])('with %s', (_, keys) => {
  it.each(Object.entries(CHANGES))('%s leaves no older document in the folder', async (_name, prepare) => {
    const world = await openWorld(freshPath(), keys);
    const change = await prepare(world);
    const before = world.keystore.generation;
    // What the change is to erase is there, and is found.
    expect(generationsIn(world.folder).length).toBeGreaterThan(1);
    await change();
    expect(generationsIn(world.folder)).toEqual([before + 1]);
    // Nor does what is written later bring one back.
    for (let i = 0; i < 3; i++) await world.keystore.createKey();
    expect(generationsIn(world.folder).every((generation) => generation > before)).toBe(true);
    await world.close();
  });
});

it('a passphrase that was removed opens nothing in the folder, and its slot is not in it', async () => {
  const { folder, keystore, close } = await openWorld(freshPath(), 0);
  const passphrase: Unlock = { passphrase: 'correct horse' };
  await keystore.addUnlockSlot({ unlock: passphrase });
  await keystore.createKey();
  expect(await opened(folder, passphrase)).toBeGreaterThan(0);
  const newest = documentsIn(folder).reduce((one, other) => (other.generation > one.generation ? other : one));
  // Two slots of a root key, and then its own: type, salt, cost, and the wrapped root key.
  const slot = newest.bytes.slice(39 + 2 * 41, 39 + 2 * 41 + 60);
  const [salt, wrapped] = [slot.slice(1, 17), slot.slice(20)];
  expect([slot[0], holds(folder, salt), holds(folder, wrapped)]).toEqual([1, true, true]);
  await keystore.removeUnlockSlot({ unlock: passphrase });
  expect([holds(folder, salt), holds(folder, wrapped)]).toEqual([false, false]);
  expect(await opened(folder, passphrase)).toBe(0);
  expect(await opened(folder, first)).toBeGreaterThan(0);
  await close();
});

it('other changes erase nothing, which would make each of them as long as the file', async () => {
  const { folder, keystore, close } = await openWorld(freshPath(), 0);
  const before = generationsIn(folder).length;
  await keystore.createKey();
  expect(generationsIn(folder).length).toBeGreaterThanOrEqual(before);
  await close();
});

it('entries of parameters are as they were, and those that were deleted are gone', async () => {
  const { folder, keystore, close } = await openWorld(freshPath(), 0);
  const storage = lmdbStorage(folder);
  const secret = Buffer.from('a value that was deleted before');
  const changes = Array.from({ length: 300 }, (_, at) => ({
    key: `key ${at}`,
    value: new Uint8Array(at * 20).fill(at),
    expectedVersion: 0,
  }));
  await storage.commit([...changes, { key: 'deleted', value: secret, expectedVersion: 0 }]);
  const { version = 0 } = (await storage.get('deleted')) ?? {};
  await storage.commit([{ key: 'deleted', value: undefined, expectedVersion: version }]);
  const entries = await storage.list({ prefix: '' });
  expect(holds(folder, secret)).toBe(true);
  await keystore.removeUnlockSlot({ unlock: second });
  expect(holds(folder, secret)).toBe(false);
  const left = await storage.list({ prefix: '' });
  const text = (all: typeof entries) =>
    all.map((entry) => `${entry.key} ${entry.version} ${Buffer.from(entry.value).toString('base64')}`);
  expect(text(left)).toEqual(text(entries));
  await storage.close();
  await close();
});

it('a folder of a release that erased nothing is mended when it is opened', async () => {
  const { folder, keystore, close } = await openWorld(freshPath(), 0);
  await keystore.removeUnlockSlot({ unlock: second });
  await keystore.createKey();
  await keystore.createKey();
  const entries = session(folder, 'keystore');
  const { version = 0 } = (await entries.read((database) => database.getEntry(Buffer.from('erased')))) ?? {};
  await entries.commit([{ key: 'erased', value: undefined, expectedVersion: version }]);
  await entries.close();
  expect(generationsIn(folder).length).toBeGreaterThan(1);
  const generation = keystore.generation;
  await close();
  const storage = lmdbKeystoreStorage(folder);
  await (await openKeystore({ storage, unlock: first })).close();
  expect(generationsIn(folder)).toEqual([generation]);
  await storage.close();
});
