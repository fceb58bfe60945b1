/** The reader of pages sees what LMDB sees, and refuses what LMDB could not follow. */

import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbStorage } from '../src/index.ts';
import {
  entriesFrom,
  findEntry,
  type ReadEntry,
  type ReadRange,
  type Snapshot,
  snapshotOf,
  visitEntries,
} from '../src/page-reader.ts';
import { seeded } from './seeded.ts';

const root = mkdtempSync(join(tmpdir(), 'page-reader-'));
const folder = join(root, 'store');
const file = join(folder, 'data.mdb');
afterAll(() => rmSync(root, { recursive: true }));

/** Entries in a tree of three levels, some with pages of their own, after many were deleted. */
beforeAll(async () => {
  const storage = lmdbStorage(folder);
  for (let round = 0; round < 30; round++) {
    const changes = Array.from({ length: 200 }, (_, at) => ({
      key: `p/${at % 13}/${round} ${'k'.repeat(at * 3)}`,
      value: new Uint8Array(at % 50 === 0 ? 300 * at : at).fill(at),
      expectedVersion: 0,
    }));
    await storage.commit(changes);
  }
  const gone = (await storage.list({ prefix: 'p/7' })).slice(0, 300);
  await storage.commit(gone.map(({ key, version }) => ({ key, value: undefined, expectedVersion: version })));
  await storage.close();
});

function using<Result>(path: string, use: (snapshot: Snapshot) => Result): Result {
  const descriptor = openSync(path, 'r');
  try {
    return use(snapshotOf(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

const read = (range: ReadRange, path = file): readonly ReadEntry[] =>
  using(path, (snapshot) => [...entriesFrom(snapshot, 'parameters', range)]);
const seen = (range: ReadRange, path = file): readonly (readonly string[])[] =>
  using(path, (snapshot) => {
    const all: (readonly string[])[] = [];
    visitEntries(snapshot, 'parameters', range, (key, value) => all.push([key, textOf(value)]));
    return all;
  });
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('the reader of pages', () => {
  it('sees every entry that LMDB sees, with its version', async () => {
    const storage = lmdbStorage(folder);
    const all = await storage.list({ prefix: '' });
    expect(all.length).toBe(30 * 200 - 300);
    const seen = read({}).map(({ key, value, version }) => ({ key: textOf(key), value: textOf(value), version }));
    expect(seen).toEqual(all.map((entry) => ({ ...entry, value: textOf(entry.value) })));
    for (const { key, value, version } of all.filter((_, at) => at % 7 === 0)) {
      const found = using(file, (snapshot) => findEntry(snapshot, 'parameters', Buffer.from(key)));
      expect([found?.version, Buffer.from(found?.value ?? []).equals(value)]).toEqual([version, true]);
    }
    await storage.close();
  });

  it('sees the same parts of it, from any key, to any key, of any length', async () => {
    const storage = lmdbStorage(folder);
    const keys = (await storage.list({ prefix: '' })).map(({ key }) => key);
    const below = seeded(7);
    const random = () => below(2 ** 20) / 2 ** 20;
    const pick = (): string => {
      const key = keys[Math.floor(random() * keys.length)] as string;
      return random() < 0.5 ? key : key.slice(0, 1 + Math.floor(random() * key.length));
    };
    for (let i = 0; i < budget(150, 2000); i++) {
      const [prefix, after, limit] = [random() < 0.3 ? '' : pick(), pick(), 1 + Math.floor(random() * 400)];
      const expected = await storage.list({ prefix, after, limit });
      const start = Buffer.from(after >= prefix ? `${after}\0` : prefix);
      const end =
        prefix === ''
          ? {}
          : {
              end: Buffer.concat([
                Buffer.from(prefix.slice(0, -1)),
                Buffer.of(prefix.charCodeAt(prefix.length - 1) + 1),
              ]),
            };
      expect(read({ start, ...end, limit }).map(({ key }) => textOf(key))).toEqual(expected.map(({ key }) => key));
      // Without a limit there is ten times as much to compare.
      if (i % 10 > 0) continue;
      const all = read({ start, ...end }).map(({ key, value }) => [textOf(key), textOf(value)]);
      expect(seen({ start, ...end })).toEqual(all);
    }
    await storage.close();
  });

  it('finds nothing where there is nothing', async () => {
    const missing = using(file, (snapshot) => findEntry(snapshot, 'parameters', Buffer.from('p/7x')));
    expect(missing).toBeUndefined();
    expect(using(file, (snapshot) => findEntry(snapshot, 'keystore', Buffer.from('document')))).toBeUndefined();
    const empty = join(root, 'empty');
    const storage = lmdbStorage(empty);
    expect(await storage.get('a')).toBeUndefined();
    await storage.close();
    expect(read({}, join(empty, 'data.mdb'))).toEqual([]);
  });

  it('reads nothing of a file whose head counts more pages than there are, and so would never end a walk', () => {
    const bytes = readFileSync(file);
    for (const head of [0, 4096]) bytes.writeBigUInt64LE(2n ** 40n, head + 144);
    const path = join(root, 'endless.mdb');
    writeFileSync(path, bytes);
    expect(() => read({ limit: 1 }, path)).toThrow(expect.objectContaining({ code: -30793 }));
  });

  it('ends on every damaged file, with an ordinary error or with entries', {
    timeout: budget(180_000, 600_000),
  }, () => {
    const whole = readFileSync(file);
    const count = read({}).length;
    const work = join(root, 'damaged');
    mkdirSync(work);
    const path = join(work, 'data.mdb');
    const below = seeded(11);
    const random = () => below(2 ** 20) / 2 ** 20;
    const outcomes = new Set<string>();
    for (let i = 0; i < budget(60, 3000); i++) {
      const bytes = Buffer.from(whole);
      const page = Math.floor((random() * bytes.length) / 4096) * 4096;
      for (let n = 0; n < 6; n++)
        bytes[page + Math.floor(random() * (random() < 0.7 ? 64 : 4096))] = Math.floor(random() * 256);
      writeFileSync(path, i % 10 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
      for (const all of i % 3 === 0 ? [read, seen] : [read]) {
        try {
          expect(all({}, path).length).toBeLessThanOrEqual(count * 4);
          outcomes.add('entries');
        } catch (error) {
          outcomes.add(String((error as { readonly code?: unknown }).code));
        }
      }
    }
    expect([...outcomes].sort()).toEqual(['-30793', 'entries']);
  });
});
