/** A file of another kind than a command takes is named for what it is, before a passphrase is asked for. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const at = (name: string) => join(folder, name);
const run = (...words: readonly string[]) => hereIn(store, ...words);

beforeAll(async () => {
  writeFileSync(at('pass'), 'a passphrase of quite some words\n', { mode: 0o600 });
  writeFileSync(at('report.txt'), 'plain text\n');
  writeFileSync(at('a.age'), 'age-encryption.org/v1\n-> X25519 abc\n');
  writeFileSync(at('cut.keys'), 'SSKEY');
  writeFileSync(at('cut.backup'), 'SSBACK');
  await run('init', '--generate-root-key');
  await run('key', 'create', '--alias', 'alias/app');
  expect(await run('backup', at('b.backup'), '--backup-passphrase-file', at('pass'))).toMatchObject({ code: 0 });
  const exported = ['key', 'export', 'alias/app', '-o', at('f.keys'), '--envelope-passphrase-file', at('pass')];
  expect(await run(...exported)).toMatchObject({ code: 0 });
  expect(await run('encrypt', at('report.txt'), '--key-id', 'alias/app')).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AGE = 'it is an age file. Decrypt it with age: age --decrypt --identity KEY';
const TEXT = 'it is text, which nothing encrypted.';

describe('key import', () => {
  it.each([
    ['b.backup', `it is a backup of a store. Make a store of it: securestring restore ${at('b.backup')}`],
    ['report.txt', TEXT],
    ['report.txt.encrypted', `it is a message of the Encryption SDK. Decrypt it: securestring decrypt ${folder}/`],
    ['a.age', AGE],
  ])('of %s says what it is', async (name, what) => {
    const { code, out, err } = await run('key', 'import', at(name));
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toContain(`error: ${at(name)} is not an envelope with keys: ${what}`);
  });

  it('of an envelope that is cut short says that', async () => {
    const { code, err } = await run('key', 'import', at('cut.keys'), '--envelope-passphrase-file', at('pass'));
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining('Cut short') });
  });
});

describe('restore', () => {
  const restore = (name: string) => hereIn(at('new'), 'restore', at(name));

  it.each([
    ['f.keys', `it is an envelope with keys of a store. Take them in: securestring key import ${at('f.keys')}`],
    ['report.txt', TEXT],
    ['a.age', AGE],
  ])('of %s says what it is', async (name, what) => {
    const { code, out, err } = await restore(name);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toContain(`error: ${at(name)} is not a backup: ${what}`);
  });

  it('of a backup that is cut short says that', async () => {
    expect((await restore('cut.backup')).err).toContain('does not begin as one, or is cut short');
  });
});

describe('inspect', () => {
  it.each([
    ['a.age', AGE],
    ['report.txt', TEXT],
  ])('of %s says what it is, beside what it finds', async (name, what) => {
    const { code, out, err } = await run('inspect', at(name));
    expect({ code, out }).toEqual({ code: 5, out: expect.stringContaining('neither a message nor a blob') });
    expect(err).toContain(`${at(name)}: ${what}`);
  });

  it('says no more of what it knows', async () => {
    expect(await run('inspect', at('report.txt.encrypted'))).toMatchObject({ code: 0, err: '' });
  });
});
