/** Whole paths are read as page by page, or not at all. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import {
  memoryStorage,
  openParameterStore,
  type Parameter,
  type ParameterStorage,
  type ParameterStore,
  type ParameterStoreOptions,
} from '../src/index.ts';
import { headCodec } from '../src/state/codec.ts';
import type { VersionRecord } from '../src/state/records.ts';
import { sealedValueOf } from '../src/state/sealed-value.ts';
import { WHOLE_PATHS } from '../src/whole-paths.ts';
import { DAY, expiration, openKeys, policies, START } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'whole-paths-'));
afterAll(() => rmSync(root, { recursive: true }));

const VALUES = ['a', 'caf\u00e9', '\ufeffmark', 'a line\nand gnextDue', 'x'.repeat(4096), 'x'.repeat(300)];

/** A store that leaves no events, with values of both tiers, of all types, and of several lengths. */
async function filled(storage: ParameterStorage, options: Partial<ParameterStoreOptions> = {}) {
  const keystore = await openKeys();
  const store = await openParameterStore({ keystore, storage, clock: () => START, ...options });
  const put = (name: string, value: string, more = {}) =>
    store.putParameter({ name, value, type: 'SecureString', ...more });
  for (const [at, value] of VALUES.entries()) await put(`/app/${at}`, value);
  await put('/app/advanced', 'advanced', { tier: 'Advanced' });
  await put('/app/deep/er', 'described', { description: 'hpolicies gnextDue', keyId: 'alias/aws/ssm' });
  await put('/app/plain', 'plain', { type: 'String' });
  await put('/app/list', 'one,two', { type: 'StringList', dataType: 'text' });
  await put('/app-beside', 'beside');
  await put('noSlash', 'no slash');
  for (let version = 2; version < 30; version++) await put('/app/0', `version ${version}`, { overwrite: true });
  return { store, keystore, put };
}

async function inPages({ getParametersByPath }: ParameterStore, path: string): Promise<readonly Parameter[]> {
  const all: Parameter[] = [];
  for (let nextToken: string | undefined; ; ) {
    const request = { path, recursive: true, withDecryption: true, ...(nextToken !== undefined && { nextToken }) };
    const page = await getParametersByPath(request);
    all.push(...page.parameters);
    nextToken = page.nextToken;
    if (nextToken === undefined) return all;
  }
}

describe.each([
  ['memory', () => memoryStorage()],
  ['LMDB', () => lmdbStorage(mkdtempSync(join(root, 'lmdb-')))],
])('a whole path, over %s', (_, storage) => {
  it('has what its pages have, in their order', async () => {
    const { store } = await filled(storage());
    for (const path of ['/', '/app', '/app/', '/app/deep', '/none']) {
      const expected = await inPages(store, path);
      expect(await store[WHOLE_PATHS].parameters(path), path).toEqual(expected);
      const values = expected.map(({ name, type, value }) => ({ name, type, value }));
      expect(await store[WHOLE_PATHS].values(path), path).toEqual(values);
    }
    expect((await inPages(store, '/')).length).toBe(VALUES.length + 6);
    await store.close();
  });
});

describe('a whole path', () => {
  it('is not read where calls leave events, in either service', async () => {
    const { store } = await filled(memoryStorage(), { onEvent: () => undefined });
    expect(await store[WHOLE_PATHS].values('/app')).toBeUndefined();
    const keystore = await openKeys({ onEvent: () => undefined });
    const own = await openParameterStore({ keystore, storage: memoryStorage() });
    expect(await own[WHOLE_PATHS].values('/app')).toBeUndefined();
  });

  it('is not read where a policy is due, and is read again where it was carried out', async () => {
    let now = START;
    const { store, put } = await filled(memoryStorage(), { clock: () => now });
    await put('/app/short', 'short', { tier: 'Advanced', policies: policies(expiration(START + DAY)) });
    expect(await store[WHOLE_PATHS].values('/app')).toContainEqual(expect.objectContaining({ value: 'short' }));
    now += DAY;
    expect(await store[WHOLE_PATHS].values('/app')).toBeUndefined();
    const left = await inPages(store, '/app');
    expect(await store[WHOLE_PATHS].parameters('/app')).toEqual(left);
    expect(left.map(({ name }) => name)).not.toContain('/app/short');
  });

  it('is not read with a key that cannot be used, nor of a text that is not a path', async () => {
    const { store, keystore, put } = await filled(memoryStorage());
    const { keyMetadata } = await keystore.createKey();
    // As long as another value, under another key.
    await put('/app/other', 'DESCRIBED', { keyId: keyMetadata.keyId });
    expect(await store[WHOLE_PATHS].values('/app')).toHaveLength(VALUES.length + 5);
    await keystore.disableKey({ keyId: keyMetadata.keyId });
    expect(await store[WHOLE_PATHS].values('/app')).toBeUndefined();
    expect(await store[WHOLE_PATHS].values('/app/deep')).toHaveLength(1);
    expect(await store[WHOLE_PATHS].values('app')).toBeUndefined();
  });

  it('is not read with an entry that was changed, or put into the place of another', async () => {
    const storage = memoryStorage();
    const { store } = await filled(storage);
    const [one, other] = await storage.list({ prefix: 'p/app/', limit: 2 });
    if (one === undefined || other === undefined) throw new Error('no entries');
    const changed = one.value.slice();
    changed.fill((changed.at(-1) ?? 0) ^ 1, -1);
    let expectedVersion = one.version;
    for (const value of [changed, other.value, one.value.slice(33)]) {
      await storage.commit([{ key: one.key, value, expectedVersion }]);
      expect(await store[WHOLE_PATHS].values('/app')).toBeUndefined();
      expectedVersion = (await storage.get(one.key))?.version ?? 0;
    }
    await storage.commit([{ key: one.key, value: one.value, expectedVersion }]);
    expect(await store[WHOLE_PATHS].values('/app')).toHaveLength(VALUES.length + 4);
  });

  it('needs the codec for no ordinary SecureString, and for all else', () => {
    const current: VersionRecord = {
      version: 70_000,
      type: 'SecureString',
      value: 'QUJD'.repeat(100),
      tier: 'Standard',
      keyId: 'alias/aws/ssm',
      description: null,
      allowedPattern: null,
      dataType: 'text',
      policies: [],
      lastModified: START,
    };
    const head = { hasSlash: true, oldest: 1, current, nextDue: null };
    const sealedOf = (more: object, ofCurrent: Partial<VersionRecord> = {}) =>
      sealedValueOf(headCodec.encode({ ...head, ...more, current: { ...current, ...ofCurrent } }));
    for (const version of [1, 23, 24, 255, 256, 65_535]) {
      for (const value of ['QUJD'.repeat(6), current.value, `${current.value}QQ==`]) {
        const hasSlash = version % 2 === 0;
        expect(sealedOf({ hasSlash, oldest: version }, { version, value })).toEqual({ hasSlash, value });
      }
    }
    expect(sealedOf({})).toBeUndefined();
    expect(sealedOf({ nextDue: START }, { version: 1 })).toBeUndefined();
    for (const type of ['String', 'StringList'] as const) expect(sealedOf({}, { version: 1, type })).toBeUndefined();
    const long = 'QUJD'.repeat(9);
    expect(sealedOf({}, { version: 1, value: `${long}dtier` })?.value).toBe(`${long}dtier`);
    for (const value of [`${long}\u00e9`, `${long}*`, 'QUJD'])
      expect(sealedOf({}, { version: 1, value })).toBeUndefined();
  });

  it('is refused of a store that was closed', async () => {
    const { store } = await filled(memoryStorage());
    await store.close();
    await expect(store[WHOLE_PATHS].values('/')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});
