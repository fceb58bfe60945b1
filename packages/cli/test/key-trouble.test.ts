/**
 * A key that cannot be used withholds its own values alone, and what mends it is named so that it can be pasted.
 */

import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../src/command/hint.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'a store');
const run = (...words: readonly string[]) => hereIn(store, ...words);
const DISABLED = /alias\/off \(arn:aws:kms:us-east-1:000000000000:key\/[\w-]+\) is disabled\./;

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
  for (const key of ['off', 'gone', 'on']) await run('key', 'create', '--alias', `alias/${key}`);
  await run('put', '/app/a', 'one', '--type', 'SecureString', '--key-id', 'alias/on');
  await run('put', '/app/b', 'two', '--type', 'SecureString', '--key-id', 'alias/off');
  await run('put', '/app/c', 'three', '--type', 'SecureString', '--key-id', 'alias/gone');
  await run('put', '/app/d', 'four', '--type', 'String');
  await run('put', '/app/a', 'five', '--overwrite', '--key-id', 'alias/off');
  await run('put', '/app/a', 'six', '--overwrite', '--key-id', 'alias/on');
  await run('key', 'disable', 'alias/off');
  await run('key', 'schedule-deletion', 'alias/gone');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('values whose key cannot be used', () => {
  it('are said to be so by list -d, beside the others', async () => {
    const { code, out, err } = await run('list', '/app', '-d');
    expect(code).toBe(1);
    expect(out).toContain('/app/a  SecureString  3        six\n');
    expect(out).toContain('/app/b  SecureString  1        (alias/off is disabled)\n');
    expect(out).toContain('/app/c  SecureString  1        (alias/gone is pending deletion)\n');
    expect(out).toContain('/app/d  String        1        four\n');
    expect(err).toMatch(DISABLED);
    expect(err).toMatch(
      /\/app\/c cannot be read: .* Take its deletion back: securestring key cancel-deletion alias\/gone/,
    );
  });

  it('are left out of its JSON, and said on standard error', async () => {
    const { code, out, err } = await run('list', '/app', '-d', '--json');
    const { Parameters } = JSON.parse(out) as { readonly Parameters: readonly { readonly Name: string }[] };
    expect({ code, names: Parameters.map(({ Name }) => Name) }).toEqual({ code: 1, names: ['/app/a', '/app/d'] });
    expect(err).toMatch(DISABLED);
  });

  it('are said to be so by history -d, version by version', async () => {
    const { code, out, err } = await run('history', '/app/a', '-d');
    expect(code).toBe(1);
    expect(out.split('\n').map((line) => line.split('  ').at(-1))).toEqual([
      'VALUE',
      'one',
      '(alias/off is disabled)',
      'six',
      '',
    ]);
    expect(err).toMatch(/^warning: \/app\/a:2 cannot be read: /);
  });

  it('do not keep the others from search, which says what it could not look into', async () => {
    const { code, out, err } = await run('search', 'four', '--values', '-d');
    expect({ code, names: out.match(/^\/\S+/gm) }).toEqual({ code: 1, names: ['/app/d'] });
    expect(err).toMatch(DISABLED);
    expect(await run('search', 'two', '--values')).toMatchObject({ code: 1, err: expect.stringMatching(DISABLED) });
    expect(await run('search', '/app/b')).toMatchObject({ code: 0, err: '' });
  });

  it('do not keep the others from get', async () => {
    const { code, out, err } = await run('get', '/app/d', '/app/b', '/app/a', '-d');
    expect({ code, out }).toEqual({ code: 1, out: '/app/a=six\n/app/d=four\n' });
    expect(err).toMatch(/^warning: \/app\/b cannot be read: /);
    const missing = await run('get', '/app/b', '/none', '-d');
    expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('there is no /none') });
  });

  it('are named by exec and export, with the command that mends it for this store', async () => {
    for (const words of [
      ['export', '/app', '--format', 'json'],
      ['exec', '/app', '--', 'true'],
    ]) {
      const { code, out, err } = await here([...words.slice(0, 2), '--store', store, ...words.slice(2)], {
        env: process.env,
      });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('error: /app/b cannot be read: alias/off (arn:');
      expect(err).toContain(`Enable it: securestring key enable alias/off --store '${store}' /app/c cannot be read:`);
    }
  });

  it('have the command in the refusal of everything else', async () => {
    const { code, err } = await here(['get', '/app/b', '-d', '--store', store, '--no-color']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: DisabledException: alias\/off \(arn:[^)]+\) is disabled\. Enable it: securestring key enable alias\/off --store '/,
    );
    expect((await run('put', '/app/b', 'x', '--overwrite', '--key-id', 'alias/off')).err).toMatch(DISABLED);
  });

  it.each([
    ['copy', '/app/b', '/copied'],
    ['copy', '/app', '/copied', '--recursive'],
    ['move', '/app/b', '/moved'],
    ['rollback', '/app/b'],
    ['edit', '/app/b'],
    ['diff', '/app/b', '/app/d'],
    ['rotate', '/app/b', '--command', 'echo x'],
  ])('are named by %s', async (...words) => {
    const { code, out, err } = await run(...words);
    expect({ code, out }).toEqual({ code: words[0] === 'diff' ? 2 : 1, out: '' });
    expect(err).toMatch(/^error: \/app\/b: DisabledException: alias\/off \(arn:\S+\) is disabled\. Enable it: secure/);
  });

  it('are all named by diff of a path', async () => {
    const { code, out, err } = await run('diff', '/app', '/none/');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/\/app\/b cannot be read: alias\/off .*\/app\/c cannot be read: alias\/gone/);
  });

  it('are named by import and copy that would write under the key', async () => {
    const file = join(folder, 'values.env');
    writeFileSync(file, 'b=new\n');
    const refused = (outcome: string) =>
      new RegExp(
        `^error: /app/b: DisabledException: alias/off \\(arn:\\S+\\) is disabled\\. ${outcome} Enable it: securestring key enable`,
      );
    const imported = await run('import', file, '/app', '--overwrite');
    expect(imported).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(refused('Nothing was imported\\.')),
    });
    const copied = await run('copy', '/app/a', '/app/b', '--overwrite', '--key-id', 'alias/off');
    expect(copied).toMatchObject({ code: 1, out: '', err: expect.stringMatching(refused('Nothing was done\\.')) });
  });

  it('can be read again after that very command', async () => {
    const { err } = await here(['get', '/app/b', '-d', '--store', store]);
    const [command = ''] = /securestring key enable .*/.exec(err) ?? [];
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
      .slice(1);
    expect(await here(words)).toMatchObject({ code: 0 });
    expect((await run('get', '/app/b', '-d')).out).toBe('two');
    await run('key', 'disable', 'alias/off');
  });

  it('have that command of files, too', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    await run('key', 'create', '--alias', 'alias/of-file');
    expect(await run('encrypt', file, '--key-id', 'alias/of-file')).toMatchObject({ code: 0 });
    await run('key', 'disable', 'alias/of-file');
    const { err } = await here(['decrypt', `${file}.encrypted`, '-o', '-', '--store', store]);
    expect(err).toContain(`Enable it: securestring key enable alias/of-file --store '${store}'`);
  });
});

describe('a command that a message names', () => {
  it('repeats what names the store and opens it, and not how results look', async () => {
    const options = {
      store: '-x y',
      rootKeyFile: "it's",
      allowGroupReadable: true,
      json: true,
      color: false,
      debug: true,
    };
    expect(commandLine(options, 'get', '/a')).toBe(
      "securestring get /a --store '-x y' --root-key-file 'it'\\''s' --allow-group-readable",
    );
  });

  it('is of the store that was asked for, in every hint', async () => {
    const none = join(folder, 'none');
    expect((await here(['list', '--store', none])).err).toContain(`Make one: securestring init --store ${none}\n`);
    const key = join(folder, 'key');
    writeFileSync(key, `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
    const given = ['--store', join(folder, 'other'), '--root-key-file', key];
    expect((await here(['init', ...given])).code).toBe(0);
    await here(['key', 'create', '--alias', 'alias/a', ...given]);
    const hint = (await here(['key', 'disable', 'alias/a', ...given])).err;
    expect(hint).toContain(`securestring key enable alias/a ${given.join(' ')}\n`);
    expect((await here(['unlock', 'remove', '--old-key-file', key, ...given])).err).toContain(
      `(securestring unlock add ${given.join(' ')})`,
    );
  });
});
