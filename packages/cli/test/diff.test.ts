/** `diff`: what differs between versions, parameters, paths, stores and files. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const other = join(folder, 'other');
const put = (name: string, value: string, ...words: string[]) =>
  here(['put', name, ...words], { stdin: value, env: { SECURESTRING_HOME: store } });
const diff = (...words: string[]) => hereIn(store, 'diff', ...words);

beforeAll(async () => {
  await hereIn(store, 'init', '--generate-root-key');
  await hereIn(other, 'init', '--generate-root-key');
  await put('/app/password', 'one-secret');
  await put('/app/password', 'two-secret', '--overwrite');
  await put('/app/pem', 'begin\nold\nend');
  await put('/app/url', 'same', '--type', 'String');
  await hereIn(store, 'copy', '/app', '--recursive', '--to-store', other);
  await hereIn(store, 'copy', '/app', '/prod', '--recursive');
  await put('/prod/pem', 'begin\nnew\nnewer\nend', '--overwrite');
  await put('/prod/url', 'same', '--overwrite', '--type', 'SecureString');
  await put('/prod/more', 'added');
  await hereIn(store, 'delete', '/prod/password');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('diff', () => {
  it('compares a parameter with its version before, and shows no value', async () => {
    expect(await diff('/app/password')).toEqual({
      code: 1,
      out: '~ /app/password  value\n',
      err: '/app/password:1 and /app/password:2: 1 difference\n',
    });
    expect((await diff('/app/password:1', '-d')).out).toBe(
      '~ /app/password  value\n    - one-secret\n    + two-secret\n',
    );
  });

  it('says so where nothing differs', async () => {
    expect(await diff('/app/password', '/app/password:2')).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('no difference'),
    });
    expect(await diff('/app', '--with-store', other)).toMatchObject({ code: 0, out: '' });
    expect(await diff('/app/password:2', '/app/password', '--with-store', other)).toMatchObject({ code: 0, out: '' });
  });

  it('compares paths by what is under them', async () => {
    expect(await diff('/app', '/prod')).toMatchObject({
      code: 1,
      out: '+ more\n- password\n~ pem  value\n~ url  type (String to SecureString)\n',
    });
  });

  it('shows the lines that differ of a value with several', async () => {
    expect((await diff('/app/pem', '/prod/pem', '-d')).out).toBe(
      '~ /app/pem  value\n    - old\n    + new\n    + newer\n',
    );
  });

  it('shows no value in JSON without -d', async () => {
    expect(JSON.parse((await diff('/app/password', '--json')).out)).toEqual({
      first: '/app/password:1',
      second: '/app/password:2',
      differences: [{ name: '/app/password', change: 'changed', members: ['value'] }],
    });
  });

  it('compares a path with what export wrote, and with a file that was changed', async () => {
    const [dotenv, json] = [join(folder, '.env'), join(folder, 'app.json')];
    await hereIn(store, 'export', '/app', '--output', dotenv);
    await hereIn(store, 'export', '/app', '--format', 'json', '--output', json);
    expect(await diff('/app', '--with-file', dotenv)).toMatchObject({ code: 0, out: '' });
    expect(await diff('/app', '--with-file', json)).toMatchObject({ code: 0, out: '' });
    writeFileSync(dotenv, 'URL=other\nPASSWORD=two-secret\n');
    expect(await diff('/app', '--with-file', dotenv)).toMatchObject({ code: 1, out: '- PEM\n~ URL  value\n' });
  });

  it.each<[string[], number]>([
    [['/none', '/app'], 3],
    [['/app/password:9'], 3],
    [['/app', '/app/password'], 2],
    [['/app'], 2],
    [['/app', '/prod', '--with-file', 'x'], 2],
    [['/app', '--with-file', '/none/.env'], 3],
    // A failure never looks like a difference.
    [['/app', '--with-file', join(folder, 'pass')], 2],
  ])('%j ends with its own exit code, %i', async (words, code) => {
    expect(await diff(...words)).toMatchObject({ code, out: '' });
  });
});
