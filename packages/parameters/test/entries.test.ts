/** Entries that carry seals: what an attacker with write access to the storage can and cannot do, and older stores. */

import { readFileSync } from 'node:fs';
import { type KeystoreStorage, memoryStorage as keystoreMemory, openKeystore } from '@securestring/keystore';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { insecureDeterministicKeystore } from '@securestring/keystore/testing';
import { describe, expect, it } from 'vitest';
import { decodeSealed } from '../src/entries/seal.ts';
import {
  memoryStorage,
  openParameterStore,
  type ParameterKeystore,
  type ParameterStorage,
  type ParameterStore,
  type StoredEntry,
} from '../src/index.ts';
import { labelsCodec, tagsCodec } from '../src/state/codec.ts';
import {
  copyRecords,
  noChange,
  opened,
  openWorld,
  plant,
  policies,
  put,
  recordsOf,
  refusal,
  rootKey,
  START,
  stripSeals,
  thrownBy,
  type World,
} from './support.ts';

const unlock = { rootKey };

/** The entries of a storage as they are, with their seals. */
const all = (storage: ParameterStorage) => storage.list({ prefix: '' });

async function raw(storage: ParameterStorage, key: string): Promise<Uint8Array> {
  return (await storage.get(key))?.value ?? expect.fail(`${key} is not there`);
}

/** A parameter of every kind of entry. */
async function furnished(): Promise<World> {
  const world = await openWorld();
  const { store } = world;
  await put(store, '/app/host', 'one', { tags: [{ key: 'team', value: 'blue' }] });
  await put(store, '/app/host', 'two', { overwrite: true });
  await store.labelParameterVersion({ name: '/app/host', parameterVersion: 1, labels: ['live'] });
  await put(store, '/app/port', '1', { tier: 'Advanced', policies: policies(noChange(100)) });
  await store.updateServiceSetting({
    settingId: '/ssm/parameter-store/default-parameter-tier',
    settingValue: 'Advanced',
  });
  return world;
}

const host = { name: '/app/host' };
const resource = { resourceType: 'Parameter', resourceId: '/app/host' } as const;
const KINDS: readonly (readonly [what: string, key: string, read: (store: ParameterStore) => Promise<unknown>])[] = [
  ['a head', 'p/app/host', (store) => store.getParameter(host)],
  ['an older version', 'v/app/host 00000001', (store) => store.getParameter({ name: '/app/host:1' })],
  ['labels', 'l/app/host 1', (store) => store.getParameterHistory(host)],
  ['tags', 't/app/host', (store) => store.listTagsForResource(resource)],
  ['a due policy', `d/${String(START + 360_000_000).padStart(16, '0')}/app/port`, (store) => store.runPolicies()],
  ['the counts', 'counts', (store) => put(store, '/new', 'v')],
  [
    'the settings',
    'settings',
    (store) => store.getServiceSetting({ settingId: '/ssm/parameter-store/default-parameter-tier' }),
  ],
];

describe('an entry that was changed behind the store', () => {
  it('is one of these, each of which carries a seal', async () => {
    const { storage } = await furnished();
    const keys = (await all(storage)).map(({ key }) => key);
    expect(keys.toSorted()).toEqual([...KINDS.map(([, key]) => key), 'p/app/port', 'seal'].toSorted());
    for (const { value } of await all(storage)) expect(decodeSealed(value)?.seal).toHaveLength(32);
  });

  it.each(KINDS)('is refused by its name, and nothing is changed: %s', async (_, key, read) => {
    const { storage, another } = await furnished();
    const value = await raw(storage, key);
    const forgeries = {
      'a bit of the record': Uint8Array.from(value, (byte, at) => (at === value.length - 1 ? byte ^ 1 : byte)),
      'a bit of the seal': Uint8Array.from(value, (byte, at) => (at === 5 ? byte ^ 1 : byte)),
      'no seal': decodeSealed(value)?.record.slice() ?? value,
      'cut short': value.slice(0, 20),
      'an empty one': new Uint8Array(),
      'another entry': await raw(storage, 'p/app/port'),
    };
    for (const [what, forged] of Object.entries(forgeries)) {
      await plant(storage, key, forged);
      const before = await all(storage);
      for (const store of [await another(), await another({ acceptUnsealed: true })]) {
        const error = await refusal(() => read(store), 'STORE_TAMPERED');
        expect(error.message, what).toContain(
          `The entry ${JSON.stringify(key)} of the parameter store is not authentic: `,
        );
        const { refused } = await store.checkEntries();
        expect(refused).toEqual([{ key, message: error.message }]);
      }
      expect(await all(storage)).toEqual(before);
    }
    await plant(storage, key, value);
    await read(await another());
  });

  it('is refused where a store has read it before, too', async () => {
    const { store, storage } = await furnished();
    await opened(store, '/app/host');
    await plant(storage, 'p/app/host', await raw(storage, 'p/app/port'));
    await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED');
    await refusal(() => put(store, '/app/host', 'v', { overwrite: true }), 'STORE_TAMPERED');
    await refusal(() => store.deleteParameter(host), 'STORE_TAMPERED');
  });

  it('is refused under the name of a parameter that there is not: renamed, or planted', async () => {
    const { store, storage } = await furnished();
    const head = await raw(storage, 'p/app/host');
    for (const planted of [head, decodeSealed(head)?.record as Uint8Array]) {
      await plant(storage, 'p/app/NODE_OPTIONS', planted);
      for (const read of [
        () => store.getParameter({ name: '/app/NODE_OPTIONS' }),
        () => store.getParameters({ names: ['/app/port', '/app/NODE_OPTIONS'] }),
        () => store.getParametersByPath({ path: '/app' }),
        () => store.getParametersByPath({ path: '/', recursive: true }),
        () => store.describeParameters(),
      ]) {
        expect((await refusal(read, 'STORE_TAMPERED')).message).toContain('"p/app/NODE_OPTIONS"');
      }
    }
  });

  it('is refused where labels or tags are of another parameter, or added to one that has none', async () => {
    const { store, storage } = await furnished();
    await plant(storage, 't/app/port', await raw(storage, 't/app/host'));
    await refusal(() => store.listTagsForResource({ ...resource, resourceId: '/app/port' }), 'STORE_TAMPERED');
    await plant(storage, 't/app/port', tagsCodec.encode([{ key: 'team', value: 'red' }]));
    await refusal(() => store.listTagsForResource({ ...resource, resourceId: '/app/port' }), 'STORE_TAMPERED');
    await plant(storage, 'l/app/port 1', labelsCodec.encode([{ label: 'live', version: 1 }]));
    await refusal(() => store.getParameter({ name: '/app/port:live' }), 'STORE_TAMPERED');
  });

  it('is not found out where it is an older state of itself, or missing: what SECURITY.md says', async () => {
    const { store, storage } = await furnished();
    const before = await raw(storage, 'p/app/port');
    await put(store, '/app/port', '2', { overwrite: true });
    await plant(storage, 'p/app/port', before);
    expect(await opened(store, '/app/port')).toBe('1');
    await plant(storage, 't/app/host', undefined);
    expect((await store.listTagsForResource(resource)).tagList).toEqual([]);
  });
});

describe('a storage', () => {
  it('whose seals were all left out does not pass for one of an older release', async () => {
    const { storage, another } = await furnished();
    await stripSeals(storage);
    const store = await another();
    expect((await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED')).message).toContain('carries no seal');
    expect((await refusal(() => put(store, '/new', 'v', { tier: 'Standard' }), 'STORE_TAMPERED')).message).toContain(
      '"counts"',
    );
    const { refused, entries } = await store.checkEntries();
    expect(refused).toHaveLength(entries);
    expect(entries).toBe(8);
  });

  it('without its name is refused, and gets no other', async () => {
    const { storage, another } = await furnished();
    await plant(storage, 'seal', undefined);
    const store = await another();
    await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED');
    await refusal(
      () =>
        store.updateServiceSetting({
          settingId: '/ssm/parameter-store/default-parameter-tier',
          settingValue: 'Standard',
        }),
      'STORE_TAMPERED',
    );
    expect(await storage.get('seal')).toBeUndefined();
  });

  it('of the same keystore has other seals: what belongs to one is refused in the other', async () => {
    const world = await furnished();
    const storage = memoryStorage();
    const other = await world.another({ storage });
    await put(other, '/app/host', 'of the other');
    await plant(storage, 'p/app/host', await raw(world.storage, 'p/app/host'));
    await refusal(() => opened(other, '/app/host'), 'STORE_TAMPERED');
    await plant(storage, 'seal', await raw(world.storage, 'seal'));
    // Under the other's name its own entries are refused.
    const store = await world.another({ storage });
    await refusal(() => put(store, '/new', 'v'), 'STORE_TAMPERED');
  });

  it('that is new is named by the first write, once, however many write at once', async () => {
    const storage = memoryStorage();
    const { store, another } = await openWorld({ storage });
    const stores = [store, await another(), await another()];
    expect((await store.getParametersByPath({ path: '/' })).parameters).toEqual([]);
    expect(await all(storage)).toEqual([]);
    await Promise.all(stores.flatMap((one, at) => [put(one, `/a/${at}`, 'v'), put(one, `/b/${at}`, 'v')]));
    for (const one of stores) expect((await one.getParametersByPath({ path: '/a' })).parameters).toHaveLength(3);
    expect(await store.checkEntries()).toEqual({ entries: 8, unsealed: 0, refused: [] });
  });

  it('keeps its seals when it is copied whole, whatever versions the copy gives', async () => {
    const { storage, another } = await furnished();
    const copy = memoryStorage();
    await copy.commit((await all(storage)).map(({ key, value }) => ({ key, value, expectedVersion: 0 })));
    const store = await another({ storage: copy });
    expect(await opened(store, '/app/host:live')).toBe('one');
    expect((await store.checkEntries()).refused).toEqual([]);
  });

  it('is opened by the keystore with another root key', async () => {
    const keys = keystoreMemory();
    const keystore = await openKeystore({ storage: keys, unlock });
    const { store, storage } = await openWorld({ keystore });
    await put(store, '/p', 'v', { type: 'SecureString' });
    await keystore.rotateRootKey({ unlocks: [{ rootKey: new Uint8Array(32).fill(8) }] });
    await put(store, '/p', 'w', { overwrite: true });
    const again = await openKeystore({ storage: keys, unlock: { rootKey: new Uint8Array(32).fill(8) } });
    const later = await openParameterStore({ keystore: again, storage });
    expect([await opened(later, '/p:1'), await opened(later, '/p')]).toEqual(['v', 'w']);
  });
});

describe('a keystore that makes no seals', () => {
  const plain = ({ keystore }: World): ParameterKeystore => {
    const { [ENTRY_SEALS]: _, ...rest } = keystore;
    return rest;
  };

  it('leaves entries without seals', async () => {
    const world = await openWorld();
    const store = await world.another({ keystore: plain(world) });
    await put(store, '/p', 'v', { type: 'SecureString' });
    expect(await opened(store, '/p')).toBe('v');
    expect((await all(world.storage)).every(({ value }) => decodeSealed(value) === undefined)).toBe(true);
    expect(await store.checkEntries()).toEqual({ entries: 2, unsealed: 2, refused: [] });
  });

  it('reads and writes nothing where entries have seals', async () => {
    const world = await furnished();
    const store = await world.another({ keystore: plain(world) });
    const before = await all(world.storage);
    expect((await refusal(() => opened(store, '/app/host'), 'STORE_RECORD')).message).toContain('cannot check seals');
    await refusal(() => put(store, '/new', 'v', { tier: 'Advanced' }), 'STORE_RECORD');
    expect((await store.checkEntries()).refused).toHaveLength(before.length);
    expect(await all(world.storage)).toEqual(before);
  });

  it('is a copy of the keystore no longer, where it has its members', async () => {
    const world = await furnished();
    expect(await opened(await world.another({ keystore: { ...world.keystore } }), '/app/host')).toBe('two');
  });
});

describe('a store of a release that made no seals', () => {
  /** What such a release wrote. */
  const { document, entries } = JSON.parse(
    readFileSync(new URL('./fixtures/bare-store.json', import.meta.url), 'utf8'),
  ) as { readonly document: string; readonly entries: readonly (readonly [string, string])[] };

  interface Older {
    readonly keys: KeystoreStorage;
    readonly storage: ParameterStorage;
    /** How many commits go through before the process is killed. */
    killAfter(commits: number): void;
    open(options?: { readonly acceptUnsealed?: boolean; readonly storage?: ParameterStorage }): Promise<ParameterStore>;
  }

  async function older(copies = 1): Promise<Older> {
    const keys = keystoreMemory();
    await keys.replace(Buffer.from(document, 'base64'), 0);
    const storage = memoryStorage();
    for (let copy = 0; copy < copies; copy++) {
      await storage.commit(
        entries
          .filter(([key]) => copy === 0 || key.startsWith('p/'))
          .map(([key, value]) => ({
            key: copy === 0 ? key : `${key}${copy}`,
            value: Buffer.from(value, 'base64'),
            expectedVersion: 0,
          })),
      );
    }
    let left = Number.POSITIVE_INFINITY;
    const counted =
      <Args extends readonly unknown[]>(commit: (...args: Args) => Promise<void>) =>
      async (...args: Args) => {
        if (left-- <= 0) throw new Error('killed');
        await commit(...args);
      };
    return {
      keys,
      storage,
      killAfter: (commits) => {
        left = commits;
      },
      open: async (options = {}) => {
        const keystore = await openKeystore({
          storage: { ...keys, replace: counted(keys.replace) },
          unlock,
          clock: () => START,
        });
        return openParameterStore({
          keystore,
          clock: () => START,
          storage: { ...storage, commit: counted(storage.commit) },
          ...options,
        });
      },
    };
  }

  async function expectItsValues(store: ParameterStore): Promise<void> {
    expect(await opened(store, '/app/db/password')).toBe('second');
    expect(await opened(store, '/app/db/password:live')).toBe('first');
    expect((await store.getParametersByPath({ path: '/app' })).parameters.map(({ value }) => value)).toEqual([
      'db.example',
      'a,b',
    ]);
    const tags = await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/app/db/password' });
    expect(tags.tagList).toEqual([{ key: 'team', value: 'blue' }]);
  }

  const bare = async (storage: ParameterStorage): Promise<readonly StoredEntry[]> =>
    (await all(storage)).filter(({ value }) => decodeSealed(value) === undefined);

  it('is read as it is, and reading changes nothing', async () => {
    const { storage, keys, open } = await older();
    const [before, document] = [await all(storage), await keys.read()];
    const store = await open();
    await expectItsValues(store);
    expect(await store.checkEntries()).toEqual({ entries: entries.length, unsealed: entries.length, refused: [] });
    expect(await all(storage)).toEqual(before);
    expect(await keys.read()).toEqual(document);
  });

  it('is sealed by the first write, all of it', async () => {
    const { storage, open } = await older();
    const store = await open();
    await put(store, '/zoo', 'v', { tier: 'Standard' });
    expect(await bare(storage)).toEqual([]);
    await expectItsValues(store);
    await expectItsValues(await open());
    await stripSeals(storage);
    await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED');
    await refusal(async () => opened(await open(), '/app/host'), 'STORE_TAMPERED');
  });

  it('is sealed in commits that a storage takes, and each entry once', async () => {
    const { storage, open } = await older(600);
    const lengths: number[] = [];
    const store = await open({
      storage: {
        ...storage,
        commit: async (changes) => {
          lengths.push(changes.length);
          await storage.commit(changes);
        },
      },
    });
    const before = (await all(storage)).length;
    await put(store, '/zoo', 'v', { tier: 'Standard' });
    expect(Math.max(...lengths)).toBe(500);
    // The name, every entry, the name's seal, and the parameter with the counts.
    expect(lengths.reduce((sum, length) => sum + length)).toBe(1 + before + 1 + 2);
    expect(await bare(storage)).toEqual([]);
  });

  it('that was killed while it was sealed is read, and goes on with the next write', async () => {
    for (let commits = 0; commits <= 8; commits++) {
      const { storage, open, killAfter } = await older(600);
      const first = await open();
      killAfter(commits);
      expect(String(await thrownBy(() => put(first, '/zoo', 'v', { tier: 'Standard' })))).toContain('killed');
      killAfter(Number.POSITIVE_INFINITY);
      const second = await open();
      await expectItsValuesAmong(second);
      await put(second, '/zoo', 'v', { tier: 'Standard' });
      expect(await bare(storage)).toEqual([]);
      expect((await second.checkEntries()).refused).toEqual([]);
      // Until all was done, the other one reads what is there.
      await expectItsValuesAmong(first);
    }
  });

  async function expectItsValuesAmong(store: ParameterStore): Promise<void> {
    expect(await opened(store, '/app/db/password')).toBe('second');
    expect(await opened(store, '/app/host')).toBe('db.example');
    expect(await opened(store, '/app/host599')).toBe('db.example');
  }

  it('is sealed once where several write to it at once, and nothing is lost', async () => {
    const { storage, open } = await older(600);
    const stores = [await open(), await open(), await open()];
    const reader = await open();
    let done = false;
    const reading = (async () => {
      while (!done) {
        await expectItsValuesAmong(reader);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all(stores.map((store, at) => put(store, `/new/${at}`, 'v', { tier: 'Standard' })));
    done = true;
    await reading;
    expect(await bare(storage)).toEqual([]);
    for (const store of stores) expect((await store.getParametersByPath({ path: '/new' })).parameters).toHaveLength(3);
  });

  it('is sealed under the key of its keystore once: another storage of that kind is refused unless it is accepted', async () => {
    const { storage, open } = await older();
    const second = memoryStorage();
    await second.commit((await all(storage)).map(({ key, value }) => ({ key, value, expectedVersion: 0 })));
    await put(await open(), '/zoo', 'v', { tier: 'Standard' });
    const store = await open({ storage: second });
    await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED');
    await refusal(() => put(store, '/zoo', 'v'), 'STORE_TAMPERED');
    expect(await bare(second)).toHaveLength(entries.length);
    const accepting = await open({ storage: second, acceptUnsealed: true });
    await expectItsValues(accepting);
    await put(accepting, '/zoo', 'v', { tier: 'Standard' });
    expect(await bare(second)).toEqual([]);
    await expectItsValues(await open({ storage: second }));
    // From then on the option accepts no more than others do.
    await plant(
      second,
      'p/app/planted',
      Buffer.from(entries.find(([key]) => key === 'p/app/host')?.[1] ?? '', 'base64'),
    );
    await refusal(() => opened(accepting, '/app/planted'), 'STORE_TAMPERED');
    await refusal(
      async () => opened(await open({ storage: second, acceptUnsealed: true }), '/app/planted'),
      'STORE_TAMPERED',
    );
  });

  it('whose keystore is put back to before the seals is refused', async () => {
    const { storage, keys, open } = await older();
    await put(await open(), '/zoo', 'v', { tier: 'Standard' });
    const replaced = keystoreMemory();
    await replaced.replace(Buffer.from(document, 'base64'), 0);
    expect(await replaced.read()).not.toEqual(await keys.read());
    const store = await openParameterStore({ keystore: await openKeystore({ storage: replaced, unlock }), storage });
    expect((await refusal(() => opened(store, '/app/host'), 'STORE_TAMPERED')).message).toContain(
      'no key for seals yet',
    );
  });
});

describe('a deterministic keystore', () => {
  it('reads in another process what it sealed in one', async () => {
    const storage = memoryStorage();
    const open = async (seed: string) =>
      openParameterStore({ keystore: await insecureDeterministicKeystore({ seed }), storage });
    await put(await open('fixtures'), '/p', 'v');
    expect(await opened(await open('fixtures'), '/p')).toBe('v');
    await refusal(async () => opened(await open('others'), '/p'), 'STORE_TAMPERED');
  });
});

describe('records of one world', () => {
  it('are read in another once they are sealed there', async () => {
    const [one, other] = [await furnished(), await openWorld()];
    await copyRecords(one, other);
    expect(await opened(other.store, '/app/host:live')).toBe('one');
    expect((await recordsOf(other).list({ prefix: 'p/' })).map(({ key }) => key)).toEqual(['p/app/host', 'p/app/port']);
  });
});
