/** Key files: made by `key generate`, and read as base64 and as raw bytes wherever an option takes one. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keyIn } from '../src/io/key-bytes.ts';
import { here } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const ours = (...words: readonly string[]) => here([...words, '--store', at('store')], { env: process.env });

describe('key generate', () => {
  it.each([
    ['base64', [], 45],
    ['raw', ['--format', 'raw'], 32],
  ] as const)('makes a private file of %s, a new key each time, and replaces none', async (format, words, length) => {
    for (const name of ['one', 'two']) {
      const { code, out } = await ours('key', 'generate', '--raw', at(`${name}.${format}`), ...words);
      expect([code, out]).toEqual([0, '']);
      expect(statSync(at(`${name}.${format}`)).mode & 0o777).toBe(0o600);
    }
    const [one, two] = [readFileSync(at(`one.${format}`)), readFileSync(at(`two.${format}`))];
    expect([one.length, two.length, one.equals(two)]).toEqual([length, length, false]);
    expect((await ours('key', 'generate', '--raw', at(`one.${format}`))).code).toBe(1);
    expect(readFileSync(at(`one.${format}`)).equals(one)).toBe(true);
  });
});

describe('a key file', () => {
  const key = randomBytes(32);
  writeFileSync(at('key.base64'), `${key.toString('base64')}\n`, { mode: 0o600 });
  writeFileSync(at('key.raw'), key, { mode: 0o600 });

  it('opens a store in both forms', async () => {
    expect((await ours('init', '--root-key-file', at('key.raw'))).code).toBe(0);
    for (const form of ['raw', 'base64'])
      expect((await ours('list', '--root-key-file', at(`key.${form}`))).code).toBe(0);
    expect((await ours('list', '--root-key-file', at('one.raw'))).code).toBe(4);
  });

  it('encrypts a backup in one form and opens it in the other', async () => {
    const unlock = ['--root-key-file', at('key.raw')];
    expect((await ours('backup', at('backup'), '--backup-key-file', at('key.base64'), ...unlock)).code).toBe(0);
    const restored = ['--store', at('restored'), '--backup-key-file', at('key.raw')];
    expect((await here(['restore', at('backup'), ...restored], { env: process.env })).code).toBe(0);
  });

  it('encrypts a file in one form and opens it in the other', async () => {
    writeFileSync(at('plain'), 'plain');
    const names = ['--raw-key-namespace', 'n', '--raw-key-name', 'k', '-o'];
    expect((await ours('encrypt', at('plain'), '--raw-key-file', at('key.raw'), ...names, at('sealed'))).code).toBe(0);
    const opened = await ours('decrypt', at('sealed'), '--raw-key-file', at('key.base64'), ...names, at('opened'));
    expect(opened.code).toBe(0);
    expect(readFileSync(at('opened'), 'utf8')).toBe('plain');
  });

  it('is raw exactly if it has the length of a key', () => {
    const text = Buffer.from('0123456789abcdef01234567');
    expect(keyIn(text, [16, 24, 32])).toEqual(Uint8Array.from(text));
    expect(keyIn(Buffer.from(`${text}\n`), [16, 24, 32])).toBeUndefined();
    const short = Buffer.alloc(16, 7).toString('base64');
    expect(keyIn(Buffer.from(`${short}\n`), [16, 24, 32])).toEqual(new Uint8Array(16).fill(7));
    expect(keyIn(Buffer.from(short), [16, 24, 32])).toEqual(Uint8Array.from(Buffer.from(short)));
  });

  it.each([
    ['nothing', ''],
    ['31 bytes', 'x'.repeat(31)],
    ['33 bytes', 'x'.repeat(33)],
    ['base64 of 31 bytes', Buffer.alloc(31).toString('base64')],
    ['base64 that is not canonical', `${key.toString('base64').replace('=', '')}`],
  ])('is not a key with %s', (_, text) => {
    expect(keyIn(Buffer.from(text), [32])).toBeUndefined();
  });
});
