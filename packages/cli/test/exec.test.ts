/** `exec`: the environment that a program gets. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execWords } from '../src/exec/words.ts';
import { runBuilt } from './built.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const PRINT = ['--', process.execPath, '-e', 'console.log(JSON.stringify(process.env))'];

beforeAll(async () => {
  expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
  const values = {
    '/a/url': 'a-url',
    '/a/user': 'a-user',
    '/b/url': 'b-url',
    '/b/deep/token': 'b-token',
    '/c/path': 'x',
  };
  for (const [name, value] of Object.entries(values)) await hereIn(store, 'put', name, value, '--type', 'String');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `exec` with these variables beside those that it needs. */
async function exec(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await runBuilt(['exec', ...words, ...PRINT], {
    env: { SECURESTRING_HOME: store, PATH: process.env['PATH'] ?? '', ...env },
  });
  return { code, err, env: out === '' ? undefined : (JSON.parse(out) as Record<string, string>) };
}

describe('exec of several paths', () => {
  it('gives precedence to the later ones, and says what they replace', async () => {
    const { err, env } = await exec(['/a', '/b', '--pristine']);
    expect(env).toEqual({ URL: 'b-url', USER: 'a-user', DEEP_TOKEN: 'b-token' });
    expect(err).toBe('warning: /b/url replaces /a/url in URL\n');
    expect((await exec(['/b', '/a', '--pristine'])).env).toMatchObject({ URL: 'a-url' });
    expect((await exec(['/a', '/a', '--pristine'])).err).toBe('');
  });

  it('says which variables of the environment the store replaces, unless they say the same', async () => {
    const { err, env } = await exec(['/a'], { URL: 's3cret', USER: 'a-user' });
    expect(env).toMatchObject({ URL: 'a-url', USER: 'a-user' });
    expect(err).toBe('warning: /a/url replaces URL of the environment\n');
  });

  it('names a path under which there is nothing, and one that is empty', async () => {
    expect(await exec(['/a', '/none'])).toMatchObject({
      code: 3,
      err: 'error: There are no parameters under /none.\n',
    });
    expect(await exec(['/a', ''])).toMatchObject({ code: 2 });
  });

  it('refuses a name that programs obey in any of them', async () => {
    expect(await exec(['/a', '/c'])).toMatchObject({ code: 1, env: undefined });
    expect((await exec(['/a', '/c', '--allow', 'PATH', '--pristine'])).env).toMatchObject({ PATH: 'x' });
  });
});

describe('exec --strict', () => {
  it('fills the variables with the placeholder, and sets no other', async () => {
    const { code, err, env } = await exec(['/a', '/b', '/c', '--strict'], { URL: 'securestring', OTHER: 'kept' });
    expect({ code, err }).toEqual({ code: 0, err: 'warning: /b/url replaces /a/url in URL\n' });
    expect(env).toMatchObject({ URL: 'b-url', OTHER: 'kept', PATH: process.env['PATH'] });
    expect(env).not.toHaveProperty('USER');
    expect(env).not.toHaveProperty('DEEP_TOKEN');
  });

  it('takes another placeholder, and leaves only what it fills with --pristine', async () => {
    const words = ['/a', '--strict', '--strict-value', 'fill-me', '--pristine'];
    expect((await exec(words, { USER: 'fill-me', URL: 'securestring' })).env).toEqual({ USER: 'a-user' });
  });

  it('warns where no variable waits for a value, and runs', async () => {
    const warning = (text: string) =>
      `warning: no variable of the environment has the value ${text}, so --strict sets none: give the program's own, as in NAME=${text}\n`;
    const { code, err, env } = await exec(['/a', '--strict']);
    expect({ code, err }).toEqual({ code: 0, err: warning('securestring') });
    expect(env).not.toHaveProperty('URL');
    const { err: other } = await exec(['/a', '--strict', '--strict-value', 'fill-me'], { URL: 'securestring' });
    expect(other).toBe(warning('fill-me'));
  });

  it('names the variables that nothing fills', async () => {
    const { code, err } = await exec(['/a', '--strict'], { URL: 'securestring', KEY: 'securestring' });
    expect({ code, err }).toEqual({
      code: 3,
      err: 'error: No parameter fills KEY, whose value is the placeholder securestring.\n',
    });
  });
});

describe('the words of exec', () => {
  it.each([
    ['/a -- cmd', { paths: ['/a'], command: 'cmd', args: [] }],
    ['/a /b -- cmd -x -- y', { paths: ['/a', '/b'], command: 'cmd', args: ['-x', '--', 'y'] }],
    ['/a cmd x', { paths: ['/a'], command: 'cmd', args: ['x'] }],
    ['-- cmd x', { paths: [], command: 'cmd', args: ['x'] }],
  ])('%s', (text, expected) => {
    const words = text.split(' ');
    // Commander takes out the first one.
    const given = words.filter((word, at) => word !== '--' || at !== words.indexOf('--'));
    expect(execWords(given, ['exec', ...words])).toEqual(expected);
  });

  it.each([['exec'], ['exec', '/a'], ['exec', '/a', '--'], ['exec', '--', 'cmd']])(
    '%s %s %s is not enough',
    async (...words) => {
      expect(await here(words, { env: { SECURESTRING_HOME: store } })).toMatchObject({ code: 2, out: '' });
    },
  );
});
