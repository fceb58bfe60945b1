/** A keystore in a storage of entries: its document whole or in pieces, and what dead writers leave. */

import { type Change, memoryStorage as memoryEntries } from '@securestring/storage';
import { describe, expect, it } from 'vitest';
import { type EntryStorage, openKeystore } from '../src/index.ts';
import { keystoreStorage } from '../src/storage/storage.ts';
import { makeKey, refusal, thrownBy, unlock, utf8 } from './support.ts';

const SMALL = { valueLength: 500, changes: 2, commitLength: 1000 };
const smallEntries = (): EntryStorage => ({ ...memoryEntries(), bounds: SMALL });
const keysIn = async (storage: EntryStorage) => (await storage.list({ prefix: '' })).map(({ key }) => key);
const piecesIn = async (storage: EntryStorage) =>
  (await storage.list({ prefix: 'document/' })).map(({ key }) => key.slice('document/'.length));
const generationsIn = async (storage: EntryStorage) =>
  new Set((await piecesIn(storage)).map((key) => Number(key.split('/')[0])));
const versionOf = async (storage: EntryStorage, key: string) => (await storage.get(key))?.version ?? 0;

describe.each<[string, () => EntryStorage]>([
  ['a storage with larger values than the document', memoryEntries],
  ['a storage whose values are smaller than the document', smallEntries],
])('a keystore in %s', (_, makeStorage) => {
  it('is shared by keystores, of which none loses a change', async () => {
    const storage = makeStorage();
    const keystores = await Promise.all(Array.from({ length: 3 }, () => openKeystore({ storage, unlock })));
    const keys = await Promise.all(keystores.flatMap((k) => Array.from({ length: 4 }, () => makeKey(k))));
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(12);
    for (const keystore of keystores) expect((await keystore.listKeys()).keys).toHaveLength(13);
  });

  it('knows a key at once that another keystore has made', async () => {
    const storage = makeStorage();
    const [a, b] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    const { keyId, arn } = await makeKey(a);
    expect(b.encrypt({ keyId, plaintext: utf8('x') }).keyId).toBe(arn);
  });

  it('is one document, with no other entry beside it but its pieces', async () => {
    const storage = makeStorage();
    const keystore = await openKeystore({ storage, unlock });
    await makeKey(keystore);
    const keys = await keysIn(storage);
    expect(keys.filter((key) => !key.startsWith('document/'))).toEqual(['document']);
    expect([...(await generationsIn(storage))]).toEqual((storage.bounds?.valueLength ?? 65_536) === 65_536 ? [] : [2]);
    for (const entry of await storage.list({ prefix: '' })) {
      expect(entry.value.length).toBeLessThanOrEqual(storage.bounds?.valueLength ?? 65_536);
    }
  });
});

describe('a document in pieces', () => {
  it('commits no more at once than the storage takes', async () => {
    const inner = smallEntries();
    const commits: (readonly Change[])[] = [];
    const storage = {
      ...inner,
      commit: (changes: readonly Change[]) => {
        commits.push(changes);
        return inner.commit(changes);
      },
    };
    await makeKey(await openKeystore({ storage, unlock }));
    expect(commits.length).toBeGreaterThan(4);
    for (const changes of commits) {
      expect(changes.length).toBeLessThanOrEqual(SMALL.changes);
      expect(changes.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)).toBeLessThanOrEqual(SMALL.commitLength);
    }
  });

  it('does not mind the pieces that a dead writer left, and the next change removes them', async () => {
    const inner = smallEntries();
    const keystore = await openKeystore({ storage: inner, unlock });
    let left = 2;
    const dying = { ...inner, commit: (changes: readonly Change[]) => (left-- > 0 ? inner.commit(changes) : hang()) };
    const hang = () => new Promise<void>(() => undefined);
    void makeKey(await openKeystore({ storage: dying, unlock }));
    while (left >= 0) await new Promise((resolve) => setTimeout(resolve));
    expect(await generationsIn(inner)).toEqual(new Set([1, 2]));
    await keystore.refresh();
    expect(keystore.generation).toBe(1);
    await makeKey(keystore);
    expect(await generationsIn(inner)).toEqual(new Set([2]));
    expect(new Set((await piecesIn(inner)).map((key) => key.split('/')[1])).size).toBe(1);
    expect((await (await openKeystore({ storage: inner, unlock })).listKeys()).keys).toHaveLength(2);
  });

  it('that lacks a piece is damaged', async () => {
    const storage = smallEntries();
    await openKeystore({ storage, unlock });
    const [first = ''] = (await keysIn(storage)).filter((key) => key.startsWith('document/'));
    await storage.commit([{ key: first, value: undefined, expectedVersion: await versionOf(storage, first) }]);
    const { message } = await refusal(() => openKeystore({ storage, unlock }), 'KEYSTORE_DAMAGED');
    expect(message).toMatch(/lacks 1 of its \d+ pieces/);
  });
});

describe('a storage that leaves older values in its files', () => {
  async function revoked(eraseOlder: () => Promise<void>) {
    const storage = { ...smallEntries(), eraseOlder };
    const keystore = await openKeystore({ storage, unlock });
    const other = { rootKey: new Uint8Array(32).fill(8) };
    await keystore.addUnlockSlot({ unlock: other });
    return { storage, revoke: () => keystore.removeUnlockSlot({ unlock: other }) };
  }

  it('erases them after a change that revokes, and after no other', async () => {
    let erased = 0;
    const { storage, revoke } = await revoked(async () => {
      erased++;
      expect([...(await generationsIn(storage))]).toEqual([3]);
    });
    expect(erased).toBe(0);
    await revoke();
    expect(erased).toBe(1);
    expect(await versionOf(storage, 'erase')).toBe(0);
  });

  it('if it fails, the change says so, and the next opening erases them', async () => {
    let fails = true;
    const { storage, revoke } = await revoked(async () => {
      if (fails) throw new Error('no room');
    });
    expect(await thrownBy(revoke)).toMatchObject({ code: 'STORAGE_FAILED' });
    await openKeystore({ storage, unlock });
    expect(await versionOf(storage, 'erase')).toBeGreaterThan(0);
    fails = false;
    await openKeystore({ storage, unlock });
    expect(await versionOf(storage, 'erase')).toBe(0);
  });
});

describe('a storage that is neither', () => {
  it('is refused as it was before', async () => {
    for (const storage of [{}, { get: () => undefined }, keystoreStorage, undefined]) {
      await expect(openKeystore({ storage: storage as never, unlock })).rejects.toThrow(
        /storage must be a place to keep the keystore, such as fileStorage\(path\) or memoryStorage\(\) of this package/,
      );
    }
  });
});
