/**
 * Text of strangers, such as a message's context or a stored value, never reaches a person's terminal as it is: what a
 * terminal obeys is escaped, and a line end forges no row. A program that asks for one value gets its bytes.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encrypt, rawAesKeyring } from '@securestring/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);

/** Clears a terminal, forges a row, reorders text; and how a person sees it. */
const HOSTILE = 'a\u001b[2J\u009b31m\n/forged  String\u202eb\u007f';
const SHOWN = 'a\\u001b[2J\\u009b31m\\n/forged  String\\u202eb\\u007f';
/** Nothing of {@link HOSTILE}, and no line end but those of lines. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}]|^\/forged/mu;

beforeAll(async () => {
  expect((await run('init', '--generate-root-key')).code).toBe(0);
  await withStoreAt(store, Date.now, async (parameters, keystore) => {
    await parameters.putParameter({ name: '/hostile', value: HOSTILE, type: 'String', description: HOSTILE });
    await parameters.putParameter({ name: '/other', value: 'plain', type: 'String' });
    await keystore.createKey({ description: HOSTILE });
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a person sees text of strangers escaped', () => {
  it.each([
    ['list -d', ['list', '-d']],
    ['describe', ['describe', '/hostile']],
    ['history -d', ['history', '/hostile', '-d']],
    ['get of several', ['get', '/hostile', '/other']],
    ['key list', ['key', 'list']],
  ])('in %s', async (_, words) => {
    const { code, out } = await run(...words);
    expect(code).toBe(0);
    expect(out).toContain(SHOWN);
    expect(out).not.toMatch(UNSAFE);
  });

  it('in the map of a message', async () => {
    const keyring = rawAesKeyring({ keyNamespace: HOSTILE, keyName: HOSTILE, wrappingKey: new Uint8Array(32) });
    const file = join(folder, 'message');
    writeFileSync(file, encrypt(new Uint8Array(), { keyring, encryptionContext: { [HOSTILE]: HOSTILE } }).message);
    const { out } = await run('inspect', file);
    expect(out).toContain(`Context ${SHOWN}`);
    expect(out).toContain(`raw-aes: ${SHOWN}, namespace ${SHOWN}\n`);
    expect(out).not.toMatch(UNSAFE);
  });

  it('in warnings about files', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, 'plain'), '');
    execFileSync('mkfifo', [join(tree, 'a\u001b[2J\nwarning: forged')]);
    const { code, err } = await run('encrypt', '-r', tree, '-k', 'alias/aws/ssm');
    expect(code).toBe(0);
    expect(err).toBe(
      `warning: ${tree}/a\\u001b[2J\\nwarning: forged is left out: it is neither a file nor a link to one.\n`,
    );
  });

  it('in errors, of which each is one line', async () => {
    const { err } = await run('inspect', join(folder, HOSTILE));
    expect(err).toMatch(/^error: [^\n]*\n$/);
    expect(err).not.toMatch(UNSAFE);
  });

  it('in JSON, which stays the same JSON', async () => {
    const { out } = await run('list', '-d', '--json');
    expect(out).not.toMatch(UNSAFE);
    expect(JSON.parse(out).Parameters).toEqual(expect.arrayContaining([expect.objectContaining({ Value: HOSTILE })]));
  });

  it('in names of an import, at most 256 characters of each', async () => {
    const file = join(folder, 'names.json');
    writeFileSync(file, JSON.stringify({ [HOSTILE]: '', ['x'.repeat(1000)]: '', '/good': 'value' }));
    const { err } = await run('import', file, '/imported');
    expect(err).toContain(`${SHOWN}, ${'x'.repeat(256)}…\n`);
    writeFileSync(file, JSON.stringify({ [HOSTILE]: 1 }));
    expect((await run('import', file, '/imported')).err).toBe(
      `error: The value of ${SHOWN} must be a text, in quotes.\n`,
    );
  });
});

describe('a program gets the bytes of a value', () => {
  it('from get of one', async () => {
    expect((await run('get', '/hostile')).out).toBe(HOSTILE);
  });

  it('from exec', async () => {
    const script = `process.exit(process.env.HOSTILE === ${JSON.stringify(HOSTILE)} ? 7 : 1)`;
    const said = await here(['exec', '/', '--', process.execPath, '-e', script], {
      env: { SECURESTRING_HOME: store, PATH: process.env['PATH'] },
    });
    expect(said.code).toBe(7);
  });
});
