/** Refusals of AWS's that speak of IAM or of web pages, in the command line's own words. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn, type Said } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const put = (value: string, ...words: string[]): Promise<Said> =>
  here(['put', ...words], { stdin: value, env: { SECURESTRING_HOME: store } });

beforeAll(async () => {
  await hereIn(store, 'init', '--generate-root-key');
  await put('x', '/advanced', '--tier', 'Advanced');
  writeFileSync(join(folder, 'material'), 'x'.repeat(32), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the store's own key", () => {
  it.each([
    [['key', 'rotate'], 'cannot be rotated'],
    [['key', 'rotation', '--enable'], 'cannot be rotated regularly'],
    [['key', 'disable'], 'cannot be disabled'],
    [['key', 'schedule-deletion'], 'cannot be deleted'],
  ])('%j says what it is for, and what to do', async (words, cannot) => {
    const { code, out, err } = await hereIn(store, ...words, 'alias/aws/ssm');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/error: alias\/aws\/ssm \(arn:\S+\) is the store's own key/);
    expect(err).toContain(`, and ${cannot}. Make a key of yours`);
    expect(err).toContain('securestring key create --alias alias/app, then put NAME --overwrite --key-id alias/app.');
    expect(err).not.toMatch(/authorized|policy/);
  });

  it('goes elsewhere with the whole store, and the hint names the store that was given', async () => {
    const words = ['key', 'export', 'alias/aws/ssm', '--output', join(folder, 'keys'), '--store', store];
    const { code, err } = await here([...words, '--envelope-passphrase-file', join(folder, 'pass')]);
    expect(code).toBe(1);
    expect(err).toContain(
      `cannot be exported. The whole store goes elsewhere with securestring backup FILE --store ${store}.`,
    );
  });

  it('is the only key of which that is said', async () => {
    await hereIn(store, 'key', 'create', '--alias', 'alias/app');
    expect((await hereIn(store, 'key', 'rotate', 'alias/app')).code).toBe(0);
  });
});

describe('an alias that the store keeps', () => {
  it.each([
    [['delete', 'alias/aws/ssm'], "alias/aws/ssm is the alias of the store's own key, and stays with it."],
    [['update', 'alias/aws/ssm', 'alias/app'], "alias/aws/ssm is the alias of the store's own key, and stays with it."],
    [
      ['create', 'alias/aws/foo', 'alias/app'],
      'Names that begin with alias/aws/ are reserved. Give another, such as alias/app.',
    ],
    [['delete', 'alias/aws/foo'], 'Names that begin with alias/aws/ are reserved. Give another, such as alias/app.'],
  ])('%j is refused in plain words', async (words, message) => {
    expect(await hereIn(store, 'key', 'alias', ...words)).toEqual({ code: 1, out: '', err: `error: ${message}\n` });
  });

  it('begins with alias/', async () => {
    expect(await hereIn(store, 'key', 'alias', 'create', 'mine', 'alias/app')).toMatchObject({
      code: 1,
      err: 'error: ValidationException: An alias begins with alias/, such as alias/app.\n',
    });
  });

  it('is said to be the only one of its key', async () => {
    expect((await hereIn(store, 'key', 'alias', 'create', 'alias/mine', 'alias/aws/ssm')).err).toBe(
      "error: NotAuthorizedException: the store's own key has alias/aws/ssm alone.\n",
    );
  });
});

describe('what cannot be done', () => {
  it('is refused before a passphrase is asked for', async () => {
    const words = ['key', 'export', 'alias/aws/ssm', '-o', join(folder, 'own.keys')];
    const { code, err } = await hereIn(store, ...words);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('cannot be exported') });
    // Away from a terminal, a key that may go asks for it.
    await hereIn(store, 'key', 'create', '--alias', 'alias/goes');
    const asked = await hereIn(store, 'key', 'export', 'alias/goes', '-o', join(folder, 'goes.keys'));
    expect(asked.err).toContain('Give the passphrase of the envelope');
  });

  it('is refused before anything is counted', async () => {
    await hereIn(store, 'key', 'create', '--alias', 'alias/ends');
    const end = (...words: string[]) => hereIn(store, 'key', 'schedule-deletion', ...words);
    for (const days of ['6', '31']) {
      expect(await end('alias/ends', '--pending-window-in-days', days)).toEqual({
        code: 2,
        out: '',
        err: 'error: --pending-window-in-days is 7 to 30.\n',
      });
    }
    expect((await end('alias/aws/ssm')).err).toMatch(/^error: alias\/aws\/ssm /);
    expect((await end('alias/ends')).code).toBe(0);
    const again = await end('alias/ends');
    expect({ code: again.code, out: again.out }).toEqual({ code: 1, out: '' });
    expect(again.err).toMatch(
      /^error: alias\/ends is pending deletion already: it will be deleted on \S+Z\. Take that back: securestring key cancel-deletion alias\/ends\n$/,
    );
    expect((await hereIn(store, 'key', 'alias', 'delete', 'alias/none')).err).toMatch(/^error: NotFoundException: /);
  });
});

describe('a key that is not there', () => {
  it.each([
    [['key', 'describe', 'alias/nearr']],
    [['key', 'describe', 'near']],
    [['key', 'enable', 'alias/naer']],
    [['key', 'alias', 'delete', 'alias/nea']],
    [['put', '/near', 'x', '--key-id', 'alias/nera']],
    [['encrypt', join(folder, 'material'), '--key-id', 'alias/nera', '-o', '-']],
  ])('of %j is named as it may be meant', async (words) => {
    await hereIn(store, 'key', 'create', '--alias', 'alias/near');
    const { code, out, err } = await hereIn(store, ...words);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/error: (\/near: )?NotFoundException: .*\. Did you mean alias\/near\?\n$/);
  });

  it('is named by its id, too, and nothing far is', async () => {
    const { out } = await hereIn(store, 'key', 'describe', 'alias/aws/ssm', '--json');
    const { KeyMetadata } = JSON.parse(out) as { readonly KeyMetadata: { readonly KeyId: string } };
    const { KeyId: keyId } = KeyMetadata;
    const { err } = await hereIn(store, 'key', 'describe', `${keyId.slice(0, -1)}${keyId.endsWith('0') ? '1' : '0'}`);
    expect(err).toContain(`Did you mean ${keyId}?`);
    expect((await hereIn(store, 'key', 'describe', 'alias/far-away')).err).toMatch(/alias\/far-away is not found\.\n$/);
  });
});

describe('a path without its slash', () => {
  it.each([
    [['list', 'a']],
    [['list', 'a/', '-d']],
    [['tree', 'a']],
    [['exec', 'a', '--', 'true']],
    [['export', 'a']],
    [['delete', 'a', '--recursive']],
    [['copy', 'a', '/b', '--recursive']],
    [['copy', '/b', 'a', '--recursive']],
    [['diff', 'a/', '/b']],
  ])('%j is named with it', async (words) => {
    expect(await hereIn(store, ...words)).toEqual({ code: 2, out: '', err: 'error: A path begins with /: give /a.\n' });
  });
});

describe('a new name without its slash', () => {
  it('is said to need one', async () => {
    const { code, err } = await hereIn(store, 'copy', '/advanced', 'a/b');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: a/b: ValidationException: A name that has levels begins with /. Nothing was done.\n',
    });
  });
});

describe('diff', () => {
  it.each([
    [['/none', '/advanced'], 'There is no parameter /none, and none under it.'],
    [['/advanced', '/none/at/all'], 'There is no parameter /none/at/all, and none under it.'],
    [['/advancde', '/advanced'], 'There is no parameter /advancde, and none under it. Did you mean /advanced?'],
    [['/none/', '/advanced'], 'There are no parameters under /none/.'],
    [['none', '/advanced'], 'There is no parameter none.'],
  ])('of %j says which one is not there', async (words, message) => {
    expect(await hereIn(store, 'diff', ...words)).toEqual({ code: 3, out: '', err: `error: ${message}\n` });
  });
});

describe('tag', () => {
  it.each([[[]], [['a=b']], [['--remove', 'a']]])('with %j names a parameter that is like it', async (words) => {
    expect(await hereIn(store, 'tag', '/advancde', ...words)).toEqual({
      code: 3,
      out: '',
      err: 'error: There is no parameter /advancde. Did you mean /advanced?\n',
    });
  });
});

describe("words of AWS's", () => {
  it.each<[string, string[], string]>([
    [
      'x'.repeat(5000),
      ['/long'],
      'ValidationException: The value is longer than the 4096 bytes of the standard tier. Give --tier Advanced, for up to 8192 bytes.',
    ],
    [
      'x',
      ['/advanced', '--tier', 'Standard', '--overwrite'],
      'ValidationException: The parameter is in the advanced tier, and never leaves it: leave out --tier, or delete it first.',
    ],
    [
      'x',
      ['/advanced', '--overwrite', '--tags', 'a=b'],
      'ValidationException: --tags are of a new parameter alone, not with --overwrite. Of one that is there: securestring tag NAME KEY=VALUE.',
    ],
    ['', ['/empty'], 'ValidationException: The value must not be empty.'],
    ['', ['/advanced', '--overwrite'], 'ValidationException: The value must not be empty.'],
    ['x', ['/aws/x'], 'AccessDeniedException: /aws/x: names that begin with /aws are reserved.'],
    [
      'x',
      ['ssm/x'],
      'ValidationException: A name has letters, digits and _.- in levels divided by /, begins with / if it has levels, and not with ssm or aws.',
    ],
  ])('name the option, and no web page: %#', async (value, words, message) => {
    expect(await put(value, ...words)).toEqual({ code: 1, out: '', err: `error: ${message}\n` });
  });
});
