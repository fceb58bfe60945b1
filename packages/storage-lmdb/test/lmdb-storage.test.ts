/** What is LMDB's own: its folder, what can go wrong with it, and how it is shared and closed. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParameterStorage, ParameterStoreError } from '@securestring/parameters';
import { StorageError, type StorageErrorCode } from '@securestring/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expiration,
  HOUR,
  opened,
  openWorld,
  policies,
  put,
  START,
  ssmRefusal,
  type World,
} from '../../parameters/test/support.ts';
import { lmdbStorage } from '../src/lmdb-storage.ts';
import { bundleChildren, startChild } from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-lmdb-'));
let made = 0;
const freshPath = () => join(root, String(made++));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true }));

const change = (key: string, expectedVersion = 0, length = 100) => ({
  key,
  value: new Uint8Array(length).fill(7),
  expectedVersion,
});

const versionIn = async (storage: ParameterStorage, key: string) => (await storage.get(key))?.version ?? 0;

/** Returns the storage's own refusal, or that of a parameter store over it. */
async function refusal(
  action: Promise<unknown>,
  code: StorageErrorCode = 'STORAGE_FAILED',
  by: typeof ParameterStoreError | typeof StorageError = StorageError,
) {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof by)) throw error ?? new Error('expected a refusal, but it succeeded');
  expect(error.code, error.message).toBe(code);
  return error;
}

/** Makes a folder with 200 entries that no process has open. */
async function filledFolder(): Promise<string> {
  const path = freshPath();
  const storage = lmdbStorage(path);
  await storage.commit(Array.from({ length: 200 }, (_, at) => change(`key ${at}`, 0, 5000)));
  await storage.close();
  return path;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('an LMDB folder', () => {
  it('is for its owner alone, and so are its files, which are all that is in it', async () => {
    const path = freshPath();
    const before = process.umask(0);
    const storage = lmdbStorage(path);
    try {
      await storage.commit([change('key')]);
    } finally {
      process.umask(before);
    }
    expect(modeOf(path)).toBe(0o700);
    expect(readdirSync(path).sort()).toEqual([
      expect.stringMatching(/^\.user\.[0-9a-f-]{36}$/),
      'data.mdb',
      'lock.mdb',
    ]);
    for (const file of readdirSync(path)) expect(modeOf(join(path, file))).toBe(0o600);
    await storage.close();
    // What names this process is there for as long as it may commit.
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('that others may read is left as it is, but its files are closed to them', async () => {
    const path = await filledFolder();
    for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(path, file), 0o644);
    chmodSync(path, 0o755);
    const storage = lmdbStorage(path);
    await storage.get('key');
    expect(modeOf(path)).toBe(0o755);
    for (const file of ['data.mdb', 'lock.mdb']) expect(modeOf(join(path, file))).toBe(0o600);
    await storage.close();
  });

  it('may have a name with a dot in it', async () => {
    const path = join(root, 'a.folder.mdb');
    const storage = lmdbStorage(path);
    await storage.commit([change('key')]);
    expect(statSync(path).isDirectory()).toBe(true);
    await storage.close();
  });

  it('keeps its entries when it is closed and opened again', async () => {
    const path = await filledFolder();
    const storage = lmdbStorage(path);
    expect(await storage.list({ prefix: '' })).toHaveLength(200);
    expect((await storage.get('key 7'))?.value).toEqual(change('', 0, 5000).value);
    await storage.close();
  });

  it('needs a path', () => {
    for (const path of ['', undefined, 1]) expect(() => lmdbStorage(path as string)).toThrow(TypeError);
  });

  it('given by a relative path stays the same when the working directory changes', async () => {
    mkdirSync(join(root, 'here'));
    const before = process.cwd();
    try {
      process.chdir(join(root, 'here'));
      const storage = lmdbStorage('relative');
      process.chdir(before);
      await storage.get('key');
      expect(readdirSync(join(root, 'here', 'relative'))).toContain('data.mdb');
      await storage.close();
    } finally {
      process.chdir(before);
    }
  });
});

describe('storages of one folder in one process', () => {
  it('see each other’s commits at once, through links too, and outlive each other’s end', async () => {
    const path = freshPath();
    const a = lmdbStorage(path);
    await a.commit([change('key')]);
    symlinkSync(path, `${path}-link`);
    const b = lmdbStorage(`${path}-link`);
    await b.commit([change('key', await versionIn(a, 'key'), 200)]);
    expect((await a.get('key'))?.value).toHaveLength(200);
    await a.close();
    await b.commit([change('key', await versionIn(b, 'key'), 300)]);
    expect((await b.get('key'))?.value).toHaveLength(300);
    await b.close();
    const c = lmdbStorage(path);
    expect((await c.get('key'))?.value).toHaveLength(300);
    await c.close();
  });

  it('may be opened all at once', async () => {
    const path = freshPath();
    const storages = Array.from({ length: 8 }, () => lmdbStorage(path));
    const outcomes = await Promise.allSettled(storages.map((storage) => storage.commit([change('key')])));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await Promise.all(storages.map((storage) => storage.close()));
  });

  it('do not take a folder that was made again for the one that was there before', async () => {
    const path = freshPath();
    const old = lmdbStorage(path);
    await old.commit([change('key')]);
    rmSync(path, { recursive: true });
    const storage = lmdbStorage(path);
    expect(await storage.get('key')).toBeUndefined();
    await storage.close();
    await old.close();
  });

  it('one that was never used can be closed, and makes nothing', async () => {
    const path = freshPath();
    await lmdbStorage(path).close();
    expect(readdirSync(root)).not.toContain(path);
  });

  it('one that is closed finishes what was asked of it before', async () => {
    const path = freshPath();
    const storage = lmdbStorage(path);
    const asked = [storage.commit([change('a')]), storage.commit([change('b')]), storage.list({ prefix: '' })];
    await storage.close();
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(asked.map(() => 'fulfilled'));
    expect((await refusal(storage.get('a'))).message).toBe('The storage has been closed. Make a new one.');
    const again = lmdbStorage(path);
    expect(await again.list({ prefix: '' })).toHaveLength(2);
    await again.close();
  });
});

describe('a folder that cannot be used is a clear error', () => {
  const opening = async (path: string, code?: StorageErrorCode) => {
    const storage = lmdbStorage(path);
    const error = await refusal(storage.get('key'), code);
    expect(error.message).toContain(`The parameter storage ${path} cannot be read: `);
    expect(error.cause).toBeInstanceOf(Error);
    // The same again: nothing of the first attempt is left.
    expect((await refusal(storage.commit([change('key')]), code)).message.slice(-30)).toBe(error.message.slice(-30));
    await storage.close();
    return error.message;
  };

  it('if the folder that it is in does not exist', async () => {
    expect(await opening(join(root, 'none', 'store'))).toMatch(/does not exist\. Make the folder, .* \(ENOENT\)$/);
    expect(readdirSync(root)).not.toContain('none');
  });

  it('where it is a file, or in one', async () => {
    const path = freshPath();
    writeFileSync(path, '');
    expect(await opening(path)).toMatch(/is not a folder.*\(ENOTDIR\)$/);
    expect(await opening(join(path, 'store'))).toMatch(/is not a folder.*\(ENOTDIR\)$/);
  });

  it('if a folder is in the place of its file', async () => {
    const path = freshPath();
    mkdirSync(join(path, 'data.mdb'), { recursive: true });
    expect(await opening(path)).toMatch(/\(EISDIR\)$/);
  });

  it.each<[string, (file: string) => void]>([
    ['of another program', (file) => writeFileSync(file, Buffer.alloc(20_000, 'text'))],
    ['of no bytes', (file) => truncateSync(file, 0)],
    ['of ten bytes', (file) => writeFileSync(file, Buffer.alloc(10))],
    ['of zeros', (file) => writeFileSync(file, Buffer.alloc(100_000))],
    ['with another version', (file) => patch(file, 28, [1])],
    ['without its second head', (file) => patch(file, 4096, new Uint8Array(4096))],
    ['cut to a half', (file) => truncateSync(file, 600_000)],
    ['cut in the second page', (file) => truncateSync(file, 5000)],
    ['whose pages are zeros', (file) => patch(file, 8192, new Uint8Array(statSync(file).size - 8192))],
  ])('where the file is one %s, and it stays as it is', async (_, damage) => {
    const path = await filledFolder();
    const file = join(path, 'data.mdb');
    damage(file);
    const before = readFileSync(file);
    expect(await opening(path, 'STORAGE_DAMAGED')).toMatch(/data\.mdb is damaged, .*\(MDB_[A-Z_]+\)$/);
    expect(readFileSync(file).subarray(0, before.length).equals(before)).toBe(true);
  });

  // Root may write everywhere, so this becomes another user for a moment.
  it.skipIf(process.seteuid === undefined)('where it is read-only, or not ours', async () => {
    chmodSync(root, 0o755);
    const empty = freshPath();
    mkdirSync(empty, { mode: 0o555 });
    const filled = await filledFolder();
    chmodSync(filled, 0o555);
    const before = readFileSync(join(filled, 'data.mdb'));
    await asNobody(async () => {
      expect(await opening(empty)).toMatch(/this process may not read and write it.*\(EACCES\)$/);
      expect(await opening(filled)).toMatch(/this process may not read and write it.*\(EACCES\)$/);
      expect(await opening(join(empty, 'store'))).toMatch(/\(EACCES\)$/);
    });
    chmodSync(filled, 0o700);
    expect(readFileSync(join(filled, 'data.mdb')).equals(before)).toBe(true);
    expect(readdirSync(empty)).toEqual([]);
  });
});

describe('where there is no room', () => {
  /** Fills a folder until it is refused: what was acknowledged is there, and can be deleted. */
  async function fillUp(path: string, limits: string, code: string): Promise<void> {
    const child = startChild(scripts, 'fill', [path, '100000'], limits);
    expect(await child.ended).toBe(0);
    const acknowledged = child.lines.filter((line) => line.startsWith('key'));
    expect(child.lines.slice(acknowledged.length)).toEqual([
      `STORAGE_FAILED The parameter storage ${path} cannot be written: there is no room for it. Nothing was changed; make room and try again. (${code})`,
      'deleted',
    ]);
    expect(acknowledged.length).toBeGreaterThan(100);
    const storage = lmdbStorage(path);
    const listed = await storage.list({ prefix: '' });
    expect(listed.map(({ key }) => key)).toEqual(['count', ...acknowledged.slice(1)]);
    await storage.close();
  }

  async function deleteAllWhenFull(world: World): Promise<void> {
    const { store } = world;
    await put(store, 'expires', 'v', { tier: 'Advanced', policies: policies(expiration(START + HOUR)) });
    let stored = 0;
    const fill = async () => {
      for (; ; stored++) await put(store, `/p/${stored}`, 'v'.repeat(3000));
    };
    expect((await refusal(fill(), 'STORAGE_FAILED', ParameterStoreError)).message).toMatch(
      /there is no room for it.*\(ENOSPC\)$/,
    );
    expect(stored).toBeGreaterThan(100);
    world.now += HOUR;
    await ssmRefusal(() => opened(store, 'expires'), 'ParameterNotFound', /./);
    for (let i = 0; i < stored; i++) await store.deleteParameter({ name: `/p/${i}` });
    expect(await store.describeParameters()).toEqual({ parameters: [] });
  }

  it('for a larger file, a commit is refused with nothing changed, and deletions still work', async () => {
    // The shell's limit on the size of files; its unit is 1024 bytes.
    await fillUp(freshPath(), 'ulimit -f 2500; ', 'EFBIG');
  });

  it('for a new folder, it is refused', async () => {
    const path = freshPath();
    const child = startChild(scripts, 'fill', [path, '1'], 'ulimit -f 100; ');
    expect(await child.ended).toBe(0);
    expect(child.lines.join('\n')).toMatch(/^STORAGE_FAILED .* there is no room for it.*\(EFBIG\)\nSTORAGE_FAILED/);
  });

  it.skipIf(!canMount())(
    'on the disk (needs root), a commit is refused with nothing changed, and deletions still work',
    async () => {
      await onSmallDisk('2500k', (path) => fillUp(path, '', 'ENOSPC'));
      await onSmallDisk('100k', async (path) => {
        const storage: ParameterStorage = lmdbStorage(path);
        expect((await refusal(storage.get('key'))).message).toMatch(/there is no room for it.*\(ENOSPC\)$/);
        await storage.close();
      });
    },
  );

  it.skipIf(!canMount())('on the disk (needs root), parameters are deleted, and those that expired go', async () => {
    await onSmallDisk('2500k', async (path) => {
      const world = await openWorld({ storage: lmdbStorage(path) });
      try {
        await deleteAllWhenFull(world);
      } finally {
        await world.store.close();
      }
    });
  });

  it('for one of those who commit at once, the others are not held up by it', async () => {
    const path = freshPath();
    const storage = lmdbStorage(path);
    await storage.commit([change('small')]);
    const size = statSync(join(path, 'data.mdb')).size;
    const large = Array.from({ length: 500 }, (_, at) => change(`large ${at}`, 0, 10_000));
    const child = startChild(scripts, 'burst', [path], `ulimit -f ${Math.ceil(size / 1024) + 100}; `);
    expect(await child.ended).toBe(0);
    expect(child.lines).toEqual(['done', 'STORAGE_FAILED', 'done']);
    expect((await storage.list({ prefix: '' })).map(({ key }) => key)).toEqual(['after', 'before', 'small']);
    await storage.commit(large);
    expect(await storage.list({ prefix: 'large' })).toHaveLength(500);
    await storage.close();
  });
});

function patch(file: string, offset: number, bytes: ArrayLike<number>): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

function canMount(): boolean {
  if (process.geteuid?.() !== 0 || process.platform !== 'linux') return false;
  const folder = freshPath();
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    // A container without the right to.
    return false;
  }
}

async function onSmallDisk(size: string, use: (path: string) => Promise<void>): Promise<void> {
  const disk = freshPath();
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  try {
    await use(join(disk, 'store'));
  } finally {
    execFileSync('umount', [disk]);
  }
}

/** Does something as a user without rights, if this process has all of them. */
async function asNobody(action: () => Promise<void>): Promise<void> {
  const self = process.geteuid?.();
  if (self !== 0) return action();
  process.seteuid?.(65534);
  try {
    await action();
  } finally {
    process.seteuid?.(self);
  }
}
