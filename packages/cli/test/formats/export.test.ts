/**
 * What `export` calls parameters in each format, and where it writes.
 */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from '../here.ts';
import { makeFolder } from '../stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const put = (values: Readonly<Record<string, string>>) =>
  here(['import', '-', '/', '--format', 'json'], { stdin: JSON.stringify(values), env: { SECURESTRING_HOME: store } });
const exporting = (format: string, ...words: readonly string[]) =>
  hereIn(store, 'export', ...words, '--format', format);

beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
  await put({
    '/app/db/user-name': 'web',
    '/app/db.url': 'a=b',
    '/clash/a/b': '1',
    '/clash/a.b': '2',
    '/digit/1st': '1',
  });
  await put({
    '/lines/pem': 'two\nlines',
    '/lines/fine': '1',
    '/run/GITHUB_TOKEN': 'x',
    '/zero/x': 'a\0b',
    '/no_good/x': '1',
    '/defaults/db/url': 'localhost',
    '/defaults/port': '80',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('export', () => {
  it.each([
    ['dotenv', 'DB_URL=a=b\nDB_USER_NAME=web\n'],
    ['shell', "export DB_URL='a=b'\nexport DB_USER_NAME='web'\n"],
    ['docker', 'DB_URL=a=b\nDB_USER_NAME=web\n'],
    ['systemd', "DB_URL='a=b'\nDB_USER_NAME='web'\n"],
    ['json', '{\n  "/app/db.url": "a=b",\n  "/app/db/user-name": "web"\n}\n'],
    ['yaml', '"/app/db.url": "a=b"\n"/app/db/user-name": "web"\n'],
    ['properties', 'db.url=a\\=b\ndb.user-name=web\n'],
    ['tfvars', 'db_url = "a=b"\ndb_user_name = "web"\n'],
    [
      'kubernetes',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: "app"\ntype: Opaque\ndata:\n  "DB_URL": "YT1i"\n  "DB_USER_NAME": "d2Vi"\n',
    ],
  ])('%s', async (format, out) => {
    expect(await exporting(format, '/app')).toEqual({ code: 0, out, err: '' });
  });

  it.each([
    ['docker', '/lines', 'A file for docker --env-file cannot hold the value of /lines/pem, which has a line end'],
    ['properties', '/clash', '/clash/a.b and /clash/a/b would both become a.b. Give a longer path.'],
    ['tfvars', '/digit', '/digit/1st would become 1st, which is not an identifier. Give --prefix TEXT.'],
    ['shell', '/zero', 'A variable of a shell cannot hold the value of /zero/x, which has a zero byte in it.'],
    [
      'kubernetes',
      '/no_good',
      'no_good is not the name of a Secret: letters in lower case, digits, and - within. Give --name NAME.',
    ],
  ])('%s of %s is refused by name', async (format, path, said) => {
    const { code, out, err } = await exporting(format, path);
    expect({ code: code > 0, out }).toEqual({ code: true, out: '' });
    expect(err).toContain(`error: ${said}`);
  });

  it('takes several paths, of which later ones take precedence, and says what was replaced', async () => {
    expect(await exporting('docker', '/defaults', '/app')).toEqual({
      code: 0,
      out: 'DB_URL=a=b\nPORT=80\nDB_USER_NAME=web\n',
      err: 'warning: /app/db.url replaces /defaults/db/url in DB_URL\n',
    });
    expect(await exporting('tfvars', '/app', '/defaults')).toMatchObject({
      out: 'db_url = "localhost"\ndb_user_name = "web"\nport = "80"\n',
    });
    const { out, err } = await exporting('json', '/app', '/app/db');
    expect([Object.keys(JSON.parse(out)), err]).toEqual([['/app/db.url', '/app/db/user-name'], '']);
    expect(await exporting('json', '/app', '/none')).toMatchObject({ code: 3, out: '' });
  });

  it('names a Secret, and its namespace, as it is asked to', async () => {
    const { out } = await exporting('kubernetes', '/digit', '--prefix', 'N_', '--name', 'a.b-1', '--namespace', 'prod');
    expect(out).toContain('metadata:\n  name: "a.b-1"\n  namespace: "prod"\n');
    expect(out).toContain('  "N_1ST": "MQ=="\n');
    expect(await exporting('kubernetes', '/lines', '--namespace', 'no_good')).toMatchObject({ code: 2 });
    expect(await exporting('yaml', '/digit', '--name', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Only --format kubernetes takes --name and --namespace.'),
    });
  });

  it('for GitHub adds to the file of the job, and hides the values in its log first', async () => {
    const file = join(folder, 'github-env');
    writeFileSync(file, 'BEFORE=1\n');
    const env = { SECURESTRING_HOME: store, GITHUB_ENV: file };
    expect(await here(['export', '/lines', '--format', 'github'], { env })).toEqual({
      code: 0,
      out: '::add-mask::1\n::add-mask::two%0Alines\n::add-mask::two\n::add-mask::lines\n',
      err: '',
    });
    expect(readFileSync(file, 'utf8')).toMatch(
      /^BEFORE=1\nFINE<<(securestring_[-0-9a-f]{36})\n1\n\1\nPEM<<\1\ntwo\nlines\n\1\n$/,
    );
    expect(await exporting('github', '/lines')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('GITHUB_ENV names no file: give --output FILE'),
    });
    expect(await here(['export', '/run', '--format', 'github'], { env })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('cannot hold the value of /run/GITHUB_TOKEN: the runner sets'),
    });
  });

  it('writes a file that only its owner can read, or none', async () => {
    const file = join(folder, 'values.tfvars');
    expect(await exporting('tfvars', '/app', '--output', file)).toMatchObject({ code: 0, out: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe('db_url = "a=b"\ndb_user_name = "web"\n');
    const other = join(folder, 'docker.env');
    expect((await exporting('docker', '/lines', '--output', other)).code).toBe(1);
    expect(existsSync(other)).toBe(false);
  });
});
