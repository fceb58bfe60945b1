/** Both storages against a plain model, with arbitrary keys and commits. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, ListRequest, ParameterStorage, StoredEntry } from '@securestring/parameters';
import { memoryStorage } from '@securestring/parameters';
import { LOCAL_BOUNDS } from '@securestring/storage';
import { budget } from '@securestring/test-support/budget';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbStorage } from '../src/lmdb-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-model-'));
let made = 0;
afterAll(() => rmSync(root, { recursive: true }));

const character = fc.oneof(
  fc.constantFrom('a', 'b', '/', ' ', '~'),
  fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
);
const key = fc.oneof(
  { weight: 9, arbitrary: fc.array(character, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
  fc.nat({ max: 1499 }).map((length) => 'a'.repeat(length + 1)),
);
const value = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined, freq: 3 });
const commit = fc.uniqueArray(fc.record({ key, value, wrong: fc.integer({ min: -19, max: 1 }) }), {
  selector: (change) => change.key,
  maxLength: 6,
});
const list = fc.record(
  { prefix: fc.oneof(fc.constant(''), key), after: key, limit: fc.nat({ max: 5 }) },
  { requiredKeys: ['prefix'] },
);
const step = fc.oneof(
  { weight: 2, arbitrary: commit.map((changes) => ({ changes })) },
  list.map((request) => ({ request })),
);

/**
 * The contract in its plainest words. Which versions there are it learns from the storage, and that none comes twice.
 */
class Model {
  entries: readonly StoredEntry[] = [];
  readonly #versions = new Set<string>();

  async commit(changes: readonly Change[], versionIn: (key: string) => Promise<number>): Promise<boolean> {
    const versionOf = (name: string) => this.entries.find((entry) => entry.key === name)?.version ?? 0;
    if (changes.some((change) => versionOf(change.key) !== change.expectedVersion)) return false;
    const kept = this.entries.filter((entry) => !changes.some((change) => change.key === entry.key));
    const written: StoredEntry[] = [];
    for (const { key, value } of changes) {
      if (value === undefined) continue;
      const version = await versionIn(key);
      expect(this.#versions).not.toContain(`${version} ${key}`);
      this.#versions.add(`${version} ${key}`);
      written.push({ key, value, version });
    }
    this.entries = [...kept, ...written].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    return true;
  }

  list({ prefix, after, limit = 1000 }: ListRequest): readonly StoredEntry[] {
    const behind = (entry: StoredEntry) =>
      after === undefined || Buffer.compare(Buffer.from(entry.key), Buffer.from(after)) > 0;
    return this.entries.filter((entry) => entry.key.startsWith(prefix) && behind(entry)).slice(0, limit);
  }
}

describe.each<[string, () => ParameterStorage, number]>([
  ['memoryStorage', memoryStorage, budget(100, 5000)],
  ['lmdbStorage', () => lmdbStorage(join(root, String(made++))), budget(15, 500)],
])('%s', (_, makeStorage, numRuns) => {
  it('does what the model does', { timeout: budget(180_000, 600_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const storage = makeStorage();
        const model = new Model();
        for (const each of steps) {
          if ('request' in each) {
            expect(await storage.list(each.request as ListRequest)).toEqual(model.list(each.request as ListRequest));
            continue;
          }
          const changes = each.changes.map(({ key, value, wrong }) => {
            const version = model.entries.find((entry) => entry.key === key)?.version ?? 0;
            return { key, value, expectedVersion: wrong === 1 ? version + 1 : version };
          });
          const outcome = await storage.commit(changes).then(
            () => true,
            (error: { code?: unknown }) => error.code !== 'STORAGE_CONFLICT' && error,
          );
          expect(outcome).toBe(await model.commit(changes, async (key) => (await storage.get(key))?.version ?? 0));
          for (const { key } of changes) {
            expect(await storage.get(key)).toEqual(model.entries.find((entry) => entry.key === key));
          }
        }
        expect(await storage.list({ prefix: '' })).toEqual(model.entries);
        await storage.close();
      }),
      { numRuns },
    );
  });

  it('refuses what the contract has no room for, as misuse, and changes nothing', async () => {
    const storage = makeStorage();
    const change = (parts: object) => [{ key: 'key', value: new Uint8Array(1), expectedVersion: 0, ...parts }];
    const misuses: readonly [readonly object[], ErrorConstructor][] = [
      [change({ key: '' }), RangeError],
      [change({ key: 'k'.repeat(1501) }), RangeError],
      [change({ key: 'é' }), RangeError],
      [change({ key: 'a\n' }), RangeError],
      [change({ key: 1 }), TypeError],
      [change({ value: 'text' }), TypeError],
      [change({ value: new Uint8Array(65_537) }), RangeError],
      [change({ expectedVersion: -1 }), RangeError],
      [change({ expectedVersion: 0.5 }), RangeError],
      [[...change({}), ...change({ value: undefined })], RangeError],
      [new Array(LOCAL_BOUNDS.changes + 1).fill(change({})[0]), RangeError],
    ];
    for (const [changes, misuse] of misuses) {
      await expect(storage.commit(changes as Change[])).rejects.toBeInstanceOf(misuse);
    }
    await expect(storage.get('')).rejects.toBeInstanceOf(RangeError);
    await expect(storage.list({ prefix: 'é' })).rejects.toBeInstanceOf(RangeError);
    await expect(storage.list({ prefix: '', limit: -1 })).rejects.toBeInstanceOf(RangeError);
    expect(await storage.list({ prefix: '' })).toEqual([]);
    await storage.close();
  });
});
