/** Where the folder of an LMDB storage is: where the system finds its path. */

import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbStorage } from '../src/lmdb-storage.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'parameters-paths-')));
mkdirSync(join(root, 'far/inner'), { recursive: true });
/** `link/..` is `far` to the system, and `root` to a text operation. */
const link = join(root, 'link');
symlinkSync('far/inner', link);
afterAll(() => rmSync(root, { recursive: true }));

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('lmdbStorage', () => {
  it('goes from a link to the folder above the one that it leads to, also where another storage is open', async () => {
    const paths = [join(root, 'store'), `${link}/../store`, join(root, 'far/store')];
    const [near, through, far] = paths.map((path) => lmdbStorage(path));
    await near?.commit([{ key: 'a', value: utf8('near'), expectedVersion: 0 }]);
    await through?.commit([{ key: 'a', value: utf8('far'), expectedVersion: 0 }]);
    expect((await far?.get('a'))?.value).toEqual(utf8('far'));
    expect((await near?.get('a'))?.value).toEqual(utf8('near'));
    for (const storage of [near, through, far]) await storage?.close();
  });

  it('refuses .. after a folder that is missing, and makes nothing', async () => {
    const storage = lmdbStorage(`${root}/missing/../other`);
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'STORAGE_FAILED', cause: { code: 'ENOENT' } });
    expect(existsSync(join(root, 'other'))).toBe(false);
    await storage.close();
  });

  it('makes its folder with mode 0700 under every umask', async () => {
    const folder = join(root, 'private');
    const storage = lmdbStorage(folder);
    const before = process.umask(0o177);
    try {
      await storage.get('a');
    } finally {
      process.umask(before);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await storage.close();
  });

  it.skipIf(!existsSync('/proc/self/fd'))(
    'synchronises a new folder, and the one around it, before its first commit',
    async () => {
      /** Each folder that was synchronised, with the names that it held. */
      const seen = new Map<string, readonly string[]>();
      const { fsyncSync } = fs;
      fs.fsyncSync = (descriptor) => {
        const path = readlinkSync(`/proc/self/fd/${descriptor}`);
        seen.set(path, readdirSync(path));
        fsyncSync(descriptor);
      };
      syncBuiltinESMExports();
      const storage = lmdbStorage(join(root, 'durable'));
      try {
        await storage.get('a');
      } finally {
        fs.fsyncSync = fsyncSync;
        syncBuiltinESMExports();
        await storage.close();
      }
      expect(seen.get(root)).toContain('durable');
      expect(seen.get(join(root, 'durable'))).toEqual(expect.arrayContaining(['data.mdb', 'lock.mdb']));
    },
  );
});
