/**
 * Where stores are made, and that no existing file is lost there.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn, type Said } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const key = join(folder, 'some.key');
const backup = join(folder, 'store.backup');
const withKey = ['--backup-key-file', key];

beforeAll(async () => {
  writeFileSync(key, `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
  const store = join(folder, 'store');
  expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
  expect(await hereIn(store, 'backup', backup, ...withKey)).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('the folder of a new store', () => {
  it('that is open to others is warned of, with the command that mends it', async () => {
    const path = join(folder, 'an open one');
    mkdirSync(path);
    chmodSync(path, 0o755);
    const { code, err } = await hereIn(path, 'init', '--generate-root-key');
    expect([code, err]).toEqual([0, `warning: ${path} is open to others (755). Mend that: chmod 700 '${path}'\n`]);
    expect((await hereIn(path, 'doctor')).code).toBe(1);
    chmodSync(path, 0o700);
    expect((await hereIn(path, 'doctor')).code).toBe(0);
  });

  it('that init makes, or that is its owner’s alone, is not', async () => {
    const path = join(folder, 'private');
    mkdirSync(path, { mode: 0o700 });
    for (const each of [path, join(folder, 'made', 'deep')]) {
      expect(await hereIn(each, 'init', '--generate-root-key')).toMatchObject({ code: 0, err: '' });
    }
  });
});

describe('a folder named data that is not ours', () => {
  let made = 0;
  function project(make: (data: string) => void): string {
    const path = join(folder, `project-${made++}`);
    mkdirSync(path);
    make(join(path, 'data'));
    return path;
  }
  const withThesis = (data: string) => {
    mkdirSync(data);
    writeFileSync(join(data, 'thesis.txt'), 'precious');
  };

  it.each([
    ['init', ['init', '--generate-root-key']],
    ['restore', ['restore', backup, ...withKey]],
  ])('is left as it is by %s', async (_, words) => {
    const path = project(withThesis);
    expect(await hereIn(path, ...words)).toMatchObject({
      code: 1,
      err: `error: ${path}/data holds other files, and no store. Choose another folder with --store.\n`,
    });
    expect(readdirSync(path)).toEqual(['data']);
    expect(readdirSync(join(path, 'data'))).toEqual(['thesis.txt']);
    const file = project((data) => writeFileSync(data, 'precious'));
    expect((await hereIn(file, ...words)).code).toBe(1);
    expect(readFileSync(join(file, 'data'), 'utf8')).toBe('precious');
  });

  it('is deleted by restore only where it is empty', async () => {
    // What an interrupted init leaves.
    const path = project((data) => {
      mkdirSync(data);
      writeFileSync(join(data, '.making'), '');
      writeFileSync(join(data, 'data.mdb'), '');
    });
    expect(await hereIn(path, 'restore', backup, ...withKey)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${path}/data is there already, and not empty.`),
    });
    expect(existsSync(join(path, 'data/data.mdb'))).toBe(true);
    const damaged = project((data) => {
      mkdirSync(data);
      writeFileSync(join(data, 'data.mdb'), '');
    });
    expect(await hereIn(damaged, 'restore', backup, ...withKey)).toMatchObject({
      code: 5,
      err: expect.stringContaining('data.mdb is damaged'),
    });
    expect(existsSync(join(damaged, 'data/data.mdb'))).toBe(true);
    const empty = project((data) => mkdirSync(data));
    expect(await hereIn(empty, 'restore', backup, ...withKey)).toMatchObject({ code: 0 });
  });
});

describe('init', () => {
  it('makes a store once, however many try at once', async () => {
    const words = ['init', '--store', join(folder, 'contended'), '--root-key-file', key];
    const said = await Promise.all([here(words), here(words), here(words)]);
    const codes = said.map(({ code }: Said) => code);
    expect(codes.sort()).toEqual([0, 1, 1]);
    for (const { code, err } of said) if (code === 1) expect(err).toMatch(/^error: There is a store in .* already\./);
  });

  it.each(['--passphrase-file', '--root-key-file'])('does not ignore %s beside --generate-root-key', async (option) => {
    const path = join(folder, 'both');
    expect(await hereIn(path, 'init', '--generate-root-key', option, key)).toMatchObject({
      code: 2,
      err: 'error: Give one of --generate-root-key, --passphrase-file and --root-key-file.\n',
    });
    expect(existsSync(join(path, 'data'))).toBe(false);
  });

  it('leaves no folder behind that it made and did not use, and every one that it did not make', async () => {
    const above = join(folder, 'above');
    const failed = { code: 2, err: expect.stringContaining('Say what will unlock the store') };
    expect(await hereIn(join(above, 'two', 'three'), 'init')).toMatchObject(failed);
    expect(existsSync(above)).toBe(false);
    mkdirSync(above);
    expect(await hereIn(join(above, 'two', 'three'), 'init')).toMatchObject(failed);
    expect(readdirSync(above)).toEqual([]);
    expect(await hereIn(above, 'init')).toMatchObject(failed);
    expect(existsSync(above)).toBe(true);
  });
});
