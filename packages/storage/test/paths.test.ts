/** Paths as the system resolves them, and folders that are made for their owner alone. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { absolutePath, makeFolder, makeFolders, plainPath, syncFolder, truePath } from '../src/paths.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'keystore-paths-')));
/** `link` leads to `far/inner`, so that `link/..` is `far` to the system, and `root` to a text operation. */
const link = join(root, 'link');
beforeAll(() => {
  mkdirSync(join(root, 'far/inner'), { recursive: true });
  writeFileSync(join(root, 'far/f'), 'far');
  writeFileSync(join(root, 'f'), 'near');
  symlinkSync('far/inner', link);
});
afterAll(() => rmSync(root, { recursive: true }));

const refusalOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  throw new Error('expected a refusal, but it succeeded');
};

describe('plainPath', () => {
  it('goes from a link to the folder above the one that it leads to, as the system does', () => {
    expect(plainPath(`${link}/../f`)).toBe(join(root, 'far/f'));
    expect(readFileSync(plainPath(`${link}/../f`), 'utf8')).toBe(readFileSync(`${link}/../f`, 'utf8'));
    expect(plainPath(`${link}/..`)).toBe(join(root, 'far'));
    expect(plainPath(`${link}/../../far/./inner/../new/name`)).toBe(join(root, 'far/new/name'));
  });

  it('leaves a path as it is where no .. follows a name', () => {
    for (const path of ['f', '.', '..', '../../f', './../f', '/', '/../f', 'a..b/c', link, `${link}/f`, '*/f', ''])
      expect(plainPath(path)).toBe(path);
  });

  it('refuses .. after what is missing, or not a folder, as the system does', () => {
    expect(refusalOf(() => plainPath(`${root}/missing/../f`))).toBe('ENOENT');
    expect(refusalOf(() => plainPath(`${root}/f/../f`))).toBe('ENOTDIR');
  });
});

describe('absolutePath', () => {
  it('keeps .. after a name for the system, and resolves it at the beginning', () => {
    expect(absolutePath('link/../f')).toBe(`${process.cwd()}/link/../f`);
    expect(absolutePath('../f/')).toBe(join(process.cwd(), '../f'));
    expect(absolutePath('/a/../f')).toBe('/a/../f');
  });
});

describe('truePath', () => {
  it('is one for all paths of a file, whether it is there or not', async () => {
    for (const name of ['f', 'none', 'no/folder']) {
      const place = join(root, 'far', name);
      for (const path of [place, `${link}/../${name}`, `${root}/far/inner/../${name}`])
        expect(await truePath(path)).toBe(place);
    }
  });

  it('is where a link leads that leads to nothing yet, its own .. as the system takes it', async () => {
    const dangling = join(root, 'dangling');
    symlinkSync('link/../new', dangling);
    expect(await truePath(dangling)).toBe(join(root, 'far/new'));
    writeFileSync(dangling, '');
    expect(existsSync(join(root, 'far/new'))).toBe(true);
  });

  it('refuses links in a circle', async () => {
    symlinkSync('circle', join(root, 'circle'));
    await expect(truePath(join(root, 'circle'))).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('makeFolders', () => {
  it.each([0o000, 0o022, 0o277, 0o777])('makes each folder with mode 0700 under umask %o', (umask) => {
    const top = join(root, `umask-${umask}`);
    const before = process.umask(umask);
    try {
      makeFolders(join(top, 'a/b'));
    } finally {
      process.umask(before);
    }
    for (const folder of [top, join(top, 'a'), join(top, 'a/b')]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('leaves the rights of a folder that is there', () => {
    const folder = join(root, 'open');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    makeFolders(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it.skipIf(!existsSync('/proc/self'))('ends with an error in a folder that takes none', () => {
    expect(refusalOf(() => makeFolders('/proc/none/x'))).toBe('ENOENT');
  });

  it('refuses a name that is not a folder`s', () => {
    expect(refusalOf(() => makeFolders(join(root, 'f')))).toBe('ENOTDIR');
    expect(refusalOf(() => makeFolders(join(root, 'f/x')))).toBe('ENOTDIR');
    expect(refusalOf(() => makeFolder(join(root, 'none/x')))).toBe('ENOENT');
  });
});

describe('syncFolder', () => {
  it('writes the folder to the disk, and says nothing where the system cannot', async () => {
    const handle = await open(root);
    const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    try {
      await syncFolder(root);
      expect(sync).toHaveBeenCalledOnce();
      sync.mockRejectedValueOnce(Object.assign(new Error('cannot'), { code: 'EINVAL' }));
      await syncFolder(root);
      sync.mockRejectedValueOnce(Object.assign(new Error('broken'), { code: 'EIO' }));
      await expect(syncFolder(root)).rejects.toMatchObject({ code: 'EIO' });
    } finally {
      sync.mockRestore();
      await handle.close();
    }
  });
});
