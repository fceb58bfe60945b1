/** Several keystores on one document, in one process and in many. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from '@securestring/storage/lock';
import { afterAll, describe, expect, it } from 'vitest';
import { fileStorage, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { type Child, startChild } from './children.ts';
import { makeKey, refusal, thrownBy, unlock, utf8 } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'keystore-concurrency-'));
let made = 0;
function freshPath(): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  return join(folder, 'keys');
}
afterAll(() => rmSync(root, { recursive: true }));

describe.each<[string, () => KeystoreStorage]>([
  ['memory', memoryStorage],
  ['a file', () => fileStorage(freshPath())],
])('two keystores on %s', (_, makeStorage) => {
  it('see each other’s changes in every awaited call, and in the others after refresh', async () => {
    const storage = makeStorage();
    const [a, b] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    const key = await makeKey(a);
    await b.refresh();
    await a.disableKey({ keyId: key.keyId });
    b.encrypt({ keyId: key.keyId, plaintext: utf8('x') });
    await b.refresh();
    expect(await thrownBy(() => b.encrypt({ keyId: key.keyId, plaintext: utf8('x') }))).toHaveProperty(
      'name',
      'DisabledException',
    );
    await b.enableKey({ keyId: key.keyId });
    const { ciphertextBlob } = b.encrypt({ keyId: key.keyId, plaintext: utf8('x') });
    await a.refresh();
    expect(a.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));

    await b.createAlias({ aliasName: 'alias/b', targetKeyId: key.keyId });
    expect((await a.describeKey({ keyId: 'alias/b' })).keyMetadata.keyId).toBe(key.keyId);
    await a.updateAlias({ aliasName: 'alias/b', targetKeyId: (await makeKey(b)).keyId });
    expect((await b.listKeys()).keys).toHaveLength(3);
    expect(a.generation).toBe(7);
    expect(b.generation).toBe(7);
  });

  it('lose no change where they commit at once: the second one begins again', async () => {
    const storage = makeStorage();
    const keystores = await Promise.all(Array.from({ length: 4 }, () => openKeystore({ storage, unlock })));
    const keys = await Promise.all(keystores.flatMap((k) => Array.from({ length: 5 }, () => makeKey(k))));
    const last = await openKeystore({ storage, unlock });
    const listed = (await last.listKeys()).keys.map(({ keyId }) => keyId);
    expect(listed).toEqual(expect.arrayContaining(keys.map(({ keyId }) => keyId)));
    expect(listed).toHaveLength(21);
    expect(last.generation).toBe(21);
    await Promise.all(keystores.map((k) => k.refresh()));
    const { ciphertextBlob } = last.encrypt({ keyId: keys[0]?.keyId as string, plaintext: utf8('x') });
    for (const keystore of keystores) expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
  });

  it('both come to be where neither was there: one makes the document, the other opens it', async () => {
    const storage = makeStorage();
    const [a, b] = await Promise.all([openKeystore({ storage, unlock }), openKeystore({ storage, unlock })]);
    const { ciphertextBlob } = a.encrypt({ keyId: 'alias/aws/ssm', plaintext: utf8('x') });
    expect(b.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
  });

  it('judge a change by what is stored, not by what they have seen', async () => {
    const storage = makeStorage();
    const [a, b] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    const { keyId } = await makeKey(a);
    const alias = { aliasName: 'alias/one', targetKeyId: keyId };
    const outcomes = await Promise.allSettled([a.createAlias(alias), b.createAlias(alias)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a writer that others are always faster than', () => {
  it('gives up in the end, with nothing stored', async () => {
    const inner = memoryStorage();
    const keystore = await openKeystore({ storage: inner, unlock });
    let attempts = 0;
    const conflicting: KeystoreStorage = {
      read: inner.read,
      replace: async () => {
        attempts++;
        throw Object.assign(new Error('changed'), { code: 'STORAGE_CONFLICT' });
      },
    };
    const unlucky = await openKeystore({ storage: conflicting, unlock });
    await refusal(() => unlucky.createKey(), 'STORAGE_BUSY');
    expect(attempts).toBe(100);
    expect((await keystore.listKeys()).keys).toHaveLength(1);
  });
});

describe('processes on one file', () => {
  /** Returns the ids that a child reported as stored. Its first line says that the keystore is open. */
  const acknowledged = ({ lines }: Child) => lines.slice(1);

  it('eight that write at once lose nothing', async () => {
    const path = freshPath();
    const children = Array.from({ length: 8 }, () => startChild('create-keys.ts', [path, '5']));
    await Promise.all(children.map(({ ended }) => ended));
    const ids = children.flatMap(acknowledged);
    expect(new Set(ids).size).toBe(40);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const listed = (await keystore.listKeys()).keys.map(({ keyId }) => keyId);
    expect(listed).toHaveLength(41);
    expect(listed).toEqual(expect.arrayContaining(ids));
    expect(keystore.generation).toBe(41);
    expect(readdirSync(join(path, '..'))).toEqual(['keys']);
  });

  it('a lock whose holder was killed is taken over at once, and what it left is swept up', async () => {
    const path = freshPath();
    const storage = fileStorage(path, { patience: 60_000 });
    const keystore = await openKeystore({ storage, unlock });
    const holder = startChild('hold-lock.ts', [path]);
    await holder.firstLine;
    const waiting = keystore.createKey();
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))])).toBe('waits');
    holder.process.kill('SIGKILL');
    const { keyMetadata } = await waiting;
    expect(keystore.encrypt({ keyId: keyMetadata.keyId, plaintext: utf8('x') }).keyId).toBe(keyMetadata.arn);
    expect(readdirSync(join(path, '..'))).toEqual(['keys']);
  });

  it('one that is killed while it writes loses nothing that was acknowledged', async () => {
    const path = freshPath();
    const children = Array.from({ length: 2 }, () => startChild('create-keys.ts', [path, '100000']));
    for (const child of children) {
      await expect.poll(() => acknowledged(child).length, { timeout: 60_000 }).toBeGreaterThan(1);
      await new Promise((resolve) => setTimeout(resolve, 200 * Math.random()));
      child.process.kill('SIGKILL');
    }
    await Promise.all(children.map(({ ended }) => ended));
    const ids = children.flatMap(acknowledged);
    expect(ids.length).toBeGreaterThan(3);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    for (const keyId of ids) await keystore.describeKey({ keyId });
    await makeKey(keystore);
    await makeKey(keystore);
  });

  it('a living holder is waited for, and after that an error says who it is', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path, { patience: 100 }), unlock });
    await withFileLock(path, 100, async () => {
      const error = await refusal(() => keystore.createKey(), 'STORAGE_BUSY');
      expect(error.message).toBe(
        `${path} was locked by process ${process.pid} for more than 100 ms. Nothing was changed: try again. If no such process uses it, remove ${path}.lock.`,
      );
    });
    await keystore.createKey();
  });
});
