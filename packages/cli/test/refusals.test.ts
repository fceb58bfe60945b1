/**
 * What the command line refuses by itself, and that its words say what was wrong.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn, type Said } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a store', () => {
  it('that is not there is distinguished from one that cannot be reached', async () => {
    const none = join(folder, 'none');
    expect(await hereIn(none, 'list')).toMatchObject({
      code: 3,
      err: `error: There is no store in ${none}. Make one: securestring init\n`,
    });
    // Longer than any name may be: not even the superuser gets there.
    const unreachable = join(folder, 'x'.repeat(300));
    expect(await hereIn(unreachable, 'list')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: The store in .* cannot be read: ENAMETOOLONG/),
    });
  });

  it.each([
    [3, ['list']],
    [3, ['get', '/x']],
    [1, ['init', '--generate-root-key']],
  ])('that would be a file is refused with code %i by %j, without a command that cannot work', async (code, words) => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    expect(await hereIn(file, ...words)).toMatchObject({
      code,
      err: `error: ${file} is a file, and a store is a folder. Choose a folder with --store.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});

describe('a file', () => {
  const missing = (name: string) => ({ code: 3, err: `error: There is no file ${name}.\n` });

  it.each([
    ['import', (file: string) => ['import', file, '/x']],
    ['put --value-file', (file: string) => ['put', '/x', '--value-file', file]],
    ['inject', (file: string) => ['inject', file]],
    ['key import', (file: string) => ['key', 'import', file]],
    ['key policy put', (file: string) => ['key', 'policy', 'put', 'alias/x', file]],
    ['iam lint', (file: string) => ['iam', 'lint', file]],
  ])('of %s that is not there, or a folder, is said to be that', async (_, words) => {
    const none = join(folder, 'none');
    expect(await hereIn(store, ...words(none))).toMatchObject(missing(none));
    expect(await hereIn(store, ...words(folder))).toMatchObject({
      code: 3,
      err: `error: ${folder} is a folder, not a file.\n`,
    });
  });
});

describe('standard input at a terminal', () => {
  it.each([
    ['inspect', ['inspect', '-'], 'Message, blob or base64 text'],
    ['inject', ['inject', '-'], 'Template'],
    ['key policy put', ['key', 'policy', 'put', 'alias/x', '-'], 'Policy'],
    ['iam lint', ['iam', 'lint', '-'], 'Policy'],
    ['iam role create', ['iam', 'role', 'create', 'x', '--trust-policy', '-'], 'Policy'],
    ['diff --with-file', ['diff', '/x', '--with-file', '-'], 'Names and values'],
    ['search', ['search', '-', '--values'], 'Text to search for'],
  ])('is waited for by %s with a word on what it is', async (_, words, what) => {
    const { err } = await here(words, { stdin: '\n', env: { SECURESTRING_HOME: store }, isTyped: true });
    expect(err.split('\n')[0]).toBe(`${what}, from standard input; Ctrl-D ends it:`);
  });
});

describe('put', () => {
  it('reports a value that is too long as that, wherever it is cut', async () => {
    for (const before of ['', 'x', 'xx', 'xxx']) {
      const said = await here(['put', '/long', '--store', store], { stdin: `${before}${'é😀'.repeat(20_000)}` });
      expect(said).toMatchObject({ code: 1, err: expect.stringContaining('value') });
      expect(said.err).not.toContain('UTF-8');
    }
    const cut = Buffer.concat([Buffer.from('é'), Buffer.from('é').subarray(0, 1)]);
    writeFileSync(join(folder, 'cut'), cut);
    expect((await run('put', '/cut', '--value-file', join(folder, 'cut'))).err).toContain('not text in UTF-8');
  });
});

describe('convert', () => {
  it('keeps the key that the parameter has', async () => {
    expect(await run('key', 'create', '--alias', 'alias/app')).toMatchObject({ code: 0 });
    expect(await run('put', '/sealed', 'v', '--key-id', 'alias/app')).toMatchObject({ code: 0 });
    expect((await run('convert', '/sealed')).out).toBe('/sealed version 2 (Advanced)\n');
    expect((await run('describe', '/sealed')).out).toMatch(/^Key +alias\/app$/m);
  });
});

describe('label', () => {
  it('prints nothing but the error if no label was valid', async () => {
    await run('put', '/labelled', 'v', '--type', 'String');
    expect(await run('label', '/labelled', '1bad')).toEqual({
      code: 1,
      out: '',
      err: 'error: 1bad: not a label. A label has letters, digits and _.-, and does not begin with a digit, aws or ssm.\n',
    });
  });
});

describe('key import-material', () => {
  async function importing(length: number, ...more: readonly string[]): Promise<Said> {
    const file = join(folder, 'material');
    writeFileSync(file, Buffer.alloc(length, 7), { mode: 0o600 });
    return run('key', 'import-material', 'alias/ours', '--material', file, ...more);
  }
  beforeAll(async () => {
    expect(await run('key', 'create', '--origin', 'EXTERNAL', '--alias', 'alias/ours')).toMatchObject({ code: 0 });
  });

  it.each([65, 500])('reports material of %i bytes as too long', async (length) => {
    expect(await importing(length)).toMatchObject({
      code: 1,
      err: `error: ${join(folder, 'material')} has ${length} bytes. Key material has 32, or as many as the HMAC of the key's spec.\n`,
    });
  });

  it.each(['2027-02-31', '2027-02-30T12:00:00Z', '2027-13-01', '3 March 2027', '2027-1-1', 'soon'])(
    'refuses %s, which is not a date of the calendar',
    async (date) => {
      expect(await importing(32, '--valid-to', date)).toMatchObject({
        code: 2,
        err: expect.stringContaining('It must be a date, such as 2027-01-31 or 2027-01-31T12:00:00Z.'),
      });
    },
  );

  // Material is valid for a year at most.
  const day = new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10);
  it.each(['', 'T23:30:00Z', 'T23:30:00-05:00'])('takes a day of the calendar followed by "%s"', async (time) => {
    expect(await importing(32, '--valid-to', day + time)).toMatchObject({ code: 0 });
    expect((await run('key', 'describe', 'alias/ours')).out).toContain(new Date(day + time).toISOString());
  });

  it('takes a time without a zone for UTC wherever it runs, and says until when', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      const { code, out } = await importing(32, '--valid-to', `${day}T23:30`);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(` until ${day}T23:30:00.000Z.\n`) });
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});

describe('a version that is not there', () => {
  it('is explained by those that are, and not by the same name', async () => {
    expect(await run('put', '/versioned', 'value', '--type', 'String')).toMatchObject({ code: 0 });
    const { err } = await run('label', '/versioned', 'prod', '--parameter-version', '7');
    expect(err).toMatch(/^error: ParameterVersionNotFound: .* It has version 1, and no labels\.\n$/);
  });
});

it('import names the path that is meant, where the slash at its beginning is missing', async () => {
  const said = await here(['import', '-', 'app/db'], { stdin: 'A=1', env: { SECURESTRING_HOME: store } });
  expect(said).toMatchObject({ code: 2, err: 'error: A path begins with /: give /app/db. Nothing was imported.\n' });
});

describe('list', () => {
  it('says that --recursive would show something where a level has nothing', async () => {
    const hint = 'There are parameters further down: give --recursive, or a longer path.\n';
    expect(await run('put', '/deep/er/name', 'value', '--type', 'String')).toMatchObject({ code: 0 });
    for (const more of [[], ['-d']]) {
      expect(await run('list', '/deep', ...more)).toMatchObject({ code: 0, err: hint });
      expect(await run('list', '/deep', '--recursive', ...more)).toMatchObject({ code: 0, err: '' });
      expect(await run('list', '/deep/er', ...more)).toMatchObject({ code: 0, err: '' });
      const none = 'There are no parameters under /none.\n';
      expect(await run('list', '/none', ...more)).toMatchObject({ code: 0, err: none });
      const name = 'There are no parameters under /deep/er/name: it is a parameter.\n';
      expect(await run('list', '/deep/er/name', ...more)).toMatchObject({ code: 0, err: name });
      expect(await run('list', '/deep', '--json', ...more)).toMatchObject({ code: 0, err: '' });
    }
  });
});
