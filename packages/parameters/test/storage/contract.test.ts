/** Every storage keeps the contract; the checks themselves find out those that do not. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { storageContract } from '../../src/storage/contract.ts';
import { memoryStorage } from '../../src/storage/memory-storage.ts';
import type { Change, ParameterStorage, StoredEntry } from '../../src/storage/storage.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-contract-'));
let made = 0;
afterAll(() => rmSync(root, { recursive: true }));

describe.each<[string, () => ParameterStorage]>([
  ['memoryStorage', memoryStorage],
  ['lmdbStorage', () => lmdbStorage(join(root, String(made++)))],
])('%s', (_, makeStorage) => {
  it.each(storageContract.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
    await rule.check(async () => makeStorage());
  });
});

describe('the contract', () => {
  /** Storages with one fault each. */
  const faults: Readonly<Record<string, (inner: ParameterStorage) => Partial<ParameterStorage>>> = {
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

  it('needs no folder that is there: a storage makes its own', async () => {
    mkdirSync(join(root, 'sub'));
    const storage = lmdbStorage(join(root, 'sub', 'a.b'));
    expect(await storage.get('x')).toBeUndefined();
    await storage.close();
  });
});
