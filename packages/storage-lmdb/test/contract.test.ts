/** Both storages keep their contracts, with a second storage of the same folder, and when they are opened again. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryStorage, KeystoreStorage } from '@securestring/keystore';
import { openKeystore } from '@securestring/keystore';
import { keystoreStorageContract } from '@securestring/keystore/testing';
import { storageContract } from '@securestring/storage/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage } from '../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../src/lmdb-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'lmdb-contract-'));
let made = 0;
afterAll(() => rmSync(root, { recursive: true }));

/** Opens a new folder, or that of a storage. */
function places<Storage extends object>(
  make: (path: string) => Storage,
): readonly [() => Promise<Storage>, (storage: Storage) => Promise<Storage>] {
  const paths = new Map<Storage, string>();
  const open = async (path = join(root, String(made++))) => {
    const storage = make(path);
    paths.set(storage, path);
    return storage;
  };
  return [() => open(), (storage) => open(paths.get(storage))];
}

describe.each([{ lazy: false }, { lazy: true }])('lmdbStorage, %j', (options) => {
  it.each(storageContract.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
    await rule.check(...places<EntryStorage>((path) => lmdbStorage(path, options)));
  });

  it('needs no folder that is there: a storage makes its own', async () => {
    const above = join(root, `sub ${options.lazy}`);
    mkdirSync(above);
    const storage = lmdbStorage(join(above, 'a.b'), options);
    expect(await storage.get('x')).toBeUndefined();
    await storage.close();
  });
});

describe.each([{ lazy: false }, { lazy: true }])('lmdbKeystoreStorage, %j', (options) => {
  it.each(keystoreStorageContract.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
    await rule.check(...places<KeystoreStorage>((path) => lmdbKeystoreStorage(path, options)));
  });
});

describe('a keystore in a storage of entries', () => {
  const unlock = { rootKey: new Uint8Array(32).fill(7) };

  it('is opened again, and no older document is left in the folder after a change that revokes', async () => {
    const path = join(root, String(made++));
    const storage = lmdbStorage(path);
    const keystore = await openKeystore({ storage, unlock });
    const { keyId } = (await keystore.createKey()).keyMetadata;
    const other = { rootKey: new Uint8Array(32).fill(8) };
    await keystore.addUnlockSlot({ unlock: other });
    const old = (await storage.get('document'))?.value ?? new Uint8Array();
    await keystore.removeUnlockSlot({ unlock: other });
    await keystore.close();
    expect((await storage.list({ prefix: '' })).map(({ key }) => key)).toEqual(['document']);
    await storage.close();
    const file = readFileSync(join(path, 'data.mdb'));
    // The end of the older document: its tag, which is nowhere else.
    expect(old.length).toBeGreaterThan(100);
    expect(file.includes(Buffer.from(old.subarray(-16)))).toBe(false);

    const again = lmdbStorage(path);
    const reopened = await openKeystore({ storage: again, unlock, create: false });
    expect((await reopened.describeKey({ keyId })).keyMetadata.keyId).toBe(keyId);
    await reopened.close();
    await again.close();
  });
});
