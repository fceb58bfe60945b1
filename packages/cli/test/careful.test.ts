/** Care before something is lost: the key of a new version, what a deletion takes along, names that are not there. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { here, hereIn, type Said } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

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

async function describedAs(name: string, at = store): Promise<Record<string, unknown>> {
  return JSON.parse((await hereIn(at, 'describe', name, '--json')).out) as Record<string, unknown>;
}

describe('put --overwrite', () => {
  it('keeps the key that the parameter has, and says so', async () => {
    await put('/a', 'one', '--key-id', 'alias/app');
    const { err } = await put('/a', 'two', '--overwrite');
    expect(err).toBe('/a stays under its key alias/app. For another give --key-id.\n');
    expect(await describedAs('/a')).toMatchObject({ KeyId: 'alias/app', Version: 2 });
  });

  it('takes the key that is asked for, and is silent about the default key', async () => {
    await put('/a', 'one', '--key-id', 'alias/app');
    expect((await put('/a', 'two', '--overwrite', '--key-id', 'alias/aws/ssm')).err).toBe('');
    expect((await put('/a', 'three', '--overwrite')).err).toBe('');
    expect(await describedAs('/a')).toMatchObject({ KeyId: 'alias/aws/ssm', Version: 3 });
  });

  it('keeps no key of a parameter that is no longer a SecureString', async () => {
    await put('/a', 'one', '--key-id', 'alias/app');
    expect(await put('/a', 'two', '--overwrite', '--type', 'String')).toMatchObject({ code: 0, err: '' });
  });
});

describe('delete', () => {
  beforeEach(async () => {
    await withStoreAt(store, Date.now, (parameters) =>
      parameters.importParameters(
        Array.from({ length: 23 }, (_, at) => ({ name: `/app/n${at}`, value: 'v', type: 'String' })),
      ),
    );
    await put('/apple', 'stays');
  });

  it('--recursive deletes everything under a path, where --yes agrees to it', async () => {
    const { code, err } = await s('delete', '/app', '--recursive');
    expect([code, err]).toEqual([
      2,
      'error: /app has 23 parameters under it. To delete all of that give --yes. Nothing was done.\n',
    ]);
    expect(await s('delete', '/app', '--recursive', '--yes')).toMatchObject({
      code: 0,
      err: 'parameters deleted: 23\n',
    });
    expect((await s('list')).out.match(/^\/.*$/gm)).toEqual([expect.stringMatching(/^\/apple /)]);
    expect((await s('delete', '', '--recursive', '--yes')).code).toBe(2);
    expect((await s('delete', '/app', '--recursive', '--yes')).code).toBe(3);
  });

  it('deletes several without a question away from a terminal', async () => {
    expect(await s('delete', '/app/n1', '/app/n2')).toMatchObject({ code: 0, err: 'parameters deleted: 2\n' });
  });
});

describe('a key that goes', () => {
  beforeEach(async () => {
    await put('/a', 'one', '--key-id', 'alias/app');
    await put('/a', 'two', '--overwrite', '--tier', 'Advanced');
    await put('/b', 'three', '--key-id', 'alias/app');
    await s('key', 'rotate', 'alias/app');
    await put('/b', 'four', '--overwrite');
  });

  it('is said with the parameters and versions that are under it, in both tiers and under older material', async () => {
    expect((await s('key', 'schedule-deletion', 'alias/app')).err).toMatch(
      /^Lost with alias\/app: 4 versions of 2 parameters\./,
    );
  });

  it('is found by doctor where only older versions are under it', async () => {
    await put('/a', 'new', '--overwrite', '--key-id', 'alias/aws/ssm');
    await put('/b', 'new', '--overwrite', '--key-id', 'alias/aws/ssm');
    expect((await s('doctor')).code).toBe(0);
    await s('key', 'disable', 'alias/app');
    const { code, out } = await s('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/^problem {2}\S+: the key of 4 older versions, and it is disabled\. Mend that: /m);
    await s('key', 'schedule-deletion', 'alias/app');
    expect((await s('doctor')).out).toMatch(/the key of 4 older versions, and it is pending deletion until \d/);
  });

  it('says which parameters name an alias that is deleted', async () => {
    expect((await s('key', 'alias', 'delete', 'alias/app')).err).toMatch(/^alias\/app is the key of 2 parameters\./);
  });
});

describe('a name that is not there', () => {
  beforeEach(async () => {
    await put('/app/db/password', 'one');
    await put('/app/db/user', 'two');
  });

  it.each([
    [['get', '/app/db/pasword'], 'Did you mean /app/db/password?'],
    [['describe', '/app/db/passwrod'], 'Did you mean /app/db/password?'],
    [['history', '/App/db/user'], 'Did you mean /app/db/user?'],
    [['delete', '/app/db/usr'], 'Did you mean /app/db/user?'],
    [['label', '/app/db/usr', 'x'], 'Did you mean /app/db/user?'],
    [['convert', '/app/db/usr'], 'Did you mean /app/db/user?'],
    [['get', '/app/db'], 'It is a path, with 2 parameters under it: securestring list /app/db --recursive'],
    [['get', '/app/db/user:old'], 'The label is missing. It has version 1, and no labels.'],
  ])('%j: %s', async (words, advice) => {
    const { code, out, err } = await s(...words);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^error: .*\n$/);
    expect(err.trimEnd().endsWith(advice)).toBe(true);
  });

  it('is explained in a list of names, too', async () => {
    const { code, err } = await s('get', '/app/db/user', '/app/db/pasword');
    expect(code).toBe(3);
    expect(err).toBe('warning: there is no /app/db/pasword\n/app/db/pasword: Did you mean /app/db/password?\n');
  });

  it('is named alone where nothing is like it', async () => {
    expect((await s('get', '/zzz')).err).toBe('error: ParameterNotFound: Parameter /zzz not found.\n');
  });
});

describe('list', () => {
  it('shows the same without a path and of /', async () => {
    await put('/app/db/password', 'one');
    await put('plain', 'two');
    const all = await s('list');
    expect(all.out).toMatch(/password[\s\S]*plain/);
    expect(await s('list', '/')).toEqual(all);
    expect(await s('list', '/', '-d')).toEqual(await s('list', '-d'));
  });
});
