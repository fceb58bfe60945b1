/** What a change revokes cannot be read from the folder any more, also with other processes on it, and killed ones. */

import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keystore, openKeystore, type Unlock } from '@securestring/keystore';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage, lmdbStorage } from '../src/index.ts';
import { session } from '../src/session.ts';
import { bundleChildren, startChild } from './children.ts';
import { documentsIn, generationsIn, holds, opened } from './documents.ts';
import { rootKeyOf } from './root-keys.ts';

const root = mkdtempSync(join(tmpdir(), 'storage-lmdb-erase-'));
let made = 0;
const freshPath = () => join(root, String(made++));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true }));

const first = { rootKey: rootKeyOf(1) };
const second = { rootKey: rootKeyOf(2) };
const DAY = 86_400_000;
const value = new Uint8Array(100).fill(7);

interface World {
  readonly folder: string;
  readonly keystore: Keystore;
  advance(ms: number): void;
  close(): Promise<void>;
}

/** A keystore that `first` and `second` open, with older documents in its folder: small ones, or of several pages. */
async function openWorld(keys: number): Promise<World> {
  const folder = freshPath();
  const storage = lmdbKeystoreStorage(folder);
  let now = Date.parse('2030-01-01T00:00:00Z');
  const keystore = await openKeystore({ storage, unlock: first, clock: () => now });
  await keystore.addUnlockSlot({ unlock: second });
  for (let i = 0; i < keys; i++) await keystore.createKey({ description: 'x'.repeat(100) });
  const close = async () => {
    await keystore.close();
    await storage.close();
  };
  return { folder, keystore, advance: (ms) => (now += ms), close };
}

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
    const world = await openWorld(keys);
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

it('a passphrase that was removed opens nothing in the folder, and its slot is not in it', {
  timeout: 60_000,
}, async () => {
  const { folder, keystore, close } = await openWorld(0);
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
  const { folder, keystore, close } = await openWorld(0);
  const before = generationsIn(folder).length;
  await keystore.createKey();
  expect(generationsIn(folder).length).toBeGreaterThanOrEqual(before);
  await close();
});

it('entries of parameters are as they were, and those that were deleted are gone', async () => {
  const { folder, keystore, close } = await openWorld(0);
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
  const { folder, keystore, close } = await openWorld(0);
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

describe('with other processes on the folder', { timeout: budget(60_000, 600_000) }, () => {
  it('an older state is overwritten when no process reads it any more', async () => {
    const { folder, keystore, close } = await openWorld(0);
    const storage = lmdbStorage(folder);
    await storage.commit([{ key: 'key', value, expectedVersion: 0 }]);
    const enough = freshPath();
    const reader = startChild(scripts, 'read-slowly', [folder, enough]);
    expect(await reader.firstLine).toBe('reading');
    const removed = keystore.removeUnlockSlot({ unlock: second });
    expect(await Promise.race([removed, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))])).toBe('waits');
    writeFileSync(enough, '');
    await removed;
    expect(generationsIn(folder)).toEqual([keystore.generation]);
    expect(await reader.ended).toBe(0);
    expect(reader.lines).toEqual(['reading', 'read', String(value.length)]);
    await storage.close();
    await close();
  });

  it('one that reads an older state for too long is named, and nothing of that state is overwritten', async () => {
    const { folder, keystore, close } = await openWorld(0);
    const storage = lmdbStorage(folder);
    await storage.commit([{ key: 'key', value, expectedVersion: 0 }]);
    const enough = freshPath();
    const reader = startChild(scripts, 'read-slowly', [folder, enough]);
    expect(await reader.firstLine).toBe('reading');
    await keystore.createKey();
    const entries = session(folder, 'keystore');
    const error = await entries.erase(50, () => undefined).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORAGE_BUSY' });
    expect(String(error)).toContain(`Process ${reader.process.pid} `);
    expect(generationsIn(folder).length).toBeGreaterThan(1);
    writeFileSync(enough, '');
    expect(await reader.ended).toBe(0);
    await entries.close();
    await storage.close();
    await close();
  });

  it('writers and readers of parameters lose nothing while it is erased again and again', async () => {
    const { folder, keystore, close } = await openWorld(0);
    const others = ['a', 'b', 'c', 'd'].map((name) => startChild(scripts, 'mix', [folder, name]));
    await Promise.all(others.map(({ firstLine }) => firstLine));
    for (let number = 2; number < budget(12, 200); number++) {
      await keystore.changeUnlock({ from: { rootKey: rootKeyOf(number) }, to: { rootKey: rootKeyOf(number + 1) } });
      expect(generationsIn(folder)).toEqual([keystore.generation]);
    }
    expect(others.map((child) => child.process.exitCode)).toEqual([null, null, null, null]);
    for (const child of others) child.process.kill('SIGKILL');
    await Promise.all(others.map(({ ended }) => ended));
    await close();
  });

  it('one that is killed leaves nothing that what was acknowledged as revoked opens, and the next opening does the rest', async () => {
    const folder = freshPath();
    let number = 1;
    for (let round = 0; round < budget(8, 100); round++) {
      const child = startChild(scripts, 'revoke', [folder, String(number)]);
      await child.firstLine;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      child.process.kill('SIGKILL');
      await child.ended;
      const acknowledged = Number(child.lines.findLast((line) => line.endsWith('done'))?.split(' ')[0] ?? number);
      for (let old = Math.max(1, acknowledged - 5); old < acknowledged; old++) {
        expect(await opened(folder, { rootKey: rootKeyOf(old) })).toBe(0);
      }
      const storage = lmdbKeystoreStorage(folder);
      // Stored or not, that change is the only one that was under way.
      const now = [acknowledged + 1, acknowledged].map((each) => ({ rootKey: rootKeyOf(each) }));
      const bytes = (await storage.read()) ?? new Uint8Array();
      const memory = { read: async () => bytes, replace: async () => undefined };
      const opens = await Promise.allSettled(
        now.map(async (unlock) => (await openKeystore({ storage: memory, unlock })).close()),
      );
      number = opens[0]?.status === 'fulfilled' ? acknowledged + 1 : acknowledged;
      expect(opens.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      for (let old = Math.max(1, number - 5); old < number; old++) {
        expect(await opened(folder, { rootKey: rootKeyOf(old) })).toBe(0);
      }
      await storage.close();
    }
  });
});
