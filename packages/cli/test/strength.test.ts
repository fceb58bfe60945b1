/**
 * What passphrases are worth, those that are chosen here, and the ways to give one.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passphraseBits } from '../src/store/strength.ts';
import { wordList } from '../src/word-list.ts';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

const words = new Set(wordList());
const bits = (passphrase: string) => passphraseBits(passphrase, words);

describe('the bits of a passphrase', () => {
  it.each([
    'password',
    'P@ssw0rd1!',
    'Passwort2026',
    'qwertyuiop1234567890',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrstuvwxyz',
    'hunter2',
    'battery staple',
    'Donaudampfschiff',
    'horse horse horse horse horse horse',
    'abc123abc123abc123abc123abc123',
    '19841984198419841984',
    'x',
    '',
  ])('are under 40 for %j', (passphrase) => {
    expect(bits(passphrase)).toBeLessThan(40);
  });

  it.each([
    'correct horse battery staple',
    'kX9#vQ2m!tR7',
    'Zk3nP0qVx8Lw',
    'f3a91c07be5d42e8',
    'abandon ability able about',
    'größere Katzen fressen Mäuse',
  ])('are 40 or more for %j', (passphrase) => {
    expect(bits(passphrase)).toBeGreaterThanOrEqual(40);
  });

  it('are 11 for a word of the list, of which there are 2048', () => {
    expect(words.size).toBe(2048);
    expect(bits('abandon')).toBe(11);
  });
});

describe('init', () => {
  let folder: string;
  let file: string;
  const init = (store: string, words: readonly string[], more: Parameters<typeof here>[1] = {}) =>
    here(['init', ...words], { ...more, env: { SECURESTRING_HOME: join(folder, store), ...more.env } });
  const list = (store: string, words: readonly string[], more: Parameters<typeof here>[1] = {}) =>
    here(['list', ...words], { ...more, env: { SECURESTRING_HOME: join(folder, store), ...more.env } });
  const WEAK = /^warning: The passphrase is worth about \d+ bits: a machine may guess it/;

  beforeAll(() => {
    folder = makeFolder();
    file = join(folder, 'passphrase');
    writeFileSync(file, 'from a file, with many random words\n', { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('--generate-passphrase shows seven words on standard error, once, and they open the store', async () => {
    const made = await init('words', ['--generate-passphrase']);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('Unlocked by  a passphrase') });
    const passphrase = / {2}((?:[a-z]+ ){6}[a-z]+)\n\n$/.exec(made.err)?.[1] ?? '';
    expect(passphrase.split(' ').filter((word) => words.has(word))).toHaveLength(7);
    expect(made.out).not.toContain(passphrase);
    expect(await list('words', [], { env: { SECURESTRING_PASSPHRASE: passphrase } })).toMatchObject({ code: 0 });
    const other = await init('others', ['--generate-passphrase']);
    expect(other.err).not.toContain(passphrase);
    expect(await init('both', ['--generate-passphrase', '--passphrase-file', file])).toMatchObject({ code: 2 });
    expect(await init('both', ['--generate-passphrase', '--generate-root-key'])).toMatchObject({ code: 2 });
  });

  it('remarks upon a passphrase that can be guessed, as do all that set one, and makes the store', async () => {
    const weak = join(folder, 'weak.txt');
    writeFileSync(weak, 'hunter2\n', { mode: 0o600 });
    const made = await init('weak', ['--passphrase-file', weak]);
    expect(made).toMatchObject({ code: 0, err: expect.stringMatching(WEAK) });
    expect(made.err).not.toContain('hunter2');
    const added = await init('strong', ['--passphrase-file', file]);
    expect(added).toMatchObject({ code: 0, err: '' });
    const env = { SECURESTRING_HOME: join(folder, 'strong'), SECURESTRING_PASSPHRASE_FILE: file };
    expect((await here(['unlock', 'add', '--new-passphrase-file', weak], { env })).err).toMatch(WEAK);
    const backup = ['backup', join(folder, 'b'), '--backup-passphrase-file', weak];
    expect((await here(backup, { env })).err).toMatch(WEAK);
    expect(
      (
        await here(['restore', ...backup.slice(1), '--store', join(folder, 'restored'), '--passphrase-file', file], {
          env,
        })
      ).err,
    ).not.toMatch(WEAK);
  });

  it('takes SECURESTRING_ROOT_KEY, which then opens the store, and is refused without its text', async () => {
    const rootKey = Buffer.alloc(32, 7).toString('base64');
    const env = { SECURESTRING_ROOT_KEY: rootKey };
    expect((await init('key', [], { env })).out).toContain('Unlocked by  SECURESTRING_ROOT_KEY');
    expect(await list('key', [], { env })).toMatchObject({ code: 0 });
    const wrong = { SECURESTRING_ROOT_KEY: rootKey.slice(4) };
    expect(await list('key', [], { env: wrong })).toEqual({
      code: 4,
      out: '',
      err: 'error: SECURESTRING_ROOT_KEY is not a root key: it must hold 32 bytes as base64 in one line.\n',
    });
  });

  it('takes the first line of standard input for --passphrase-file -, as all commands do', async () => {
    const stdin = 'one line of many random words\nmore\n';
    expect(await init('stdin', ['--passphrase-file', '-'], { stdin })).toMatchObject({ code: 0, err: '' });
    expect(await list('stdin', ['--passphrase-file', '-'], { stdin })).toMatchObject({ code: 0 });
    expect(await list('stdin', ['--passphrase-file', '-'], { stdin: 'another\n' })).toMatchObject({ code: 4 });
    const put = ['put', '/x', '--passphrase-file', '-'];
    const env = { SECURESTRING_HOME: join(folder, 'stdin') };
    expect(await here([...put, '--value', '-'], { stdin, env })).toEqual({
      code: 2,
      out: '',
      err: 'error: Standard input holds the passphrase (--passphrase-file -), and this command needs it for something else. Give one of them a file.\n',
    });
    expect(await here([...put, 'value', '--type', 'String'], { stdin, env })).toMatchObject({ code: 0 });
  });
});
