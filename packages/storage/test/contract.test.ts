/** Every storage keeps the contract; the checks themselves find out those that do not. */

import { describe, expect, it } from 'vitest';
import { type Change, type EntryStorage, memoryStorage, type StoredEntry } from '../src/index.ts';
import { storageContract } from '../src/testing.ts';

describe('memoryStorage', () => {
  it.each(storageContract.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
    await rule.check(async () => memoryStorage());
  });
});

describe('the contract', () => {
  /** Storages with one fault each. */
  const faults: Readonly<Record<string, (inner: EntryStorage) => Partial<EntryStorage>>> = {
    'loses entries': () => ({ get: async () => undefined }),
    'gives everybody the same bytes': (inner) => {
      const known = new Map<string, Uint8Array>();
      return {
        get: async (key) => {
          const entry = await inner.get(key);
          if (entry === undefined) return undefined;
          if (!known.has(key)) known.set(key, entry.value);
          return { ...entry, value: known.get(key) as Uint8Array };
        },
      };
    },
    'lists backwards': (inner) => ({ list: async (request) => (await inner.list(request)).toReversed() }),
    'lists without regard to the prefix': (inner) => ({ list: (request) => inner.list({ ...request, prefix: '' }) }),
    'lists without regard to after': (inner) => ({ list: ({ after: _, ...request }) => inner.list(request) }),
    'lists the entry that others come after': (inner) => ({
      list: async (request) => {
        const first = request.after?.startsWith(request.prefix) ? await inner.get(request.after) : undefined;
        return [...(first ? [first] : []), ...(await inner.list(request))];
      },
    }),
    'lists without regard to the limit': (inner) => ({ list: ({ limit: _, ...request }) => inner.list(request) }),
    'overwrites whatever is there': (inner) => ({
      commit: async (changes) => {
        const current = (key: string) => inner.get(key).then((entry) => entry?.version ?? 0);
        const now: Change[] = [];
        for (const change of changes) now.push({ ...change, expectedVersion: await current(change.key) });
        await inner.commit(now);
      },
    }),
    'commits one change after another': (inner) => ({
      commit: async (changes) => {
        for (const change of changes) await inner.commit([change]);
      },
    }),
    'forgets the demand for absence': (inner) => ({
      commit: (changes) =>
        inner.commit(changes.filter(({ value, expectedVersion }) => value !== undefined || expectedVersion > 0)),
    }),
    'checks before it waits': (inner) => ({
      commit: async (changes) => {
        for (const { key, expectedVersion } of changes) {
          if (((await inner.get(key))?.version ?? 0) !== expectedVersion) {
            throw Object.assign(new Error(), { code: 'STORAGE_CONFLICT' });
          }
        }
        await new Promise(setImmediate);
        const now: Change[] = [];
        for (const change of changes) {
          now.push({ ...change, expectedVersion: (await inner.get(change.key))?.version ?? 0 });
        }
        await inner.commit(now);
      },
    }),
    'begins at the same version after a deletion': (inner) => {
      const first = new Map<string, number>();
      const before = (key: string) => (first.get(key) ?? 0) - 1;
      const shown = (entry: StoredEntry) => ({ ...entry, version: entry.version - before(entry.key) });
      return {
        get: async (key) => {
          const entry = await inner.get(key);
          return entry && shown(entry);
        },
        list: async (request) => (await inner.list(request)).map(shown),
        commit: async (changes) => {
          await inner.commit(
            changes.map(({ key, value, expectedVersion: at }) => ({
              key,
              value,
              expectedVersion: at && at + before(key),
            })),
          );
          for (const { key, expectedVersion } of changes) {
            if (expectedVersion === 0) first.set(key, (await inner.get(key))?.version ?? 0);
          }
        },
      };
    },
    'stays open': () => ({ close: async () => undefined }),
    'cannot be closed twice': (inner) => {
      let closed = false;
      return {
        close: async () => {
          if (closed) throw new Error('closed');
          closed = true;
          await inner.close();
        },
      };
    },
  };

  it.each(Object.entries(faults))('finds out a storage that %s', async (_, fault) => {
    const broken = async () => {
      const inner = memoryStorage();
      return { ...inner, ...fault(inner) };
    };
    const outcomes = await Promise.allSettled(storageContract.map((rule) => rule.check(broken)));
    expect(outcomes.map(({ status }) => status)).toContain('rejected');
  });

  /** The names of the rules that a storage breaks. */
  async function brokenRules(
    open: () => Promise<EntryStorage>,
    reopen?: (storage: EntryStorage) => Promise<EntryStorage>,
  ): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(storageContract.map((rule) => rule.check(open, reopen)));
    return storageContract.flatMap(({ rule }, at) => (outcomes[at]?.status === 'rejected' ? [rule] : []));
  }

  const BESIDE_A_WRITER = 'shows its readers all of a commit or nothing of it, while it is written';
  const REOPENED = 'keeps everything when it is closed and opened again, the versions too';
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  const microtask = () => Promise.resolve();

  it.each([
    ['in turns', pause],
    ['in steps', microtask],
  ])('finds out a list that shows two moments, %s', async (_, wait) => {
    const torn = async (): Promise<EntryStorage> => {
      const inner = memoryStorage();
      return {
        ...inner,
        list: async (request) => {
          const earlier = await inner.list(request);
          await wait();
          const later = await inner.list(request);
          const half = earlier[Math.floor(earlier.length / 2)]?.key ?? '';
          return [...earlier.filter(({ key }) => key < half), ...later.filter(({ key }) => key >= half)];
        },
      };
    };
    expect(await brokenRules(torn)).toEqual([BESIDE_A_WRITER]);
  });

  it.each([
    ['in turns', pause],
    ['in steps', microtask],
  ])('finds out a commit that is applied in pieces, %s', async (_, wait) => {
    const torn = async (): Promise<EntryStorage> => {
      const inner = memoryStorage();
      let tail: Promise<unknown> = Promise.resolve();
      const inPieces = async (changes: readonly Change[]) => {
        const half = Math.ceil(changes.length / 2);
        for (const { key, expectedVersion } of changes) {
          const version = (await inner.get(key))?.version ?? 0;
          if (version !== expectedVersion) throw Object.assign(new Error(), { code: 'STORAGE_CONFLICT' });
        }
        await inner.commit(changes.slice(0, half));
        await wait();
        await inner.commit(changes.slice(half));
      };
      return {
        ...inner,
        // One commit after another, so that no writer sees half of another one's.
        commit: (changes) => {
          const own = changes.map((change) => ({ ...change, value: change.value?.slice() }));
          const done = tail.then(() => inPieces(own));
          tail = done.catch(() => undefined);
          return done;
        },
        close: async () => {
          await tail;
          await inner.close();
        },
      };
    };
    expect(await brokenRules(torn)).toContain(BESIDE_A_WRITER);
  });

  it.each<[string, (place: EntryStorage) => Promise<EntryStorage>]>([
    ['everything', async () => memoryStorage()],
    [
      'the last commits',
      async (place) => {
        const entries = await place.list({ prefix: '' });
        const kept = memoryStorage();
        await kept.commit(entries.slice(0, -1).map(({ key, value }) => ({ key, value, expectedVersion: 0 })));
        return kept;
      },
    ],
    [
      'which versions there were',
      async (place) => {
        const entries = await place.list({ prefix: '' });
        const kept = memoryStorage();
        await kept.commit(entries.map(({ key, value }) => ({ key, value, expectedVersion: 0 })));
        return kept;
      },
    ],
  ])('finds out a storage that forgets %s on reopening', async (_, copy) => {
    /** A place outlives its storages, which close nothing. */
    const places = new Map<EntryStorage, EntryStorage>();
    const over = (place: EntryStorage): EntryStorage => {
      let closed = false;
      const requireOpen = async () => {
        if (closed) throw new Error('closed');
      };
      const storage: EntryStorage = {
        get: (key) => requireOpen().then(() => place.get(key)),
        list: (request) => requireOpen().then(() => place.list(request)),
        commit: (changes) => (closed ? Promise.reject(new Error('closed')) : place.commit(changes)),
        close: async () => {
          closed = true;
        },
      };
      places.set(storage, place);
      return storage;
    };
    const isClosed = (storage: EntryStorage) =>
      storage.get('key').then(
        () => false,
        () => true,
      );
    const placeOf = (storage: EntryStorage) => places.get(storage) ?? memoryStorage();
    const faultless = async (storage: EntryStorage) => over(placeOf(storage));
    const forgetful = async (storage: EntryStorage) =>
      over((await isClosed(storage)) ? await copy(placeOf(storage)) : placeOf(storage));
    expect(await brokenRules(async () => over(memoryStorage()), faultless)).toEqual([]);
    expect(await brokenRules(async () => over(memoryStorage()), forgetful)).toEqual([REOPENED]);
  });
});

it('memoryStorage refuses what it does not know, in its bounds too', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ bound: {} }, 'memoryStorage knows no "bound". It takes bounds.'],
    [{ bounds: { valuesLength: 1 } }, 'bounds knows no "valuesLength". It takes valueLength, changes, commitLength.'],
    [{ bounds: { valueLength: 1, changes: 1 } }, 'bounds.commitLength must be a number, not undefined.'],
    [null, 'memoryStorage takes an object, not null.'],
  ];
  for (const [options, text] of wrong) expect(() => memoryStorage(options as never)).toThrow(new TypeError(text));
});
