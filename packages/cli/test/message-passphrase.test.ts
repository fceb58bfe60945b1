/**
 * `encrypt --passphrase`, and `decrypt` of what it made: which passphrase is taken from where, and that no store is
 * opened for it.
 */

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startBuilt } from './built.ts';
import { here, type Said } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-passphrase-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, 'work', name);
const store = join(folder, 'store');
const ours = (...words: readonly string[]): Promise<Said> => here([...words, '--store', store], { env: process.env });

beforeEach(async () => {
  rmSync(store, { recursive: true, force: true });
  rmSync(at('.'), { recursive: true, force: true });
  mkdirSync(at('.'));
  writeFileSync(at('plain'), 'plain');
  writeFileSync(at('right'), 'grüne Tinte\nsecond line', { mode: 0o600 });
  writeFileSync(at('wrong'), 'blaue Tinte\n', { mode: 0o600 });
  const made = await ours('encrypt', at('plain'), '-o', at('sealed'), '--message-passphrase-file', at('right'));
  expect([made.code, made.err]).toEqual([0, '']);
  expect(existsSync(store)).toBe(false);
});

const decrypted = (...words: readonly string[]) => ours('decrypt', at('sealed'), '-o', at('out'), ...words);

describe('a message under a passphrase', () => {
  it('opens with it, and with no other', async () => {
    expect((await decrypted('--message-passphrase-file', at('right'))).code).toBe(0);
    expect(readFileSync(at('out'), 'utf8')).toBe('plain');
    const { code, err } = await decrypted('--overwrite', '--message-passphrase-file', at('wrong'));
    expect(code).toBe(4);
    expect(err).toContain(`The passphrase does not open ${at('sealed')}.`);
    expect(readFileSync(at('out'), 'utf8')).toBe('plain');
  });

  it.each([
    ['', []],
    [' with --passphrase', ['--passphrase']],
  ] as const)('asks for it%s, and says how to give it where there is no terminal', async (_, words) => {
    const { code, err } = await decrypted(...words);
    expect([code, err]).toEqual([4, expect.stringContaining(`Give the passphrase of ${at('sealed')}: --message-p`)]);
  });

  it('is not opened by a store that is there, and locked', async () => {
    writeFileSync(at('store-passphrase'), 'of the store', { mode: 0o600 });
    expect((await ours('init', '--passphrase-file', at('store-passphrase'))).code).toBe(0);
    expect((await decrypted()).err).toContain(`Give the passphrase of ${at('sealed')}`);
    expect((await decrypted('--message-passphrase-file', at('right'))).code).toBe(0);
  });

  it('comes from standard input, whole', async () => {
    const content = Buffer.alloc(300_000, 'a long text ');
    writeFileSync(at('plain'), content);
    const words = ['--message-passphrase-file', at('right'), '--store', store];
    await ours('encrypt', at('plain'), '-o', at('sealed'), '--overwrite', ...words);
    for (const input of [readFileSync(at('sealed')), readFileSync(at('sealed')).subarray(0, 100), Buffer.alloc(0)]) {
      const child = startBuilt(['decrypt', '-', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
      child.stdin?.end(input);
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      if (child.stdout === null) throw new Error('The output is a pipe.');
      const out = await buffer(child.stdout);
      expect(await ended).toBe(input.length > 100 ? 0 : 5);
      expect(out.equals(input.length > 100 ? content : Buffer.alloc(0))).toBe(true);
    }
  });

  it('needs the pairs that it does not store', async () => {
    const words = ['--message-passphrase-file', at('right')];
    const context = ['-c', 'a=b', '-c', 'tenant=blue'];
    await ours('encrypt', at('plain'), '-o', at('bound'), ...context, '--required-context-key', 'tenant', ...words);
    const without = await ours('decrypt', at('bound'), '-o', at('out'), ...words);
    expect([without.code, without.err]).toEqual([4, expect.stringContaining('needs pairs of its encryption context')]);
    expect((await ours('decrypt', at('bound'), '-o', at('out'), '-c', 'tenant=blue', ...words)).code).toBe(0);
  });

  it('may have a recipient and a key of the store, too', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    writeFileSync(at('key'), privateKey, { mode: 0o600 });
    expect((await ours('init', '--generate-root-key')).code).toBe(0);
    const keys = ['--recipient', publicKey, '--key-id', 'alias/aws/ssm', '--message-passphrase-file', at('right')];
    expect((await ours('encrypt', at('plain'), '-o', at('sealed'), '--overwrite', ...keys)).code).toBe(0);
    for (const words of [['--identity', at('key')], ['--message-passphrase-file', at('right')], []]) {
      expect((await decrypted('--overwrite', ...words)).code).toBe(0);
      expect(readFileSync(at('out'), 'utf8')).toBe('plain');
    }
    rmSync(store, { recursive: true });
    // Without the store the passphrase is left.
    expect((await decrypted('--overwrite')).err).toContain('--message-passphrase-file');
  });

  it('is decrypted beside messages of the store', async () => {
    expect((await ours('init', '--generate-root-key')).code).toBe(0);
    expect((await ours('encrypt', at('plain'), '-o', at('other'))).code).toBe(0);
    const { code, err } = await ours('decrypt', at('sealed'), at('other'), '--message-passphrase-file', at('right'));
    // Only the passphrase was asked for.
    expect([code, err]).toEqual([1, expect.stringContaining(at('other'))]);
  });
});

it('a message for people says so, before a store is unlocked', async () => {
  const { publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await ours('encrypt', at('plain'), '-o', at('sealed'), '--overwrite', '--recipient', publicKey);
  const { code, err } = await decrypted();
  expect(code).toBe(4);
  expect(err).toBe(`error: ${at('sealed')} is encrypted to people. Give the private key of one: --identity FILE.\n`);
});
