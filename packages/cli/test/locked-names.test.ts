/** Names need no passphrase. Values do, and what was not verified is called that. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const pass = ['--passphrase-file', join(folder, 'pass')];
const env = { SECURESTRING_HOME: join(folder, 'store'), XDG_RUNTIME_DIR: folder };
const run = (...words: readonly string[]) => here(words, { env });
const UNVERIFIED =
  'warning: the store is locked. This is what its folder says, and was not verified: unlock it to be sure.\n';

beforeAll(async () => {
  expect(await run('init', ...pass)).toMatchObject({ code: 0 });
  const put = await here(['put', '/app/token', '--type', 'SecureString', ...pass], { env, stdin: 's3cret' });
  expect(put).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a locked store', () => {
  it.each([['list'], ['list', '/app'], ['describe', '/app/token'], ['history', '/app/token'], ['search', 'TOK']])(
    'answers %s %s with a warning, and the same without where it is unlocked',
    async (...words) => {
      const locked = await run(...words);
      const open = await run(...words, ...pass);
      expect(locked).toMatchObject({ code: 0, err: UNVERIFIED });
      expect(open).toMatchObject({ code: 0, err: '' });
      // All but the ARN, whose account is in the sealed keystore.
      expect(locked.out.trimEnd().split('\n')).toEqual(
        open.out
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('ARN ')),
      );
    },
  );

  it('shows its tree with a warning, and the same without where it is unlocked', async () => {
    const [locked, open] = [await run('tree', '/app'), await run('tree', '/app', ...pass)];
    expect(open).toEqual({ code: 0, out: '/app\n└── token  SecureString\n', err: 'parameters: 1\n' });
    expect(locked).toEqual({ ...open, err: `${UNVERIFIED}${open.err}` });
    expect(await run('tree', '/none')).toMatchObject({ code: 3, out: '' });
    expect(await run('search', 'none')).toMatchObject({ code: 3, out: '' });
  });

  it('says so with --json, too', async () => {
    const { out, err } = await run('history', '/app/token', '--json');
    expect(err).toBe(UNVERIFIED);
    expect(JSON.parse(out)).toMatchObject({ Parameters: [{ Name: '/app/token', Version: 1 }] });
    expect(out).not.toContain('Value');
  });

  it.each([
    ['list', '-d'],
    ['search', 's3cret', '--values'],
    ['search', 'token', '-d'],
    ['history', '/app/token', '-d'],
    ['get', '/app/token'],
    ['exec', '/app', '--', process.execPath],
    ['key', 'list'],
    ['label', '/app/token', 'x'],
    ['delete', '/app/token'],
  ])('refuses %s %s', async (...words) => {
    expect(await run(...words)).toMatchObject({ code: 4, out: '' });
  });

  it('refuses a wrong passphrase that is given', async () => {
    expect(await here(['list'], { env: { ...env, SECURESTRING_PASSPHRASE: 'wrong' } })).toMatchObject({ code: 4 });
  });

  it('knows what is not there', async () => {
    expect(await run('describe', '/none')).toMatchObject({ code: 3, out: '' });
    expect(await run('history', '/none')).toMatchObject({ code: 3, out: '' });
  });
});
