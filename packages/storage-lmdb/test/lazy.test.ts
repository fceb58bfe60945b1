/** A lazy storage reads without LMDB, what LMDB would show, up to the first change. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage } from '../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../src/lmdb-storage.ts';
import { NOT_READ, placeReader } from '../src/read-only.ts';
import { bundleChildren, startChild } from './children.ts';
import { numberIn } from './counter.ts';

const root = mkdtempSync(join(tmpdir(), 'lmdb-lazy-'));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true }));

const change = (key: string, expectedVersion = 0) => [{ key, value: new Uint8Array([1, 2]), expectedVersion }];

/** A folder whose storage has committed these keys, one after the other, and the file after each commit. */
async function made(name: string, keys: readonly string[]): Promise<readonly [folder: string, files: Buffer[]]> {
  const folder = join(root, name);
  const storage = lmdbStorage(folder);
  const files: Buffer[] = [];
  for (const key of keys) {
    await storage.commit(change(key));
    files.push(readFileSync(join(folder, 'data.mdb')));
  }
  await storage.close();
  return [folder, files];
}

describe('a lazy storage', () => {
  it('loads LMDB for the first change, and not before', async () => {
    const [folder] = await made('loads', ['key']);
    const child = startChild(scripts, 'load-lazily', [folder]);
    expect(await child.ended).toBe(0);
    expect(child.lines).toEqual(['false', 'false', 'true']);
  });

  it('makes no file when it reads', async () => {
    const [folder] = await made('reads', ['key']);
    const before = readdirSync(folder);
    rmSync(join(folder, 'lock.mdb'));
    const storage = lmdbStorage(folder, { lazy: true });
    expect((await storage.get('key'))?.value).toEqual(new Uint8Array([1, 2]));
    expect(readdirSync(folder)).toEqual(before.filter((name) => name !== 'lock.mdb'));
    await storage.close();
    await expect(storage.get('key')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('sees its own changes, and those of others, before and after', async () => {
    const [folder] = await made('sees', ['a']);
    const [lazy, other] = [lmdbStorage(folder, { lazy: true }), lmdbStorage(folder)];
    const keys = async () => (await lazy.list({ prefix: '' })).map(({ key }) => key);
    expect(await keys()).toEqual(['a']);
    await other.commit(change('b'));
    expect(await keys()).toEqual(['a', 'b']);
    await lazy.commit(change('c'));
    await other.commit(change('d'));
    expect(await keys()).toEqual(['a', 'b', 'c', 'd']);
    await Promise.all([lazy.close(), other.close()]);
  });

  it('shows whole commits while another process writes', { timeout: 60_000 }, async () => {
    const folder = join(root, 'written');
    mkdirSync(folder);
    const writer = startChild(scripts, 'count', [folder, '1000000']);
    await writer.firstLine;
    await expect.poll(() => writer.lines.length, { timeout: 30_000 }).toBeGreaterThan(3);
    let last = 0;
    for (let reads = 0; reads < 300; reads++) {
      // A new one each time: it stays one that reads by itself.
      const reader = lmdbStorage(folder, { lazy: true });
      const [one, other] = await reader.list({ prefix: 'o' });
      expect(numberIn(other)).toBe(numberIn(one));
      expect(numberIn(one)).toBeGreaterThanOrEqual(last);
      last = numberIn(one);
      await reader.close();
    }
    writer.process.kill('SIGKILL');
    await writer.ended;
    expect(last).toBeGreaterThan(3);
  });

  it('says what is the matter with a damaged file', async () => {
    const [folder, [file = Buffer.alloc(0)]] = await made('damaged', ['key']);
    writeFileSync(join(folder, 'data.mdb'), file.subarray(0, 9000));
    const [storage, keys] = [lmdbStorage(folder, { lazy: true }), lmdbKeystoreStorage(folder, { lazy: true })];
    await expect(storage.get('key')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    writeFileSync(join(folder, 'data.mdb'), '');
    await expect(storage.get('key')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    await expect(keys.read()).rejects.toMatchObject({ code: 'KEYSTORE_DAMAGED' });
    await Promise.all([storage.close(), keys.close()]);
  });
});

describe('reading in place', () => {
  it('takes no result during which another process committed', async () => {
    const [folder, files] = await made('overtaken', ['a', 'b', 'c', 'd', 'e']);
    const put = (at: number) => writeFileSync(join(folder, 'data.mdb'), files[at] ?? '');
    put(0);
    let looks = 0;
    const look = (overtaken: number) => () => {
      if (looks++ < overtaken) put(looks);
      return looks;
    };
    const reader = placeReader(folder);
    expect(reader.read(look(2))).toBe(3);
    looks = 0;
    put(0);
    expect(reader.read(look(4))).toBe(NOT_READ);
    expect(looks).toBe(3);
    reader.close();
  });

  it('takes no failure during which another process committed, either', async () => {
    const [folder, files] = await made('failing', ['a', 'b']);
    writeFileSync(join(folder, 'data.mdb'), files[0] ?? '');
    let looks = 0;
    const look = () => {
      if (looks++ > 0) return 'seen';
      writeFileSync(join(folder, 'data.mdb'), files[1] ?? '');
      throw new Error('overwritten');
    };
    const reader = placeReader(folder);
    expect(reader.read(look)).toBe('seen');
    reader.close();
  });

  it('takes no result of a head that was read while it was written', async () => {
    const [folder, files] = await made('torn', ['a', 'b', 'c', 'd', 'e']);
    const [old, whole] = [files[2] ?? Buffer.alloc(0), files[4] ?? Buffer.alloc(0)];
    const [commits, main] = [[152, 4096 + 152].map((at) => whole.readUInt32LE(at)), 96];
    const newest = (commits[0] ?? 0) > (commits[1] ?? 0) ? 0 : 4096;
    const torn = Buffer.from(whole);
    torn.set(old.subarray(newest + main, newest + main + 48), newest + main);
    const put = (bytes: Buffer) => writeFileSync(join(folder, 'data.mdb'), bytes);
    put(torn);
    let looks = 0;
    const look = () => {
      put(whole);
      return ++looks;
    };
    const reader = placeReader(folder);
    expect(torn.equals(whole)).toBe(false);
    expect(reader.read(look)).toBe(2);
    reader.close();
  });

  it('sees another file that came into the place of the first', async () => {
    const [folder] = await made('replaced', ['a']);
    const [other] = await made('replacing', ['b']);
    const storage = lmdbStorage(folder, { lazy: true });
    const keys = async () => (await storage.list({ prefix: '' })).map(({ key }) => key);
    expect(await keys()).toEqual(['a']);
    renameSync(join(other, 'data.mdb'), join(folder, 'data.mdb'));
    expect(await keys()).toEqual(['b']);
    await storage.close();
  });
});
