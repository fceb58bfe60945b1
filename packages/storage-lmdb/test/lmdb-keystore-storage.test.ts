/** The keystore's document in an LMDB folder, apart or with parameters. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeystoreError, openKeystore } from '@securestring/keystore';
import { StorageError } from '@securestring/storage';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage } from '../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../src/lmdb-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-keystore-'));
let made = 0;
const freshPath = () => join(root, String(made++));
afterAll(() => rmSync(root, { recursive: true }));

const unlock = { rootKey: new Uint8Array(32).fill(7) };
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Returns the storage's own refusal, or that of a keystore over it. */
async function refusal(action: Promise<unknown>, by: typeof KeystoreError | typeof StorageError = StorageError) {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof by)) throw error ?? new Error('expected a refusal, but it succeeded');
  return error;
}

describe('lmdbKeystoreStorage', () => {
  it('holds nothing at first, then what was put in last, in bytes of the caller’s own', async () => {
    const storage = lmdbKeystoreStorage(freshPath());
    expect(await storage.read()).toBeUndefined();
    const given = utf8('first');
    const replaced = storage.replace(given, 0);
    given.fill(0);
    await replaced;
    const read = await storage.read();
    expect(read).toEqual(utf8('first'));
    read?.fill(0);
    const large = new Uint8Array(3_000_000).fill(3);
    await storage.replace(large, 1);
    expect(Buffer.compare((await storage.read()) ?? utf8(''), large)).toBe(0);
    await storage.close();
  });

  it('refuses a writer that expects another generation, and keeps what it has', async () => {
    const storage = lmdbKeystoreStorage(freshPath());
    expect((await refusal(storage.replace(utf8('x'), 1))).code).toBe('STORAGE_CONFLICT');
    await storage.replace(utf8('first'), 0);
    await storage.replace(utf8('second'), 1);
    for (const generation of [0, 1, 3]) {
      expect((await refusal(storage.replace(utf8('x'), generation))).code).toBe('STORAGE_CONFLICT');
    }
    expect(await storage.read()).toEqual(utf8('second'));
    await storage.close();
  });

  it('gives a copy with its generation, which counts on from there where it is restored, and replaces nothing', async () => {
    const [storage, other] = [lmdbKeystoreStorage(freshPath()), lmdbKeystoreStorage(freshPath())];
    expect(await storage.copy()).toBeUndefined();
    await storage.replace(utf8('first'), 0);
    await storage.replace(utf8('second'), 1);
    const copy = await storage.copy();
    expect(copy).toEqual({ bytes: utf8('second'), generation: 2 });
    if (copy === undefined) return;
    await other.restore(copy);
    expect(await other.copy()).toEqual(copy);
    expect((await refusal(other.restore(copy))).code).toBe('STORAGE_CONFLICT');
    expect((await refusal(other.replace(utf8('x'), 1))).code).toBe('STORAGE_CONFLICT');
    await other.replace(utf8('third'), 2);
    expect(await other.copy()).toEqual({ bytes: utf8('third'), generation: 3 });
    await Promise.all([storage.close(), other.close()]);
  });

  it('lets exactly one of many writers through', async () => {
    const storage = lmdbKeystoreStorage(freshPath());
    const writers = Array.from({ length: 20 }, (_, at) => storage.replace(utf8(`${at}`), 0));
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await storage.close();
  });

  it('keeps a keystore, in the folder where the parameters are too', async () => {
    const path = freshPath();
    const parameters = lmdbStorage(path);
    const storage = lmdbKeystoreStorage(path);
    const [a, b] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    await Promise.all([...Array.from({ length: 4 }, () => [a.createKey(), b.createKey()]).flat()]);
    await parameters.commit([{ key: 'document', value: utf8('mine'), expectedVersion: 0 }]);
    const { ciphertextBlob } = a.encrypt({ keyId: 'alias/aws/ssm', plaintext: utf8('x') });
    await parameters.close();
    await storage.close();

    const again = lmdbKeystoreStorage(path);
    const keystore = await openKeystore({ storage: again, unlock });
    expect((await keystore.listKeys()).keys).toHaveLength(9);
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
    const entries = lmdbStorage(path);
    expect(await entries.list({ prefix: '' })).toMatchObject([{ key: 'document', value: utf8('mine') }]);
    await entries.close();
    await again.close();
  });

  it('that is closed, or cannot be opened, is a storage failure', async () => {
    const file = freshPath();
    writeFileSync(file, '');
    const unusable = lmdbKeystoreStorage(file);
    const error = await refusal(openKeystore({ storage: unusable, unlock }), KeystoreError);
    expect(error.code).toBe('STORAGE_FAILED');
    expect(error.message).toMatch(
      `The keystore in ${file} cannot be read: ${file}, or a folder that it stands in, is not`,
    );
    const closed = lmdbKeystoreStorage(freshPath());
    await closed.close();
    await closed.close();
    expect((await refusal(closed.read())).message).toMatch('The storage has been closed.');
    for (const path of ['', undefined]) expect(() => lmdbKeystoreStorage(path as string)).toThrow(TypeError);
  });
});
