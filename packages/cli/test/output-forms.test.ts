/** `--output` and `--query` of this program's own commands. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const ok = async (...words: readonly string[]): Promise<string> => {
  const { code, out, err } = await hereIn(store, ...words);
  expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
  return out;
};

beforeAll(async () => {
  await hereIn(store, 'init', '--generate-root-key');
  await here(['put', '/app/db/password'], { stdin: 'one two', env: { SECURESTRING_HOME: store } });
  await ok('put', '/app/db/user', 'ä', '--type', 'String', '--json');
  await ok('put', '/app/pem', 'a\nb\n', '--type', 'String', '--json');
});
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 10 }));

describe('--output', () => {
  it('is JSON as --json has it, before and after the command', async () => {
    const json = await ok('describe', '/app/db/user', '--json');
    expect(JSON.parse(json)).toMatchObject({ Name: '/app/db/user' });
    expect(await ok('describe', '/app/db/user', '--output', 'json')).toBe(json);
    expect(await ok('--output', 'json', 'describe', '/app/db/user')).toBe(json);
    expect(await ok('--output=json', 'describe', '/app/db/user')).toBe(json);
  });

  it('is text, YAML and a table of the same', async () => {
    const query = ['--query', 'Parameters[].[Name,Version]'];
    expect(await ok('list', '/app/db', '--output', 'text', ...query)).toBe('/app/db/password\t1\n/app/db/user\t1\n');
    expect(await ok('list', '/app/db', '--output', 'yaml', ...query)).toBe(
      '- - /app/db/password\n  - 1\n- - /app/db/user\n  - 1\n',
    );
    expect(await ok('unlock', 'list', '--output', 'table', '--query', 'slots[].kind')).toBe(
      '-------------\n|unlock list|\n+-----------+\n|  rootKey  |\n+-----------+\n',
    );
  });

  it('is a line a parameter for env, by the names behind the path that they share', async () => {
    expect(await ok('get', '/app/db/password', '-d', '--output', 'env')).toBe('PASSWORD=one two\n');
    expect(await ok('get', '/app/db/user', '/app/db/password', '-d', '--output', 'env')).toBe(
      'PASSWORD=one two\nUSER=ä\n',
    );
    expect(await ok('list', '/app/db', '-d', '--output', 'env')).toBe('PASSWORD=one two\nUSER=ä\n');
    expect(await ok('put', '/app/x', '1', '--type', 'String', '--output', 'text')).toBe('Standard\t1\n');
    expect(await ok('get', '/app/x', '/app/db/user', '--output', 'env')).toBe('DB_USER=ä\nX=1\n');
  });

  it.each([
    [['get', '/app/pem', '--output', 'env'], 'The value of /app/pem has several lines'],
    [['key', 'list', '--output', 'env'], '--output env is for values of parameters'],
    [['get', '/app/db/user', '--output', 'env', '--query', 'Parameter'], '--output env takes no --query'],
    [['get', '/app/db/user', '--output', 'xml'], '--output is one of json, text, table, yaml, env.'],
    [['get', '/app/db/user', '--json', '--output', 'text'], '--json is --output json: give one.'],
    [['get', '/app/db/user', '--query', 'a['], 'Bad value for --query a[: '],
    [['get', '/app/db/user', '--query', 'nothing(@)'], 'Bad value for --query nothing(@): Unknown function'],
  ])('is refused where it cannot be: %j', async (words, message) => {
    expect(await hereIn(store, ...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('is a file where a command has files for it', async () => {
    expect(await hereIn(store, 'export', '/app/db', '--output', join(folder, 'file'))).toMatchObject({
      code: 0,
      out: '',
    });
    expect((await hereIn(store, 'export', '--help')).out).toContain('-o, --output <file>');
    expect((await hereIn(store, 'export', '--help')).out).not.toContain('--output <form>');
    await ok('key', 'create', '--json');
  });

  it('is said to do nothing where a command has no such result', async () => {
    const { code, out, err } = await hereIn(store, 'export', '/app/db', '--query', 'x');
    expect([code, out]).toEqual([0, "PASSWORD='one two'\nUSER='ä'\n"]);
    expect(err).toContain('--output and --query did nothing');
  });
});

describe('--query', () => {
  it('asks the JSON of a result, and prints JSON unless said', async () => {
    expect(await ok('get', '/app/db/password', '-d', '--query', 'Parameter.Value')).toBe('"one two"\n');
    expect(await ok('list', '/app/db', '--query', 'Parameters[?Type==`String`].Name | [0]')).toBe('"/app/db/user"\n');
    expect(await ok('unlock', 'list', '--query', 'slots[].kind', '--output', 'text')).toMatch(/^\S.*\n$/);
  });
});
