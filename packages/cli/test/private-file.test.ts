/**
 * Files with a secret in them: whom they may be readable for, and what is said where chmod cannot help.
 */

import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const pass = join(folder, 'pass');
const list = (...words: readonly string[]) => hereIn(store, 'list', '--passphrase-file', pass, ...words);
const isRoot = process.getuid?.() === 0;
const ALLOW = '--allow-group-readable';

beforeAll(async () => {
  expect(await hereIn(store, 'init', '--passphrase-file', pass)).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')("a secret's file", () => {
  it('that its group can read is refused, and accepted with the option', async () => {
    chmodSync(pass, 0o440);
    expect(await list()).toMatchObject({
      code: 4,
      err: `error: ${pass} can be read by others. Mend that: chmod 600 ${pass}\n`,
    });
    expect(await list(ALLOW)).toMatchObject({ code: 0 });
  });

  it('that is a device gets no advice to take the rights of others away', async () => {
    const said = await hereIn(store, 'list', '--passphrase-file', '/dev/null');
    expect(said).toEqual({
      code: 4,
      out: '',
      err: 'error: /dev/null is a device: give a file that only its owner may read.\n',
    });
  });

  it('that is not there is said to be that', async () => {
    const said = await hereIn(store, 'list', '--passphrase-file', join(folder, 'none'));
    expect(said).toMatchObject({ code: 4, err: `error: There is no file ${join(folder, 'none')}.\n` });
  });

  it.each([0o460, 0o620, 0o602, 0o446, 0o450])('of mode %o is refused with the option too', async (mode) => {
    chmodSync(pass, mode);
    expect(await list(ALLOW)).toMatchObject({ code: 4 });
  });

  it.skipIf(!isRoot)('that all can read is accepted of root alone', async () => {
    chmodSync(pass, 0o444);
    expect(await list(ALLOW)).toMatchObject({ code: 0 });
    chownSync(pass, 1234, 1234);
    try {
      expect(await list(ALLOW)).toMatchObject({ code: 4 });
    } finally {
      chownSync(pass, 0, 0);
    }
  });

  it('of another user names the option where it is enough', async () => {
    const geteuid = vi.spyOn(process as { geteuid: () => number }, 'geteuid').mockReturnValue(4321);
    try {
      chmodSync(pass, 0o440);
      const { code, err } = await list();
      expect(code).toBe(4);
      expect(err).toMatch(
        /owns it: chmod cannot mend that\. Where an orchestrator mounts it so, give --allow-group-readable\.\n$/,
      );
      chmodSync(pass, 0o666);
      expect((await list()).err).toMatch(
        /can be changed by others\. .* chmod cannot mend that\. Give a copy that you own/,
      );
    } finally {
      geteuid.mockRestore();
    }
  });
});

describe('a mistyped --store', () => {
  it('that leads to an empty data folder, or into a store, makes no file', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(join(empty, 'data'), { recursive: true });
    expect(await hereIn(empty, 'list')).toMatchObject({ code: 3, err: expect.stringContaining('There is no store') });
    expect(readdirSync(join(empty, 'data'))).toEqual([]);
    const said = await hereIn(join(store, 'data'), 'list');
    expect(said).toMatchObject({ code: 3, err: expect.stringContaining(`give ${store}.`) });
    expect(existsSync(join(store, 'data/data'))).toBe(false);
  });

  it.each([
    ['list'],
    ['get', '/a'],
    ['put', '/a', 'x', '--type', 'String'],
    ['export', '/'],
    ['exec', '/', '--', '/bin/true'],
    ['doctor'],
    ['key', 'list'],
    ['unlock', 'list'],
    ['delete', '/a'],
    ['backup', join(folder, 'b')],
  ])('%s makes no file, and says that there is no store', async (...words) => {
    const none = join(folder, 'nowhere');
    const said = await hereIn(none, ...words);
    expect(said).toMatchObject({ code: 3, err: expect.stringContaining(`There is no store in ${none}.`) });
    expect(existsSync(none)).toBe(false);
  });
});
