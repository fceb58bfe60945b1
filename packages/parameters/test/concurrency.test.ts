/** Several stores on one storage, in one process and in many, and processes that are killed. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { budget } from '@securestring/test-support/budget';
import { RE2JS } from 're2js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { overwriteState } from '../../keystore/test/support.ts';
import { bundleChildren, type Child, startChild } from '../../storage-lmdb/test/children.ts';
import { memoryStorage, type ParameterStorage, type ParameterStore } from '../src/index.ts';
import { MAX_ATTEMPTS } from '../src/limits.ts';
import { openStoreAt } from './folder.ts';
import { noChange, opened, openWorld, policies, put, ssmRefusal, stripSeals } from './support.ts';
import { expectWhole } from './whole.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-'));
let made = 0;
const freshFolder = () => join(root, String(made++));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each<[string, () => ParameterStorage]>([
  ['memory', memoryStorage],
  ['LMDB', () => lmdbStorage(freshFolder())],
])('stores on %s that work at once', (_, makeStorage) => {
  it('lose no parameter, and count them all', async () => {
    const { store, storage, another } = await openWorld({ storage: makeStorage() });
    const stores = [store, await another(), await another()];
    const all = stores.flatMap((one, at) =>
      Array.from({ length: 40 }, (_, i) => put(one, `/n/${at}/${i}`, 'v', i % 2 === 0 ? {} : { tier: 'Advanced' })),
    );
    expect((await Promise.all(all)).every(({ version }) => version === 1)).toBe(true);
    expect((await expectWhole(storage)).size).toBe(120);
    await Promise.all(stores.map((one, at) => deleteAll(one, at)));
    expect((await expectWhole(storage)).size).toBe(0);
    await store.close();
  });

  it('give each version of one parameter to one of them', async () => {
    const { store, storage, another } = await openWorld({ storage: makeStorage() });
    const stores = [store, await another()];
    const versions = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        put(stores[i % 2] as ParameterStore, 'p', String(i), { type: 'SecureString', overwrite: true }),
      ),
    );
    expect(versions.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    await expectWhole(storage);
    const { parameters } = await store.getParameterHistory({ name: 'p', withDecryption: true, maxResults: 50 });
    for (const { version, value } of parameters) expect(versions[Number(value)]?.version).toBe(version);
    await store.close();
  });

  it('create a parameter once', async () => {
    const { store, another } = await openWorld({ storage: makeStorage() });
    const stores = [store, await another(), await another()];
    const outcomes = await Promise.allSettled(stores.map((one) => put(one, 'p', 'v')));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await store.close();
  });

  it('convert the value that another store puts meanwhile, and lose none', async () => {
    const { store, storage, another } = await openWorld({ storage: makeStorage() });
    const other = await another();
    for (let round = 0; round < 10; round++) {
      const name = `p${round}`;
      await put(store, name, 'before', { type: 'SecureString' });
      await Promise.all([
        store.convertToAdvanced({ name }),
        put(other, name, 'after', { type: 'SecureString', overwrite: true, tier: 'Intelligent-Tiering' }),
      ]);
      expect(await opened(store, name)).toBe('after');
      expect((await store.getParameterHistory({ name })).parameters.at(-1)).toMatchObject({
        version: 3,
        tier: 'Advanced',
      });
    }
    await expectWhole(storage);
    await store.close();
  });

  it('leave a whole store, whatever meets: labels, tags, deletions, policies, moves', async () => {
    const { store, storage, another } = await openWorld({ storage: makeStorage() });
    const stores = [store, await another()];
    const quiet = (work: Promise<unknown>) => work.catch((error: unknown) => expect(error).toHaveProperty('code'));
    const resource = { resourceType: 'Parameter', resourceId: 'p' } as const;
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        stores.flatMap((one) => [
          quiet(
            put(one, 'p', 'v', {
              overwrite: true,
              tier: 'Intelligent-Tiering',
              policies: policies(noChange(round + 1)),
            }),
          ),
          quiet(put(one, 'p', 'w', { overwrite: true })),
          quiet(one.labelParameterVersion({ name: 'p', labels: [`l${round % 3}`] })),
          quiet(one.addTagsToResource({ ...resource, tags: [{ key: `k${round}`, value: '' }] })),
          ...(round % 4 === 3 ? [quiet(one.deleteParameter({ name: 'p' }))] : []),
          quiet(one.getParameterHistory({ name: 'p' })),
          quiet(one.getParameter({ name: 'p:l1' })),
        ]),
      );
      await expectWhole(storage);
    }
    await store.close();
  });
});

describe('a page by path', () => {
  it('has a parameter whose label moves to a new version meanwhile, as it is then', async () => {
    const inner = memoryStorage();
    const { store, keystore } = await openWorld({ storage: inner });
    let meanwhile = async () => undefined as unknown;
    const slow = await openWorld({
      keystore,
      storage: {
        ...inner,
        list: async (request) => {
          if (request.prefix.startsWith('l/')) await meanwhile();
          return inner.list(request);
        },
      },
    });
    await put(store, '/app/p', 'one');
    await store.labelParameterVersion({ name: '/app/p', labels: ['live'] });
    meanwhile = async () => {
      meanwhile = async () => undefined;
      await put(store, '/app/p', 'two', { overwrite: true });
      await store.labelParameterVersion({ name: '/app/p', labels: ['live'] });
    };
    const page = () =>
      slow.store.getParametersByPath({ path: '/app', parameterFilters: [{ key: 'Label', values: ['live'] }] });
    expect((await page()).parameters.map(({ value }) => value)).toEqual(['two']);
    meanwhile = () => store.deleteParameter({ name: '/app/p' });
    expect((await page()).parameters).toEqual([]);
  });
});

describe.each<[string, () => ParameterStorage]>([
  ['memory', memoryStorage],
  ['LMDB', () => lmdbStorage(freshFolder())],
])('a change on %s of a parameter that is deleted and made again meanwhile', (_, makeStorage) => {
  const resource = { resourceType: 'Parameter', resourceId: 'p' } as const;

  it.each<[string, (store: ParameterStore) => Promise<unknown>, number]>([
    ['a new version', (store) => store.putParameter({ name: 'p', value: 'changed', overwrite: true }), 2],
    ['a label', (store) => store.labelParameterVersion({ name: 'p', labels: ['live'] }), 1],
    ['a tag', (store) => store.addTagsToResource({ ...resource, tags: [{ key: 'k', value: '' }] }), 1],
  ])('is of the new one: %s', async (_, change, version) => {
    const inner = makeStorage();
    const { store, keystore } = await openWorld({ storage: inner });
    let meanwhile = async () => {
      meanwhile = async () => undefined;
      await store.deleteParameter({ name: 'p' });
      await put(store, 'p', 'new', { tier: 'Advanced' });
    };
    const slow = await openWorld({
      keystore,
      storage: {
        ...inner,
        commit: async (changes) => {
          await meanwhile();
          await inner.commit(changes);
        },
      },
    });
    await put(store, 'p', 'old', { description: 'of the old one' });
    await change(slow.store);
    const { parameters } = await store.getParameterHistory({ name: 'p' });
    expect(parameters.map(({ value, tier }) => `${value} ${tier}`)).toEqual(
      ['new Advanced', 'changed Advanced'].slice(0, version),
    );
    expect(parameters.every(({ description }) => description === undefined)).toBe(true);
    await expectWhole(inner);
    await store.close();
  });
});

describe('a writer that others are always faster than', () => {
  it('gives up in the end, as AWS does, with nothing stored', async () => {
    const inner = memoryStorage();
    let attempts = 0;
    const storage: ParameterStorage = {
      ...inner,
      commit: async () => {
        attempts++;
        throw Object.assign(new Error('changed'), { code: 'STORAGE_CONFLICT' });
      },
    };
    const { store } = await openWorld({ storage });
    await ssmRefusal(
      () => put(store, 'p', 'v'),
      'TooManyUpdates',
      'There are concurrent updates for a resource that supports one update at a time.',
    );
    expect(attempts).toBe(MAX_ATTEMPTS);
    expect(await inner.list({ prefix: '' })).toEqual([]);
  });

  it('seals its value and compiles its pattern once, however often it tries', async () => {
    const inner = memoryStorage();
    let failures = 5;
    const storage: ParameterStorage = {
      ...inner,
      commit: async (changes) => {
        if (failures-- > 0) throw Object.assign(new Error('changed'), { code: 'STORAGE_CONFLICT' });
        await inner.commit(changes);
      },
    };
    let sealed = 0;
    const { keystore, another } = await openWorld({ storage });
    const { region, accountId } = keystore;
    const counting = await another({
      keystore: {
        region,
        accountId,
        decrypt: (request) => keystore.decrypt(request),
        generateDataKey: (request) => keystore.generateDataKey(request),
        encrypt: (request) => {
          sealed++;
          return keystore.encrypt(request);
        },
      },
    });
    const compile = vi.spyOn(RE2JS, 'compile');
    await put(counting, 'p', 'v', { type: 'SecureString', allowedPattern: '[v]' });
    expect(sealed).toBe(1);
    expect(compile.mock.calls).toEqual([['[v]']]);
    compile.mockRestore();
    expect(await opened(counting, 'p')).toBe('v');
  });
});

describe('processes on one folder', () => {
  it('eight that put and read at once lose nothing', { timeout: 600_000 }, async () => {
    const folder = freshFolder();
    const count = budget(10, 500);
    const children = Array.from({ length: 8 }, (_, i) => startWork(folder, `w${i}`, count));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(Array.from({ length: 8 }, () => 0));
    await expectAcknowledged(folder, children);
    const { store, close } = await openStoreAt(folder);
    const shared = await store.getParameter({ name: '/shared' });
    expect(shared.parameter.version).toBe(8 * Math.ceil(count / 25));
    await close();
  });

  it('that are killed leave a whole store, with every change that was acknowledged', { timeout: 900_000 }, async () => {
    const folder = freshFolder();
    const children: Worker[] = [];
    while (children.length < budget(10, 200)) {
      const pair = [0, 1].map((i) => startWork(folder, `k${children.length + i}`, 1_000_000));
      children.push(...pair);
      for (const child of pair) {
        await expect.poll(() => child.lines.length, { timeout: 60_000, interval: 1 }).toBeGreaterThan(2);
        await new Promise((resolve) => setTimeout(resolve, 150 * Math.random()));
        child.process.kill('SIGKILL');
      }
      await Promise.all(pair.map(({ ended }) => ended));
      await expectAcknowledged(folder, pair);
    }
    // Of those that were killed early nothing was lost later.
    expect(await expectAcknowledged(folder, children)).toBeGreaterThan(children.length);
  });

  it('that meet a store without seals seal all of it, and go on where one was killed', {
    timeout: 600_000,
  }, async () => {
    const folder = freshFolder();
    await makeWithoutSeals(folder, 1200);
    const killed: Worker[] = [];
    for (let round = 0; round < budget(3, 20); round++) {
      const pair = [0, 1].map((i) => startWork(folder, `s${round}-${i}`, 1_000_000));
      killed.push(...pair);
      await Promise.all(pair.map(({ firstLine }) => firstLine));
      await new Promise((resolve) => setTimeout(resolve, 30 * Math.random()));
      for (const child of pair) child.process.kill('SIGKILL');
      await Promise.all(pair.map(({ ended }) => ended));
    }
    const children = Array.from({ length: 4 }, (_, i) => startWork(folder, `e${i}`, 5));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expect(await expectAcknowledged(folder, [...killed, ...children])).toBeGreaterThan(1200);
    const { store, close } = await openStoreAt(folder);
    expect(await store.checkEntries()).toMatchObject({ unsealed: 0, refused: [] });
    expect(await opened(store, '/old/1199')).toBe('v');
    await close();
  });

  it('leave the value of a SecureString in no file in clear', async () => {
    const folder = freshFolder();
    const secret = 'correct horse battery staple';
    const { store, close } = await openStoreAt(folder);
    for (const tier of ['Standard', 'Advanced'] as const) {
      await put(store, `/${tier}`, secret, { type: 'SecureString', tier });
      await store.putParameter({ name: `/${tier}`, value: `${secret}!`, overwrite: true });
    }
    await put(store, '/plain', 'a String to find');
    await close();
    const bytes = Buffer.concat(filesBelow(folder).map((file) => readFileSync(file)));
    expect(bytes.includes('a String to find')).toBe(true);
    const utf8 = Buffer.from(secret);
    const base64 = [0, 1, 2].map((skip) => Buffer.from(utf8.subarray(skip, skip + 24).toString('base64')));
    for (const form of [utf8, Buffer.from(secret, 'utf16le'), Buffer.from(secret, 'utf16le').swap16(), ...base64]) {
      expect(bytes.includes(form)).toBe(false);
    }
  });
});

/** Makes a store as a release without seals left it. */
async function makeWithoutSeals(folder: string, count: number): Promise<void> {
  const { store, close } = await openStoreAt(folder);
  for (let at = 0; at < count; at += 400) {
    const names = Array.from({ length: 400 }, (_, i) => `/old/${at + i}`);
    await store.importParameters(names.map((name) => ({ name, value: 'v', type: 'String' })));
  }
  await close();
  const [keys, storage] = [lmdbKeystoreStorage(folder), lmdbStorage(folder)];
  await overwriteState(keys, ({ entries: _, ...state }) => state);
  await stripSeals(storage);
  await Promise.all([keys.close(), storage.close()]);
}

async function deleteAll(store: ParameterStore, at: number): Promise<void> {
  for (let i = 0; i < 40; i += 10) {
    await store.deleteParameters({ names: Array.from({ length: 10 }, (_, j) => `/n/${at}/${i + j}`) });
  }
}

/** A process that works, by the name of its own parameters. */
interface Worker extends Child {
  readonly name: string;
}

function startWork(folder: string, name: string, count: number): Worker {
  return { ...startChild(scripts, 'work', [folder, name, String(count)]), name };
}

/** Checks the store, and that all is in it which was acknowledged. Gives the number of parameters. */
async function expectAcknowledged(folder: string, children: readonly Worker[]): Promise<number> {
  expect(existsSync(folder)).toBe(true);
  const { store, storage, close } = await openStoreAt(folder);
  const heads = await expectWhole(storage);
  for (const { lines } of children) {
    // The last change may have been made, and its line not have been printed.
    const deleted = new Set(lines.flatMap((line) => /^delete (.*)$/.exec(line)?.[1] ?? []));
    for (const line of lines) {
      const [what, name = '', version = ''] = line.split(' ');
      const head = heads.get(name);
      if (what === 'delete') expect(head, line).toBeUndefined();
      else if (what === 'put' && !deleted.has(name) && !isLast(lines, name)) {
        expect(head?.current.version, line).toBeGreaterThanOrEqual(Number(version));
      } else if (what === 'label')
        expect((await store.getParameter({ name: `${name}:first` })).parameter.version).toBe(1);
    }
  }
  for (const { name: owner } of children) {
    for (const [name] of heads) if (name.startsWith(`/own/${owner}/`)) expect(await opened(store, name)).toBe(name);
  }
  await close();
  return heads.size;
}

/** Whether a parameter is the last that a process worked on, and may be deleted without a line. */
function isLast(lines: readonly string[], name: string): boolean {
  return /7$/.test(name) && lines.at(-1) === `put ${name} 1`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
