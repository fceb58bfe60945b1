/** `rollback`, `copy`, `move`, `search`, `tree`, `tag` and `generate`: daily work on parameters. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomCharacters } from '../src/daily/random-text.ts';
import { here, hereIn, type Said } from './here.ts';
import { makeFolder } from './stores.ts';

let folder: string;
let store: string;

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  await hereIn(store, 'init', '--generate-root-key');
  await hereIn(store, 'key', 'create', '--alias', 'alias/app');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const s = (...words: string[]): Promise<Said> => hereIn(store, ...words);
const put = (name: string, value: string, ...words: string[]): Promise<Said> =>
  here(['put', name, ...words], { stdin: value, env: { SECURESTRING_HOME: store } });
const read = async (name: string): Promise<string> => (await s('get', name, '-d')).out;

async function describedAs(name: string, at = store): Promise<Record<string, unknown>> {
  return JSON.parse((await hereIn(at, 'describe', name, '--json')).out) as Record<string, unknown>;
}

describe('rollback', () => {
  beforeEach(async () => {
    await put('/a', 'one', '--key-id', 'alias/app');
    await put('/a', 'two', '--overwrite');
    await put('/a', 'three', '--overwrite');
  });

  it('adds a version with the value of the one before, under the same key', async () => {
    expect((await s('rollback', '/a')).out).toBe('/a version 4 (Standard): the value of version 2\n');
    expect(await read('/a')).toBe('two');
    expect(await describedAs('/a')).toMatchObject({ KeyId: 'alias/app' });
  });

  it('takes a version or a label', async () => {
    await s('label', '/a', 'good', '--parameter-version', '1');
    await s('rollback', '/a', 'good');
    expect(await read('/a')).toBe('one');
    await s('rollback', '/a', '3');
    expect(await read('/a')).toBe('three');
  });

  it('adds no version of the value that is there', async () => {
    expect((await s('rollback', '/a', '3')).err).toContain('Nothing was done');
    expect(await describedAs('/a')).toMatchObject({ Version: 3 });
  });

  it('names the versions and labels that there are where one is missing', async () => {
    await s('label', '/a', 'good', '--parameter-version', '1');
    const { code, err } = await s('rollback', '/a', 'bad');
    expect(code).toBe(3);
    expect(err).toContain('The label is missing. It has versions 1 to 3, and the labels good.');
    await put('/b', 'one');
    expect(await s('rollback', '/b')).toMatchObject({ code: 1, err: expect.stringContaining('/b has one version') });
  });
});

describe('copy', () => {
  beforeEach(async () => {
    await put('/app/a', 'one', '--key-id', 'alias/app', '--description', 'what it is', '--tags', 'team=data');
    await put('/app/b/c', 'url', '--type', 'String', '--tier', 'Advanced');
  });

  it('keeps type, tier, key, description and tags', async () => {
    expect((await s('copy', '/app/a', '/b')).code).toBe(0);
    const { Name, Version, ...copy } = await describedAs('/b');
    const { Name: _, Version: __, ...original } = await describedAs('/app/a');
    const but = { ARN: expect.any(String), LastModifiedDate: expect.any(String) };
    expect(copy).toEqual({ ...original, ...but });
    expect(copy).toMatchObject({
      KeyId: 'alias/app',
      Description: 'what it is',
      Tags: [{ Key: 'team', Value: 'data' }],
    });
    expect(await read('/b')).toBe('one');
  });

  it('copies a path, all or none', async () => {
    await put('/copy/b/c', 'in the way');
    expect(await s('copy', '/app', '/copy', '--recursive')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: \/copy\/b\/c: ParameterAlreadyExists: .* Nothing was done\.\n$/),
    });
    expect((await s('get', '/copy/a')).code).toBe(3);
    expect((await s('copy', '/app', '/copy', '--recursive', '--overwrite')).code).toBe(0);
    expect([await read('/copy/a'), await read('/copy/b/c')]).toEqual(['one', 'url']);
    expect(await describedAs('/copy/a')).toMatchObject({ Tags: [{ Key: 'team', Value: 'data' }] });
    expect(await describedAs('/copy/b/c')).toMatchObject({ Tier: 'Advanced' });
  });

  it('writes into another store under its own keys, and never into this one by another name', async () => {
    const other = join(folder, 'other');
    await hereIn(other, 'init', '--generate-root-key');
    expect(await s('copy', '/app', '--recursive', '--to-store', other)).toMatchObject({
      code: 3,
      err: expect.stringContaining('For another key give --key-id.'),
    });
    expect((await s('copy', '/app', '--recursive', '--to-store', other, '--key-id', 'alias/aws/ssm')).code).toBe(0);
    expect((await hereIn(other, 'get', '/app/a', '-d')).out).toBe('one');
    expect(await s('copy', '/app/a', '--to-store', store)).toMatchObject({ code: 2 });
    expect(await s('copy', '/app/a')).toMatchObject({ code: 2 });
  });
});

describe('move', () => {
  it('renames a parameter, and a path', async () => {
    await put('/app/a', 'one');
    await put('/app/b', 'two');
    expect((await s('move', '/app/a', '/app/c')).code).toBe(0);
    expect((await s('get', '/app/a')).code).toBe(3);
    expect((await s('move', '/app', '/app/deeper', '--recursive')).code).toBe(0);
    expect([await read('/app/deeper/b'), await read('/app/deeper/c')]).toEqual(['two', 'one']);
    expect((await s('list')).out.match(/^\//gm)).toHaveLength(2);
  });

  it('deletes nothing where a new name is taken, or is moved itself', async () => {
    await put('/app/a', 'one');
    await put('/app/x/a', 'two');
    expect((await s('move', '/app/a', '/app/x/a')).code).toBe(1);
    expect((await s('move', '/app/a', '/app/a', '--overwrite')).code).toBe(1);
    expect([await read('/app/a'), await read('/app/x/a')]).toEqual(['one', 'two']);
  });
});

describe('search', () => {
  beforeEach(async () => {
    await put('/app/db/password', 'hunter2', '--description', 'of the Database');
    await put('/app/token', 'hunter2-too');
  });

  it('finds names and descriptions in any case', async () => {
    expect((await s('search', 'PASS')).out).toMatch(/^\/app\/db\/password +SecureString +name +of the Database$/m);
    expect((await s('search', 'database')).out).toMatch(/password +SecureString +description/);
    expect(await s('search', 'hunter2')).toMatchObject({ code: 3, out: '' });
  });

  it('looks into values where that is asked for, and shows none without -d', async () => {
    const { out } = await s('search', 'hunter2', '--values');
    expect(out.match(/^\/app/gm)).toHaveLength(2);
    expect(out).not.toContain('hunter2');
    const piped = await here(['search', '-', '--values', '-d'], { stdin: 'r2-t\n', env: { SECURESTRING_HOME: store } });
    expect(piped.out).toMatch(/\/app\/token +SecureString +value +hunter2-too\n$/);
  });
});

describe('tree', () => {
  it('shows what is under a path, and a name that is a path too', async () => {
    await put('/app', 'one', '--type', 'String');
    await put('/app/db/password', 'two');
    await put('/app/db/user', 'three');
    await put('plain', 'four');
    expect((await s('tree')).out).toBe(
      [
        '/',
        '├── app  String',
        '│   └── db',
        '│       ├── password  SecureString',
        '│       └── user  SecureString',
        '└── plain  SecureString',
        '',
      ].join('\n'),
    );
    expect((await s('tree', '/app/db/')).out.split('\n')[0]).toBe('/app/db');
    expect((await s('tree', '/none')).code).toBe(3);
  });
});

describe('tag', () => {
  it('sets, removes and shows tags', async () => {
    await put('/a', 'one');
    expect((await s('tag', '/a', 'team=data', 'env=a=b')).out).toBe('env=a=b\nteam=data\n');
    expect((await s('tag', '/a', '--remove', 'team')).out).toBe('env=a=b\n');
    expect((await s('tag', '/a', 'team')).code).toBe(2);
  });
});

describe('generate', () => {
  it('stores a value and prints none', async () => {
    const { out } = await s('generate', '/a');
    expect(out).toBe('/a version 1 (Standard), 32 characters, 190 random bits\n');
    expect(await read('/a')).toMatch(/^[A-Za-z0-9]{32}$/);
    expect((await s('generate', '/a')).code).toBe(1);
  });

  it('prints the value alone where that is asked for', async () => {
    const { out } = await s('generate', '/a', '--length', '50', '--characters', 'aabb', '--print');
    expect(out).toMatch(/^[ab]{50}$/);
    expect(await read('/a')).toBe(out);
  });

  it('stores encoded bytes', async () => {
    await s('generate', '/a', '--bytes', '24', '--encoding', 'hex');
    expect(await read('/a')).toMatch(/^[0-9a-f]{48}$/);
    await s('generate', '/a', '--bytes', '24', '--overwrite');
    expect(Buffer.from(await read('/a'), 'base64')).toHaveLength(24);
  });

  it.each([
    [['--bytes', '8', '--length', '8']],
    [['--charset', 'hex', '--characters', 'ab']],
    [['--encoding', 'hex']],
    [['--characters', 'aaa']],
    [['--length', '9000']],
  ])('refuses %j', async (words) => {
    expect((await s('generate', '/a', ...words)).code).toBe(2);
  });

  it('warns of a value that can be guessed', async () => {
    expect((await s('generate', '/a', '--length', '6', '--charset', 'digits')).err).toMatch(
      /^warning: A value of 19 random bits/,
    );
  });

  it('chooses every character about as often as each other', () => {
    const { text } = randomCharacters(60_000, 'abcdef');
    const counts = [...'abcdef'].map((character) => text.split(character).length - 1);
    // 10,000 each, with a standard deviation of 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(800);
  });
});
