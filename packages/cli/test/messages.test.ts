/**
 * Files that do not open, and what is said of each; the default key of files; trees of files.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runBuilt } from './built.ts';
import { hereIn } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-messages-'));
const store = join(folder, 'store');
const inWork = (...names: readonly string[]) => join(folder, 'work', ...names);
const [plain, sealed] = [inWork('plain'), inWork('sealed')];
const ours = (...words: readonly string[]) => hereIn(store, ...words);
const shown = (path: string) => ours('decrypt', path, '-o', '-');
/** The words of `key describe`. */
const arnOf = async (alias: string) => {
  const { out } = await ours('key', 'describe', alias, '--json');
  return JSON.parse(out).KeyMetadata.Arn as string;
};

beforeAll(async () => {
  expect((await ours('init', '--generate-root-key')).code).toBe(0);
});
beforeEach(async () => {
  rmSync(inWork(), { recursive: true, force: true });
  mkdirSync(inWork());
  writeFileSync(plain, 'plain');
  writeFileSync(inWork('pass'), 'correct horse battery staple', { mode: 0o600 });
  writeFileSync(inWork('raw'), Buffer.alloc(32, 7), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the default key of files', () => {
  it('is made once, is exportable, and opens files in another store', async () => {
    const first = await ours('encrypt', plain, '-o', sealed);
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('Made alias/files') });
    expect(await ours('encrypt', plain, '-o', inWork('again'))).toEqual({ code: 0, out: '', err: '' });
    const envelope = ['--envelope-passphrase-file', inWork('pass')];
    expect((await ours('key', 'export', 'alias/files', '-o', inWork('keys'), ...envelope)).code).toBe(0);

    const other = join(folder, 'other');
    await hereIn(other, 'init', '--generate-root-key');
    const arn = await arnOf('alias/files');
    expect(await hereIn(other, 'decrypt', sealed, '-o', '-')).toMatchObject({
      code: 4,
      err: expect.stringContaining(`${sealed} does not open: its key ${arn} is not in this store. Bring the key`),
    });
    expect((await hereIn(other, 'key', 'import', inWork('keys'), ...envelope)).code).toBe(0);
    expect(await hereIn(other, 'decrypt', sealed, '-o', '-')).toEqual({ code: 0, out: 'plain', err: '' });
  });

  it('is one key where several processes need it at once', async () => {
    const env = { ...process.env, SECURESTRING_HOME: join(folder, 'raced') };
    expect((await runBuilt(['init', '--generate-root-key'], { env })).code).toBe(0);
    const all = ['a', 'b', 'c', 'd'].map((name) => runBuilt(['encrypt', plain, '-o', inWork(name)], { env }));
    for (const { code } of await Promise.all(all)) expect(code).toBe(0);
    const { out } = await runBuilt(['key', 'list'], { env });
    expect(out.match(/alias\/\S+/g)?.sort()).toEqual(['alias/aws/ssm', 'alias/files']);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
  });

  it('is the key of a process that was killed before it made the alias, if there is one', async () => {
    const half = inWork('half');
    expect((await hereIn(half, 'init', '--generate-root-key')).code).toBe(0);
    expect((await hereIn(half, 'encrypt', plain, '-o', inWork('half-1'))).code).toBe(0);
    const keysOf = async () => (await hereIn(half, 'key', 'list')).out.match(/^[0-9a-f-]{36}/gm) ?? [];
    const before = await keysOf();
    expect((await hereIn(half, 'key', 'alias', 'delete', 'alias/files')).code).toBe(0);
    // Of the same description, but with an alias of its own, or disabled.
    const like = ['key', 'create', '--description', 'Default key of encrypted files'];
    expect((await hereIn(half, ...like, '--alias', 'alias/mine')).code).toBe(0);
    const disabled = JSON.parse((await hereIn(half, ...like, '--json')).out).KeyMetadata.KeyId;
    expect((await hereIn(half, 'key', 'disable', disabled)).code).toBe(0);
    expect((await hereIn(half, 'encrypt', plain, '-o', inWork('half-2'))).err).toContain('Made alias/files');
    const after = await keysOf();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 2);
  });

  it('is not asked for files under the key of parameters', async () => {
    expect((await ours('encrypt', plain, '-o', sealed, '-k', 'alias/aws/ssm')).code).toBe(0);
    expect(await shown(sealed)).toEqual({ code: 0, out: 'plain', err: '' });
  });
});

describe('a file whose key does not open it: the file, the key and the way out are named', () => {
  const raw = (name: string) => [
    '--raw-key-file',
    inWork('raw'),
    '--raw-key-namespace',
    'mine',
    '--raw-key-name',
    name,
  ];

  it('a key that is disabled, or will be deleted', async () => {
    await ours('key', 'create', '--alias', 'alias/off');
    await ours('encrypt', plain, '-o', sealed, '-k', 'alias/off');
    const its = `error: ${sealed} does not open: its key alias/off (${await arnOf('alias/off')})`;
    await ours('key', 'disable', 'alias/off');
    const enable = 'securestring key enable alias/off';
    expect(await shown(sealed)).toEqual({ code: 4, out: '', err: `${its} is disabled. Enable it: ${enable}\n` });
    await ours('key', 'schedule-deletion', 'alias/off');
    const { err } = await shown(sealed);
    expect(err).toContain(`${its} is pending deletion on 20`);
    expect(err).toContain(`securestring key cancel-deletion alias/off, then ${enable}`);
  });

  it('a key that --key-id does not name', async () => {
    await ours('key', 'create', '--alias', 'alias/one');
    await ours('encrypt', plain, '-o', sealed, '-k', 'alias/one');
    const { err } = await ours('decrypt', sealed, '-o', '-', '-k', 'alias/aws/ssm');
    expect(err).toContain('is not among those of --key-id: give --key-id alias/one, or leave it out.');
  });

  it('a raw key, in place of one of the store, of another name, and with other bytes', async () => {
    expect((await ours('encrypt', plain, '-o', sealed, ...raw('one'))).code).toBe(0);
    const its = `${sealed} does not open: it was encrypted under the raw key "one" of the namespace "mine"`;
    expect((await shown(sealed)).err).toContain(`${its}, and not under the key at hand: give --raw-key-file`);
    const other = await ours('decrypt', sealed, '-o', '-', ...raw('two'));
    expect(other.err).toContain(`${its}, not "two" of the namespace "mine": correct --raw-key-name`);
    writeFileSync(inWork('raw'), Buffer.alloc(32, 8));
    const { code, err } = await ours('decrypt', sealed, '-o', '-', ...raw('one'));
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('The file may have another key; or the') });
    await ours('encrypt', plain, '-o', inWork('of-store'));
    const store = await ours('decrypt', inWork('of-store'), '-o', '-', ...raw('one'));
    expect(store.err).toContain('a key of a store: leave --raw-key-file out.');
  });

  it('several keys, each in turn', async () => {
    await ours('key', 'create', '--alias', 'alias/x');
    await ours('key', 'create', '--alias', 'alias/y');
    await ours('encrypt', plain, '-o', sealed, '-k', 'alias/x', '-k', 'alias/y');
    await ours('key', 'disable', 'alias/x');
    await ours('key', 'disable', 'alias/y');
    const { err } = await shown(sealed);
    expect(err).toMatch(/does not open with any of its 2 keys: \(1\) its key alias\/x .* \(2\) its key alias\/y /);
  });

  it('an encryption context with a misspelled name, or without a pair that was left out', async () => {
    const pairs = ['-c', 'project=alpha', '-c', 'tenant=blue', '--required-context-key', 'tenant'];
    await ours('encrypt', plain, '-o', sealed, ...pairs);
    const opened = (...words: readonly string[]) => ours('decrypt', sealed, '-o', '-', ...words);
    expect((await opened('-c', 'tenant=blue')).out).toBe('plain');
    expect((await opened('-c', 'tenant=blue', '-c', 'projct=alpha')).err).toContain(
      'has no pair named "tenant", "projct"; it has "project". Did you mean "project" for "projct"?',
    );
    expect((await opened('-c', 'projct=alpha')).err).toContain('Did you mean "project" for ');
    expect((await opened()).err).toContain('with further pairs, which were left out of it');
    expect((await opened('-c', 'tenant=blue', '-c', 'proejct')).err).toContain('Did you mean "project" for ');
  });
});

describe('a file that is not a message is named for what it is', () => {
  it.each<[string, string | Buffer, string]>([
    ['text', 'Again, some words.\n', 'it is text, which nothing encrypted.'],
    ['nothing', '', 'it is empty.'],
    ['age', 'age-encryption.org/v1\n-> X25519 abc', 'it is an age file. Decrypt it with age: age --decrypt'],
    ['armoured age', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl', 'it is an age file.'],
    ['gpg with a passphrase', Buffer.from('8c0d0409030a5f', 'hex'), 'it is a message of OpenPGP. Decrypt it with gpg'],
    ['gpg to a key', Buffer.from('85010c03a1b2c3', 'hex'), 'it is a message of OpenPGP.'],
    ['armoured gpg', '-----BEGIN PGP MESSAGE-----\n\njA0E', 'it is a message of OpenPGP.'],
    ['openssl enc', 'Salted__\x01\x02\x03', 'it is a file of openssl enc.'],
    ['a PEM file', '-----BEGIN PRIVATE KEY-----\nMIIE', 'it is PEM text'],
    ['an unknown file', Buffer.from('ff00ff0012', 'hex'), 'its first bytes are of no format that is known here.'],
  ])('%s', async (_, bytes, said) => {
    writeFileSync(inWork('file'), bytes);
    const { code, out, err } = await shown(inWork('file'));
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toContain(`error: ${inWork('file')} is not a message of the Encryption SDK: ${said}`);
  });

  it('our own: a backup, an envelope, a value, the data of a store, base64 of a message', async () => {
    await ours('encrypt', plain, '-o', sealed);
    await ours('backup', inWork('backup'), '--backup-passphrase-file', inWork('pass'));
    const envelope = ['-o', inWork('keys'), '--envelope-passphrase-file', inWork('pass')];
    expect((await ours('key', 'export', 'alias/files', ...envelope)).code).toBe(0);
    expect((await shown(inWork('backup'))).err).toContain(
      `Make a store of it: securestring restore ${inWork('backup')}`,
    );
    expect((await shown(inWork('keys'))).err).toContain(`Take them in: securestring key import ${inWork('keys')}`);
    expect((await shown(join(store, 'data/data.mdb'))).err).toContain('it is an LMDB file');
    writeFileSync(inWork('base64'), readFileSync(sealed).toString('base64'));
    expect((await shown(inWork('base64'))).err).toContain('base64 is base64 of a message. Give --decode.');
    const damaged = readFileSync(sealed).subarray(0, 20);
    writeFileSync(inWork('short'), damaged);
    expect((await shown(inWork('short'))).err).not.toContain('is not a message');
  });

  it('inspect explains a backup and an envelope, and where each is cut short', async () => {
    await ours('encrypt', plain, '-o', sealed);
    await ours('backup', inWork('backup'), '--backup-passphrase-file', inWork('pass'));
    const envelope = ['-o', inWork('keys'), '--envelope-passphrase-file', inWork('pass')];
    expect((await ours('key', 'export', 'alias/files', ...envelope)).code).toBe(0);
    for (const [name, title] of [
      ['backup', 'backup of a store'],
      ['keys', 'envelope with keys of a store'],
    ] as const) {
      const length = statSync(inWork(name)).size;
      const { code, out } = await ours('inspect', inWork(name));
      expect(code).toBe(0);
      expect(out).toContain(`${title}, ${length} bytes\n`);
      expect(out).toMatch(/Opened with {2}passphrase, scrypt N=2\^17 r=8 p=1\n/);
      const json = JSON.parse((await ours('inspect', inWork(name), '--json')).out);
      expect(json).toMatchObject({ version: 1, openedWith: 'passphrase', problems: [] });
      const lengths = json.fields.map((field: { length: number }) => field.length);
      expect(lengths.reduce((sum: number, each: number) => sum + each)).toBe(length);
      writeFileSync(inWork(`${name}-short`), readFileSync(inWork(name)).subarray(0, 25));
      const short = await ours('inspect', inWork(`${name}-short`));
      expect(short).toMatchObject({ code: 5, out: expect.stringContaining('Cut short: ') });
    }
  });

  it('one that is not there', async () => {
    const { code, err } = await shown(inWork('nofile'));
    expect({ code, err }).toEqual({ code: 3, err: `error: There is no file ${inWork('nofile')}.\n` });
  });
});

it('several messages do not go into one stream, where nothing could decrypt them', async () => {
  const { code, out, err } = await ours('encrypt', plain, inWork('pass'), '-o', '-');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^error: Standard output \(-\) takes one file: /);
});

describe('a tree of files', () => {
  const tree = () => readdirSync(inWork('back'), { recursive: true }).map(String).sort();
  beforeEach(() => {
    mkdirSync(inWork('d/a/b'), { recursive: true });
    for (const name of ['d/0', 'd/a/1.txt', 'd/a/b/2']) writeFileSync(inWork(name), name);
  });

  it('comes back as it was, beside no name of its own', async () => {
    symlinkSync('.', inWork('d/loop'));
    expect((await ours('encrypt', '-r', inWork('d'), '-o', `${inWork('out')}/`)).code).toBe(0);
    expect(readdirSync(inWork('out/a')).sort()).toEqual(['1.txt.encrypted', 'b']);
    expect((await ours('decrypt', '-r', inWork('out'), '-o', `${inWork('back')}/`)).code).toBe(0);
    expect(tree()).toEqual(['0', 'a', 'a/1.txt', 'a/b', 'a/b/2']);
    for (const name of ['0', 'a/1.txt', 'a/b/2']) expect(readFileSync(inWork('back', name), 'utf8')).toBe(`d/${name}`);
  });

  it('goes on after one that is foreign and one that is damaged, and says how many failed', async () => {
    await ours('encrypt', '-r', inWork('d'), '-o', `${inWork('out')}/`);
    writeFileSync(inWork('out/a/0-foreign'), 'text');
    const damaged = readFileSync(inWork('out/a/1.txt.encrypted'));
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    writeFileSync(inWork('out/a/1.txt.encrypted'), damaged);
    const log = ['--metadata-output', inWork('log')];
    const { code, err } = await ours('decrypt', '-r', inWork('out'), '-o', `${inWork('back')}/`, ...log);
    expect(code).toBe(1);
    const lines = err.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringContaining(`${inWork('out/a/0-foreign')} is not a message of the Encryption SDK: it is text`),
      expect.stringMatching(/1\.txt\.encrypted: Authentication failed/),
      'error: 2 of 4 files could not be decrypted. The outputs of the other 2 are there.',
    ]);
    expect(tree()).toEqual(['0', 'a', 'a/b', 'a/b/2']);
    expect(readFileSync(inWork('log'), 'utf8').match(/"failed":true/g)).toHaveLength(2);
  });

  it('stops at what concerns all of its files', async () => {
    await ours('key', 'create', '--alias', 'alias/none');
    await ours('key', 'disable', 'alias/none');
    const { code, err } = await ours('encrypt', '-r', inWork('d'), '-o', `${inWork('out')}/`, '-k', 'alias/none');
    expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(existsSync(inWork('out/0.encrypted'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('keeps the rights of its owner, and gives none to others', async () => {
    const rights = { 'd/0': 0o755, 'd/a/1.txt': 0o444, 'd/a/b/2': 0o664 };
    for (const [name, mode] of Object.entries(rights)) chmodSync(inWork(name), mode);
    await ours('encrypt', '-r', inWork('d'), '-o', `${inWork('out')}/`);
    await ours('decrypt', '-r', inWork('out'), '-o', `${inWork('back')}/`);
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(['0', 'a/1.txt', 'a/b/2'].map((name) => modeOf(inWork('back', name)))).toEqual(['700', '400', '600']);
    expect(modeOf(inWork('out/a/1.txt.encrypted'))).toBe('400');
    // What is executable still runs.
    writeFileSync(inWork('run'), '#!/bin/sh\necho ran\n', { mode: 0o750 });
    await ours('encrypt', inWork('run'));
    await ours('decrypt', inWork('run.encrypted'), '--overwrite');
    expect(execFileSync(inWork('run'), { encoding: 'utf8' })).toBe('ran\n');
  });
});
