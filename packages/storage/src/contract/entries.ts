/**
 * What a storage does with its entries, as checks.
 * @module
 */

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { EntryStorage } from '../storage.ts';
import { boundsOf, bytes, conflict, holds, keysOf, plain, put, remove, rule, type StorageRule, text } from './rule.ts';

/** Every printable character, and keys that begin alike, in byte order. */
const ORDERED = [
  ...Array.from({ length: 0x5f }, (_, at) => String.fromCharCode(0x20 + at)).flatMap((first) => [first, `${first}!`]),
];

/** Most changes of a commit that is checked: a storage may take a million. */
const MOST_CHANGES = 5000;

/** As many keys as a commit may change, in byte order. */
function manyKeys(storage: EntryStorage): string[] {
  const length = Math.min(boundsOf(storage).changes, MOST_CHANGES);
  return Array.from({ length }, (_, at) => `key ${String(at).padStart(4, '0')}`);
}

/** Compares long lists. `deepStrictEqual` would lay out how they differ, which takes all memory since Node 22. */
function requireSame(found: readonly unknown[], expected: readonly unknown[]): void {
  ok(
    isDeepStrictEqual(found, expected),
    `${found.length} entries are there that are not the ${expected.length} expected.`,
  );
}

/** The rules, in the order of the interface. */
export const ENTRY_RULES: readonly StorageRule[] = [
  rule('gives undefined for an entry that does not exist', async (storage) => {
    strictEqual(await storage.get('none'), undefined);
    await storage.commit([put('none2', 'x')]);
    strictEqual(await storage.get('none'), undefined);
  }),
  rule('gives an entry as it was committed last, with another version for each commit', async (storage) => {
    const versions: number[] = [];
    for (const text of ['first', 'second', 'third']) {
      await storage.commit([put('key', text, versions.at(-1))]);
      versions.push(await holds(storage, 'key', text));
      ok(
        Number.isSafeInteger(versions.at(-1)) && Number(versions.at(-1)) >= 1,
        'a version is not a whole number from 1',
      );
    }
    strictEqual(new Set(versions).size, versions.length);
  }),
  rule('keeps keys of 1 to 1500 characters and values of 0 bytes to its bound', async (storage) => {
    const { valueLength } = boundsOf(storage);
    const keys = ['k', 'k'.repeat(1500), `${'k'.repeat(1499)}~`];
    const values = [
      new Uint8Array(),
      new Uint8Array(valueLength).fill(1),
      Uint8Array.from({ length: 256 }, (_, at) => at),
    ];
    await storage.commit(keys.map((key, at) => ({ key, value: values[at], expectedVersion: 0 })));
    for (const [at, key] of keys.entries()) strictEqual(plain((await storage.get(key))?.value), plain(values[at]));
    deepStrictEqual(keysOf(await storage.list({ prefix: 'kk' })), keys.slice(1));
  }),
  rule('takes as many changes in one commit as its bound says', async (storage) => {
    const keys = manyKeys(storage);
    await storage.commit(keys.map((key) => put(key, key)));
    requireSame(keysOf(await storage.list({ prefix: 'key' })), keys);
    await storage.commit((await storage.list({ prefix: 'key' })).map(({ key, version }) => remove(key, version)));
    requireSame(await storage.list({ prefix: '' }), []);
  }),
  rule('makes none of so many changes if the last one is refused', async (storage) => {
    const [last = '', ...keys] = manyKeys(storage).toReversed();
    await storage.commit([put(last, 'before'), put(keys[0] ?? '', 'before')]);
    const before = await storage.list({ prefix: '' });
    const [second = 0, first = 0] = before.map(({ version }) => version);
    const good = keys.map((key, at) => put(key, key, at === 0 ? second : 0));
    for (const bad of [put(last, 'x', first + 1), put(last, 'x'), remove(last, first + 1), remove(last, 0)]) {
      await rejects(storage.commit([...good, bad]), conflict);
      requireSame(await storage.list({ prefix: '' }), before);
    }
    await storage.commit([...good, remove(last, first)]);
    requireSame(keysOf(await storage.list({ prefix: '' })), keys.toReversed());
  }),
  rule('lists entries whole, in byte order of their keys', async (storage) => {
    await storage.commit(ORDERED.toReversed().map((key) => put(key, `value of ${key}`)));
    const listed = await storage.list({ prefix: '' });
    deepStrictEqual(keysOf(listed), ORDERED);
    for (const entry of listed) {
      strictEqual(text(entry), `value of ${entry.key}`);
      deepStrictEqual(await storage.get(entry.key), entry);
    }
  }),
  rule('lists only keys that begin with the prefix', async (storage) => {
    await storage.commit(
      ['/a', '/a/', '/a/b', '/a/b/c', '/a0', '/aa', '/b', '~', '~~', '~~~'].map((key) => put(key, '')),
    );
    deepStrictEqual(keysOf(await storage.list({ prefix: '/a/' })), ['/a/', '/a/b', '/a/b/c']);
    deepStrictEqual(keysOf(await storage.list({ prefix: '~~' })), ['~~', '~~~']);
    deepStrictEqual(await storage.list({ prefix: '/c' }), []);
    deepStrictEqual(await storage.list({ prefix: '/a/b/c/d' }), []);
  }),
  rule('lists only keys that come after another, be it there or not', async (storage) => {
    await storage.commit(['/a/1', '/a/2', '/a/2!', '/a/3', '/b/1'].map((key) => put(key, '')));
    const after = async (key: string) => keysOf(await storage.list({ prefix: '/a/', after: key }));
    deepStrictEqual(await after('/a/1'), ['/a/2', '/a/2!', '/a/3']);
    deepStrictEqual(await after('/a/2'), ['/a/2!', '/a/3']);
    deepStrictEqual(await after('/a/2 '), ['/a/2!', '/a/3']);
    deepStrictEqual(await after('/a/3'), []);
    deepStrictEqual(await after('/b'), []);
    deepStrictEqual(await after('/'), ['/a/1', '/a/2', '/a/2!', '/a/3']);
    deepStrictEqual(await after(' '), ['/a/1', '/a/2', '/a/2!', '/a/3']);
    deepStrictEqual(keysOf(await storage.list({ prefix: '', after: '/a/3' })), ['/b/1']);
  }),
  rule('lists at most as many entries as asked for', async (storage) => {
    await storage.commit(['a1', 'a2', 'a3', 'b1'].map((key) => put(key, '')));
    deepStrictEqual(keysOf(await storage.list({ prefix: 'a', limit: 2 })), ['a1', 'a2']);
    deepStrictEqual(keysOf(await storage.list({ prefix: 'a', after: 'a1', limit: 1 })), ['a2']);
    deepStrictEqual(keysOf(await storage.list({ prefix: 'a', limit: 9 })), ['a1', 'a2', 'a3']);
    deepStrictEqual(await storage.list({ prefix: 'a', limit: 0 }), []);
  }),
  rule('creates an entry only if it does not exist', async (storage) => {
    await storage.commit([put('key', 'first')]);
    await rejects(storage.commit([put('key', 'second')]), conflict);
    await holds(storage, 'key', 'first');
  }),
  rule('changes an entry only if it has the expected version', async (storage) => {
    await rejects(storage.commit([put('key', 'x', 1)]), conflict);
    strictEqual(await storage.get('key'), undefined);
    await storage.commit([put('key', 'first')]);
    const first = await holds(storage, 'key', 'first');
    await storage.commit([put('key', 'second', first)]);
    const second = await holds(storage, 'key', 'second');
    await rejects(storage.commit([put('key', 'third', first)]), conflict);
    await rejects(storage.commit([put('key', 'third', second + 1)]), conflict);
    await holds(storage, 'key', 'second');
  }),
  rule('deletes an entry only if it has the expected version', async (storage) => {
    await rejects(storage.commit([remove('key', 1)]), conflict);
    await storage.commit([put('key', 'first')]);
    const version = await holds(storage, 'key', 'first');
    await rejects(storage.commit([remove('key', version + 1)]), conflict);
    await holds(storage, 'key', 'first');
    await storage.commit([remove('key', version)]);
    strictEqual(await storage.get('key'), undefined);
    deepStrictEqual(await storage.list({ prefix: '' }), []);
    await rejects(storage.commit([remove('key', version)]), conflict);
  }),
  rule('takes no entry that was created again for the one that was deleted', async (storage) => {
    const versions: number[] = [];
    for (const life of ['first', 'second', 'third']) {
      await storage.commit([put('key', life)]);
      versions.push(await holds(storage, 'key', life));
      await storage.commit([put('key', `${life}, changed`, versions.at(-1))]);
      versions.push(await holds(storage, 'key', `${life}, changed`));
      await storage.commit([remove('key', versions.at(-1) ?? 0)]);
    }
    strictEqual(new Set(versions).size, versions.length);
    await storage.commit([put('key', 'last')]);
    for (const version of versions) await rejects(storage.commit([put('key', 'old', version)]), conflict);
    await holds(storage, 'key', 'last');
  }),
  rule('demands that an entry does not exist, if a change has neither value nor version', async (storage) => {
    await storage.commit([remove('none', 0), put('key', 'first')]);
    await holds(storage, 'key', 'first');
    strictEqual(await storage.get('none'), undefined);
    await rejects(storage.commit([remove('key', 0), put('other', '')]), conflict);
    await holds(storage, 'key', 'first');
    strictEqual(await storage.get('other'), undefined);
  }),
  rule('makes all changes of a commit', async (storage) => {
    await storage.commit([put('a', '1'), put('b', '1'), put('c', '1')]);
    const [a, b] = [await holds(storage, 'a', '1'), await holds(storage, 'b', '1')];
    await storage.commit([put('a', '2', a), remove('b', b), put('d', '1')]);
    deepStrictEqual(keysOf(await storage.list({ prefix: '' })), ['a', 'c', 'd']);
    await holds(storage, 'a', '2');
  }),
  rule('makes none of them if one is refused, wherever it is among them', async (storage) => {
    await storage.commit([put('a', '1'), put('b', '1'), put('c', '1')]);
    const before = await storage.list({ prefix: '' });
    const [a = 0, b = 0, c = 0] = before.map(({ version }) => version);
    const good = [put('a', '2', a), remove('b', b), put('new', ''), remove('none', 0)];
    const refused = [put('c', '2', c + 1), put('c', '2', 0), remove('c', c + 1), remove('c', 0), put('z', '1', 1)];
    for (const bad of refused) {
      for (let at = 0; at <= good.length; at++) {
        await rejects(storage.commit(good.toSpliced(at, 0, bad)), conflict);
      }
    }
    deepStrictEqual(await storage.list({ prefix: '' }), before);
  }),
  rule('does nothing for a commit without changes', async (storage) => {
    await storage.commit([]);
    deepStrictEqual(await storage.list({ prefix: '' }), []);
  }),
  rule('shares no bytes with its callers', async (storage) => {
    const given = bytes('value');
    const committed = storage.commit([{ key: 'key', value: given, expectedVersion: 0 }]);
    given.fill(0);
    await committed;
    (await storage.get('key'))?.value.fill(0);
    for (const { value } of await storage.list({ prefix: '' })) value.fill(0);
    await holds(storage, 'key', 'value');
  }),
  rule('lets exactly one of many through that commit at once from the same version', async (storage) => {
    let version = 0;
    for (let round = 0; round < 5; round++) {
      const writers = Array.from({ length: 20 }, (_, at) => storage.commit([put('key', `${at}`, version)]));
      const outcomes = await Promise.allSettled(writers);
      const won = outcomes.flatMap(({ status }, at) => (status === 'fulfilled' ? [`${at}`] : []));
      strictEqual(won.length, 1);
      version = await holds(storage, 'key', won[0] as string);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') strictEqual((outcome.reason as { code?: unknown }).code, conflict.code);
      }
    }
  }),
  rule('loses nothing of many who commit at once and repeat what was refused', async (storage) => {
    const increment = async () => {
      let attempts = 0;
      for (let done = 0; done < 5; attempts++) {
        ok(attempts < 1000, 'a writer was refused again and again');
        const [one, other] = [await storage.get('one'), await storage.get('other')];
        const changes = [one, other].map((entry, at) =>
          put(at === 0 ? 'one' : 'other', `${Number(text(entry)) + 1}`, entry?.version),
        );
        await storage.commit(changes).then(
          () => done++,
          (error: { code?: unknown }) => strictEqual(error.code, conflict.code),
        );
      }
    };
    await Promise.all(Array.from({ length: 4 }, increment));
    await holds(storage, 'one', '20');
    await holds(storage, 'other', '20');
  }),
  {
    rule: 'finishes what is under way when it is closed, may be closed again, and refuses everything else then',
    check: async (open) => {
      const storage = await open();
      const last = storage.commit([put('key', 'x')]);
      await Promise.all([storage.close(), last, storage.close()]);
      await storage.close();
      await rejects(storage.get('key'));
      await rejects(storage.list({ prefix: '' }));
      await rejects(storage.commit([put('key', 'y', 1)]));
    },
  },
];
