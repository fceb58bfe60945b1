/** A damaged data file is an error, and never the end of the process or of its patience. */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lmdbStorage } from '../src/index.ts';
import { mapPages } from '../src/pages.ts';
import { bundleChildren, startChild } from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'storage-lmdb-damage-'));
const scripts = join(root, 'scripts');
const folder = join(root, 'store');
const file = join(folder, 'data.mdb');
afterAll(() => rmSync(root, { recursive: true }));

/** Entries in pages of every kind, and free pages of several transactions. */
beforeAll(async () => {
  await bundleChildren(scripts, import.meta.url);
  const storage = lmdbStorage(folder);
  for (let round = 0; round < 12; round++) {
    const changes = Array.from({ length: 60 }, (_, at) => ({
      key: `folder ${at % 7}/${round} ${'x'.repeat(at)}`,
      value: new Uint8Array(at % 10 === 0 ? at * 200 : at * 10).fill(at),
      expectedVersion: 0,
    }));
    await storage.commit(changes);
    const gone = (await storage.list({ prefix: 'folder 3' })).slice(0, 5);
    await storage.commit(gone.map(({ key, version }) => ({ key, value: undefined, expectedVersion: version })));
  }
  await storage.close();
});

function pagesOf(path: string): number {
  const descriptor = openSync(path, 'r');
  try {
    return mapPages(descriptor).inUse.reduce((sum, used) => sum + used, 0);
  } finally {
    closeSync(descriptor);
  }
}

it('a whole file has every page in one place', () => {
  expect(pagesOf(file)).toBeGreaterThan(40);
});

it.each(['', 'lazy'])(
  'damage of any kind is an error, or changes nothing that LMDB follows %s',
  {
    timeout: budget(180_000, 1_200_000),
  },
  async (lazy) => {
    // A lazy reader has no native code that could end the process, so fewer files are enough.
    const [each, at] = [budget(150, lazy ? 1500 : 6000), Number(process.env['SECURESTRING_SEED'] ?? 1)];
    const workplace = join(root, `damaged ${lazy}`);
    mkdirSync(workplace);
    const children = [at, at + each].map((seed) =>
      startChild(scripts, 'open-damaged', [file, workplace, String(seed), String(each), lazy]),
    );
    for (const child of children) {
      const code = await child.ended;
      expect(code, `SECURESTRING_SEED=${child.lines.at(-1)}`).toBe(0);
      const outcomes = child.lines.filter((_, index) => index % 2 === 1);
      expect(outcomes.length).toBe(each);
      expect([...new Set(outcomes)].sort()).toEqual(['STORAGE_DAMAGED', 'whole']);
    }
  },
);
