/** Access keys: made, listed, deleted, found with their secrets, and kept through all that happens to a document. */

import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_KEYS } from '../src/access-keys.ts';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { insecureDeterministicKeystore } from '../src/testing.ts';
import { kmsRefusal, openInMemory, refusal, unlock, utf8 } from './support.ts';

let storage: KeystoreStorage;
let keystore: Keystore;
const find = (id: string, from = keystore) => from[ACCESS_KEYS].find(id);
const idsOf = async (from = keystore) => (await from.listAccessKeys()).accessKeys.map(({ accessKeyId }) => accessKeyId);

beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => Date.UTC(2026, 5, 1) });
});

describe('an access key', () => {
  it('has AWS’s form, gives its secret once, and is found with it', async () => {
    const made = await keystore.createAccessKey({ description: 'ci' });
    const { secretAccessKey, ...entry } = made;
    expect(entry).toEqual({
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      accountId: '000000000000',
      description: 'ci',
      createDate: new Date(Date.UTC(2026, 5, 1)),
    });
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(await keystore.listAccessKeys()).toEqual({ accessKeys: [entry], truncated: false });
    expect(find(made.accessKeyId)).toEqual({ secretAccessKey, accountId: '000000000000' });
    expect(find('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
  });

  it('differs from every other', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => keystore.createAccessKey()));
    expect(new Set(made.map(({ accessKeyId }) => accessKeyId)).size).toBe(20);
    expect(new Set(made.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(20);
    const first = await keystore.listAccessKeys({ limit: 12 });
    const second = await keystore.listAccessKeys({ limit: 12, marker: String(first.nextMarker) });
    expect([...first.accessKeys, ...second.accessKeys].map(({ accessKeyId }) => accessKeyId)).toEqual(
      made.map(({ accessKeyId }) => accessKeyId).sort(),
    );
  });

  it('may be another account’s, and stays it', async () => {
    const { accessKeyId, accountId } = await keystore.createAccessKey({ accountId: '111122223333' });
    expect(accountId).toBe('111122223333');
    const { accessKeys } = await keystore.listAccessKeys();
    expect(accessKeys.map((key) => key.accountId)).toEqual(['111122223333']);
    await keystore.close();
    keystore = await openKeystore({ storage, unlock });
    expect(find(accessKeyId)?.accountId).toBe('111122223333');
    for (const wrong of ['', '11112222333', '1111222233334', '11112222333x']) {
      await expect(keystore.createAccessKey({ accountId: wrong }), wrong).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });

  it('is not found after it was deleted, and its secret is nowhere in the storage', async () => {
    const { accessKeyId } = await keystore.createAccessKey();
    const { accessKeyId: other } = await keystore.createAccessKey();
    await keystore.deleteAccessKey({ accessKeyId });
    expect(find(accessKeyId)).toBeUndefined();
    expect(await idsOf()).toEqual([other]);
    await kmsRefusal(
      () => keystore.deleteAccessKey({ accessKeyId }),
      'NotFoundException',
      `The Access Key with id ${accessKeyId} cannot be found.`,
    );
  });

  it('is found by another keystore on the storage, at once after it was made, and no more once that reads', async () => {
    const other = await openKeystore({ storage, unlock });
    const { accessKeyId, secretAccessKey } = await keystore.createAccessKey();
    expect(find(accessKeyId, other)?.secretAccessKey).toBe(secretAccessKey);
    await keystore.deleteAccessKey({ accessKeyId });
    await other.refresh();
    expect(find(accessKeyId, other)).toBeUndefined();
  });

  it('stays through a change of the root key, of what unlocks, and a reopening', async () => {
    const { accessKeyId, secretAccessKey } = await keystore.createAccessKey();
    const later = { rootKey: new Uint8Array(32).fill(9) };
    await keystore.rotateRootKey({ unlocks: [later] });
    expect(find(accessKeyId)?.secretAccessKey).toBe(secretAccessKey);
    await keystore.close();
    await refusal(() => find(accessKeyId), 'KEYSTORE_CLOSED');
    keystore = await openKeystore({ storage, unlock: later });
    expect(find(accessKeyId)?.secretAccessKey).toBe(secretAccessKey);
  });

  it('does not leave the keystore in an envelope', async () => {
    const { accessKeyId } = await keystore.createAccessKey();
    const { keyId } = (await keystore.createKey()).keyMetadata;
    const target = await openInMemory();
    await target.importKeys({ envelope: await keystore.exportKeys({ keyIds: [keyId], unlock }), unlock });
    expect(find(accessKeyId, target)).toBeUndefined();
    expect(await idsOf(target)).toEqual([]);
  });

  it('shows no secret in the document, in what is printed, and in what is serialised', async () => {
    const { secretAccessKey } = await keystore.createAccessKey();
    const written = Buffer.from((await storage.read()) ?? []);
    expect(written.length).toBeGreaterThan(100);
    expect(written.includes(Buffer.from(utf8(secretAccessKey)))).toBe(false);
    expect(inspect(keystore, { depth: 9, showHidden: true })).not.toContain(secretAccessKey);
    expect(JSON.stringify(keystore)).not.toContain(secretAccessKey);
  });

  it('is one of at most 100', async () => {
    for (let i = 0; i < 100; i++) await keystore.createAccessKey();
    await kmsRefusal(
      () => keystore.createAccessKey(),
      'LimitExceededException',
      'Cannot exceed quota for AccessKeys: 100',
    );
  });

  it('is the same in every deterministic keystore of a seed', async () => {
    const made = await Promise.all(
      ['a', 'a', 'b'].map(async (seed) => (await insecureDeterministicKeystore({ seed })).createAccessKey()),
    );
    expect(made[0]).toEqual(made[1]);
    expect(made[0]?.accessKeyId).not.toBe(made[2]?.accessKeyId);
  });
});

it('a document whose last access key was deleted has no list of them', async () => {
  const lengths: (number | undefined)[] = [(await storage.read())?.length];
  const { accessKeyId } = await keystore.createAccessKey();
  lengths.push((await storage.read())?.length);
  await keystore.deleteAccessKey({ accessKeyId });
  lengths.push((await storage.read())?.length);
  expect(lengths[2]).toBe(lengths[0]);
  expect(lengths[1]).toBeGreaterThan(lengths[0] ?? 0);
});
