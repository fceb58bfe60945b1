/**
 * What opens a store, and how that changes.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generationsIn, opened } from '../../storage-lmdb/test/documents.ts';
import { createRootKey } from '../src/store/root-key.ts';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

let folder: string;
let store: string;
let rootKey: string;
let next: string;
const run = (...words: readonly string[]) => hereIn(store, ...words);

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  rootKey = join(store, 'root.key');
  next = join(folder, 'next.key');
  writeFileSync(next, `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the store's root-key file", () => {
  it('appears only once it opens something, and not at all where that fails', async () => {
    const made = join(folder, 'made.key');
    await expect(createRootKey(made, () => Promise.reject(new Error('no slot')))).rejects.toThrow('no slot');
    expect(readdirSync(folder).filter((name) => name.includes('made'))).toEqual([]);
    expect(await createRootKey(made, async () => existsSync(made))).toBe(false);
    expect(readFileSync(made, 'utf8')).toMatch(/^[\w+/]{43}=\n$/);
  });

  it('moves to a name that is free where it opens the store no longer, so that no older one is lost', async () => {
    const first = readFileSync(rootKey, 'utf8');
    const change = await run('unlock', 'change', '--new-key-file', next);
    expect(change.err).toBe(`${rootKey} is now ${rootKey}.old: it still opens older copies and backups.\n`);
    expect(await run('unlock', 'add', '--generate-root-key', '--root-key-file', next)).toMatchObject({ code: 0 });
    const second = readFileSync(rootKey, 'utf8');
    const remove = await run('unlock', 'remove', '--old-key-file', rootKey, '--root-key-file', next);
    expect(remove.err).toContain(`${rootKey} is now ${rootKey}.old-2: `);
    expect(await run('unlock', 'add', '--generate-root-key', '--root-key-file', next)).toMatchObject({ code: 0 });
    const third = readFileSync(rootKey, 'utf8');
    const rotate = await run('unlock', 'rotate', '--root-key-file', next);
    expect(rotate.err).toContain(`${rootKey} is now ${rootKey}.old-3: `);
    expect(existsSync(rootKey)).toBe(false);
    expect(['.old', '.old-2', '.old-3'].map((end) => readFileSync(rootKey + end, 'utf8'))).toEqual([
      first,
      second,
      third,
    ]);
  });

  it('stays where it still opens the store, whatever else changes', async () => {
    expect(await run('unlock', 'add', '--new-key-file', next)).toMatchObject({ code: 0 });
    expect(await run('unlock', 'remove', '--old-key-file', next)).toMatchObject({ code: 0 });
    expect(await run('unlock', 'rotate')).toMatchObject({ code: 0 });
    expect(readdirSync(store).sort()).toEqual(['data', 'root.key']);
    expect(await run('list')).toMatchObject({ code: 0 });
  });

  it('is named where it does not open the store', async () => {
    writeFileSync(rootKey, readFileSync(next));
    expect(await run('list')).toMatchObject({
      code: 4,
      err: `error: ${rootKey} does not open the store. Give --passphrase-file FILE, --root-key-file FILE or SECURESTRING_PASSPHRASE, or run on a terminal to be asked.\n`,
    });
  });

  it('is never replaced by unlock add', async () => {
    const before = readFileSync(rootKey, 'utf8');
    expect(await run('unlock', 'add', '--generate-root-key')).toMatchObject({
      code: 1,
      err: `error: ${rootKey} is there already. Move it away, if it opens the store no longer.\n`,
    });
    expect(readFileSync(rootKey, 'utf8')).toBe(before);
    expect(JSON.parse((await run('unlock', 'list', '--json')).out).slots).toHaveLength(1);
  });

  it('that is a folder is called a folder', async () => {
    mkdirSync(join(folder, 'keys'));
    expect(await run('list', '--root-key-file', join(folder, 'keys'))).toMatchObject({
      code: 4,
      err: `error: ${join(folder, 'keys')} is a folder: give a file.\n`,
    });
  });
});

it('the last that opens the store is not removed, and the error says what to do in commands', async () => {
  expect(await run('unlock', 'remove', '--old-key-file', rootKey)).toMatchObject({
    code: 1,
    err: 'error: Nothing else opens the store. Let another open it first (securestring unlock add), or replace it (securestring unlock change). Nothing was changed.\n',
  });
});

describe.each([
  ['change', ['--new-key-file', 'NEXT', '--root-key-file', 'FIRST']],
  ['remove', ['--old-key-file', 'FIRST', '--root-key-file', 'NEXT']],
  ['rotate', ['--root-key-file', 'NEXT']],
])('unlock %s', (command, words) => {
  it('leaves nothing in the store’s folder that the old key opens', async () => {
    const first = join(folder, 'first.key');
    writeFileSync(first, readFileSync(rootKey), { mode: 0o600 });
    const old = { rootKey: Uint8Array.from(Buffer.from(readFileSync(first, 'utf8'), 'base64')) };
    if (command !== 'change') await run('unlock', 'add', '--new-key-file', next);
    await run('key', 'create');
    const data = join(store, 'data');
    expect(await opened(data, old)).toBeGreaterThan(1);
    const paths: Readonly<Record<string, string>> = { FIRST: first, NEXT: next };
    expect(await run('unlock', command, ...words.map((word) => paths[word] ?? word))).toMatchObject({ code: 0 });
    expect(await opened(data, old)).toBe(0);
    expect(generationsIn(data).length).toBe(1);
  });
});
