/**
 * `encrypt --recipient` and `decrypt --identity`: which keys they take, in which forms, and what they refuse.
 */

import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@securestring/test-support/required';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { here, type Said } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-recipients-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, 'work', name);
/** No command makes or finds a store there. */
const store = join(folder, 'store');
const ours = (...words: readonly string[]): Promise<Said> => here([...words, '--store', store], { env: process.env });

const pair = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const [alice, bob, short] = [pair(2048), pair(3072), pair(1024)];
const pem = ({ publicKey }: typeof alice) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const secret = ({ privateKey }: typeof alice) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
/** A line of `authorized_keys`. */
function sshLine({ publicKey }: typeof alice): string {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const part = (bytes: Buffer) => {
    const own = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(own.length);
    return Buffer.concat([length, own]);
  };
  const wire = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), Buffer.from(n, 'base64url')].map(part);
  return `ssh-rsa ${Buffer.concat(wire).toString('base64')} alice@host`;
}

beforeEach(() => {
  rmSync(at('.'), { recursive: true, force: true });
  mkdirSync(at('.'));
  writeFileSync(at('plain'), 'plain');
  writeFileSync(at('alice'), secret(alice), { mode: 0o600 });
  writeFileSync(at('bob'), secret(bob), { mode: 0o600 });
});

async function opened(identity: string, ...words: readonly string[]): Promise<string> {
  const { code, err } = await ours('decrypt', at('sealed'), '-o', at('out'), '--identity', at(identity), ...words);
  expect([code, err]).toEqual([0, '']);
  const text = readFileSync(at('out'), 'utf8');
  rmSync(at('out'));
  return text;
}

function sealed(...words: readonly string[]): Promise<Said> {
  return ours('encrypt', at('plain'), '-o', at('sealed'), ...words);
}

describe('encrypt --recipient', () => {
  it.each([
    ['PEM of SPKI', pem(alice)],
    ['PEM of PKCS#1', alice.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['a line of SSH', sshLine(alice)],
  ])('takes %s, as a word and in a file, without a store', async (_, key) => {
    writeFileSync(at('key.pub'), key);
    for (const recipient of [key, at('key.pub')]) {
      expect(await sealed('--recipient', recipient, '--overwrite')).toMatchObject({ code: 0, err: '' });
      expect(await opened('alice')).toBe('plain');
    }
    expect(existsSync(store)).toBe(false);
  });

  it('takes a file of several, as authorized_keys has them, and leaves out other kinds with a warning', async () => {
    const lines = ['# people', '', `command="say \\"ssh-rsa AAAA\\"",no-pty ${sshLine(alice)}`];
    writeFileSync(at('keys'), [...lines, 'ssh-ed25519 AAAAC3Nz bob', pem(bob)].join('\r\n'));
    const { code, err } = await sealed('--recipient', at('keys'));
    expect(code).toBe(0);
    expect(err).toBe(
      `warning: ${at('keys')}, line 4, is a key of type ssh-ed25519, which cannot be a recipient: it was left out.\n`,
    );
    expect(await opened('alice')).toBe('plain');
    expect(await opened('bob')).toBe('plain');
  });

  it('refuses a line of options and quotes without end at once', async () => {
    for (const line of [`a"${'\\"'.repeat(50_000)}`, `"${'\\"'.repeat(50_000)}x`, '\\'.repeat(100_000)]) {
      writeFileSync(at('keys'), line);
      const { code, err } = await sealed('--recipient', at('keys'));
      expect([code, err]).toEqual([1, expect.stringContaining('is not a public key')]);
    }
  });

  it('writes a data key for each of several, once for each key', async () => {
    expect((await sealed('--recipient', sshLine(alice), '--recipient', pem(bob), '--recipient', pem(alice))).code).toBe(
      0,
    );
    const { out } = await ours('inspect', at('sealed'), '--json');
    const names = [alice, bob].map(({ publicKey }) =>
      createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    );
    const keys: { providerId: string; keyName: string }[] = JSON.parse(out).encryptedDataKeys;
    expect(keys.map(({ providerId, keyName }) => [providerId, keyName])).toEqual(
      names.map((name) => ['securestring-recipient', name]),
    );
  });

  it('goes together with a key of the store', async () => {
    expect((await ours('init', '--generate-root-key')).code).toBe(0);
    expect((await sealed('--recipient', pem(alice), '--key-id', 'alias/aws/ssm')).code).toBe(0);
    expect(await opened('alice')).toBe('plain');
    expect((await ours('decrypt', at('sealed'), '-o', at('out'))).code).toBe(0);
    rmSync(store, { recursive: true });
  });

  it.each([
    ['a key that is too short', () => pem(short), 'is an RSA key of 1024 bits, and at least 2048 are safe'],
    ['a short key of SSH', () => sshLine(short), 'is an RSA key of 1024 bits'],
    ['a private key', () => secret(alice), 'is a private key, and a recipient gives the public one'],
    ['a key of another kind', () => 'ssh-ed25519 AAAAC3Nz me', 'is a key of type ssh-ed25519. A recipient is an RSA'],
    ['a damaged line', () => sshLine(alice).replace('AAAAB3', 'AAAAB4'), 'is an ssh-rsa key that cannot be read'],
    ['a cut line', () => sshLine(alice).slice(0, 60), 'is an ssh-rsa key that cannot be read'],
    ['a cut PEM', () => pem(alice).slice(0, 200), 'is a key that is cut short'],
    ['a damaged PEM', () => pem(alice).replace('MIIB', 'MIIC'), 'is a public key that cannot be read'],
    ['other text', () => at('plain'), 'is not a public key. A recipient is an RSA'],
    ['a file that is not there', () => at('none'), 'There is no file'],
  ])('refuses %s, and writes nothing', async (_, key, said) => {
    const { code, err } = await sealed('--recipient', key());
    expect(code).not.toBe(0);
    expect(err).toContain(said);
    expect(existsSync(at('sealed'))).toBe(false);
  });
});

describe('decrypt --identity', () => {
  beforeEach(async () => {
    expect((await sealed('--recipient', pem(alice))).code).toBe(0);
  });

  it.each([
    ['PKCS#1', () => alice.privateKey.export({ type: 'pkcs1', format: 'pem' })],
    ['PKCS#8', () => secret(alice)],
  ])('takes PEM of %s', async (_, key) => {
    writeFileSync(at('key'), key(), { mode: 0o600 });
    expect(await opened('key')).toBe('plain');
  });

  it.each([
    ['PKCS#1', 'pkcs1'],
    ['PKCS#8', 'pkcs8'],
  ] as const)('takes encrypted PEM of %s, with its passphrase and no other', async (_, type) => {
    const how = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'grün' } as const;
    writeFileSync(at('key'), alice.privateKey.export({ type, ...how }), { mode: 0o600 });
    writeFileSync(at('right'), 'grün\n', { mode: 0o600 });
    writeFileSync(at('wrong'), 'blau\n', { mode: 0o600 });
    expect(await opened('key', '--identity-passphrase-file', at('right'))).toBe('plain');
    const wrong = await ours(
      'decrypt',
      at('sealed'),
      '--identity',
      at('key'),
      '--identity-passphrase-file',
      at('wrong'),
    );
    expect(wrong).toMatchObject({ code: 4, err: expect.stringContaining('the passphrase is wrong, or it is damaged') });
    const none = await ours('decrypt', at('sealed'), '--identity', at('key'));
    expect(none).toMatchObject({ code: 4, err: expect.stringContaining('--identity-passphrase-file FILE') });
  });

  it('tries each of several, and says that none opens it', async () => {
    expect(await opened('bob', '--identity', at('alice'))).toBe('plain');
    const { code, err } = await ours('decrypt', at('sealed'), '--identity', at('bob'), '-o', at('out'));
    expect(code).toBe(4);
    expect(err).toContain('securestring-recipient');
    expect(existsSync(at('out'))).toBe(false);
  });

  it.each([
    ['a public key', () => pem(alice), 'is a public key. To decrypt, give the private key'],
    ['other text', () => 'text', 'is not a private key'],
    ['a damaged key', () => secret(alice).replace(/\n.{10}/, '\nAAAAAAAAAA'), 'cannot be read'],
    ['a key that is too short', () => secret(short), 'is an RSA key of 1024 bits'],
  ])('refuses %s', async (_, text, said) => {
    writeFileSync(at('key'), text(), { mode: 0o600 });
    const { code, err } = await ours('decrypt', at('sealed'), '--identity', at('key'));
    expect(code).not.toBe(0);
    expect(err).toContain(said);
  });

  it('refuses a key that others may read', async () => {
    writeFileSync(at('open'), secret(alice), { mode: 0o644 });
    const { code, err } = await ours('decrypt', at('sealed'), '--identity', at('open'));
    expect([code, err]).toEqual([4, expect.stringContaining('can be read by others')]);
  });
});

describeWithProgram('sh', '-c command -v ssh-keygen', 'keys of ssh-keygen', () => {
  const keygen = (...words: readonly string[]) => execFileSync('ssh-keygen', ['-q', ...words]);

  it('are recipients and identities', async () => {
    keygen('-t', 'rsa', '-b', '2048', '-N', '', '-C', 'me', '-f', at('ssh'));
    expect(readFileSync(at('ssh'), 'utf8')).toContain('BEGIN OPENSSH PRIVATE KEY');
    expect((await sealed('--recipient', at('ssh.pub'))).code).toBe(0);
    expect(await opened('ssh')).toBe('plain');
  });

  it('are read after the command that the refusal of an encrypted one gives', async () => {
    keygen('-t', 'rsa', '-b', '2048', '-N', 'a passphrase', '-f', at('ssh'));
    writeFileSync(at('passphrase'), 'a passphrase', { mode: 0o600 });
    expect((await sealed('--recipient', at('ssh.pub'))).code).toBe(0);
    const { code, err } = await ours('decrypt', at('sealed'), '--identity', at('ssh'));
    expect([code, err]).toEqual([4, expect.stringContaining('ssh-keygen -p -m PEM -f COPY')]);
    keygen('-p', '-m', 'PEM', '-P', 'a passphrase', '-N', 'a passphrase', '-f', at('ssh'));
    expect(await opened('ssh', '--identity-passphrase-file', at('passphrase'))).toBe('plain');
  });

  it('of another kind are refused by name', async () => {
    keygen('-t', 'ed25519', '-N', '', '-f', at('ssh'));
    const { code, err } = await ours('decrypt', at('plain'), '--identity', at('ssh'));
    expect([code, err]).toEqual([1, expect.stringContaining('is not an RSA key')]);
  });

  it('are refused wherever a byte of them is damaged', async () => {
    keygen('-t', 'rsa', '-b', '2048', '-N', '', '-C', '', '-f', at('ssh'));
    const { openSshKey } = await import('../src/messages/ssh-wire.ts');
    const text = readFileSync(at('ssh'), 'utf8').replace(/-----[A-Z ]+-----/g, '');
    const whole = Buffer.from(text, 'base64');
    const read = openSshKey(text);
    if (read.kind !== 'rsa') throw new Error(read.kind);
    const same = createPublicKey(read.key).export({ type: 'spki', format: 'pem' });
    for (let length = 0; length < whole.length; length += 7) {
      // The padding at the end is not read.
      if (length < whole.length - 16) {
        expect(openSshKey(whole.toString('base64', 0, length)).kind, `${length} bytes`).not.toBe('rsa');
      }
    }
    expect(same).toContain('BEGIN PUBLIC KEY');
  });
});
