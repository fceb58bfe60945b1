/**
 * What the command line encrypts to an RSA key, AWS's own SDKs open with that key, and the other way round: the raw RSA
 * keyring of the names that docs/cli/recipients.md has.
 */

import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClient, CommitmentPolicy, RawRsaKeyringNode } from '@aws-crypto/client-node';
import { program } from '@securestring/test-support/console';
import { afterAll, expect, it } from 'vitest';
import { clientEnvironment, describeClient, type Ran, run } from './foreign.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-clients-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyName = createHash('sha256')
  .update(keys.publicKey.export({ type: 'spki', format: 'der' }))
  .digest('hex');
const [publicFile, identity] = [join(folder, 'public.pem'), join(folder, 'identity.pem')];
writeFileSync(publicFile, publicKey);
writeFileSync(identity, privateKey, { mode: 0o600 });

const text = Buffer.from('§ a text of some length\n'.repeat(5000));
const ours = async (words: readonly string[], input: Uint8Array): Promise<Ran> => {
  const ran = await run(process.execPath, [program, '--store', join(folder, 'none'), ...words], process.env, input);
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  return ran;
};
const sealed = async () => (await ours(['encrypt', '-', '--recipient', publicFile], text)).stdout;
const opened = async (message: Uint8Array) => (await ours(['decrypt', '-', '--identity', identity], message)).stdout;

it('the Encryption SDK for JavaScript and the command line read each other', async () => {
  const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const rsaKey = { publicKey, privateKey };
  const keyring = new RawRsaKeyringNode({
    keyNamespace: 'securestring-recipient',
    keyName,
    oaepHash: 'sha256',
    rsaKey,
  });
  expect((await client.decrypt(keyring, await sealed())).plaintext.equals(text)).toBe(true);
  const { result } = await client.encrypt(keyring, text);
  expect((await opened(result)).equals(text)).toBe(true);
});

describeClient('SECURESTRING_BOTO', 'clients', 'the Encryption SDK for Python', (path) => {
  const python = (what: string, file: string, input: Uint8Array) => {
    const script = fileURLToPath(new URL('python/recipient.py', import.meta.url));
    return run('python3', [script, what, keyName, file], { ...clientEnvironment({}), PYTHONPATH: path }, input);
  };

  it('and the command line read each other', async () => {
    const theirs = await python('decrypt', identity, await sealed());
    expect([theirs.status, theirs.stderr]).toEqual([0, '']);
    expect(theirs.stdout.equals(text)).toBe(true);
    const made = await python('encrypt', publicFile, text);
    expect([made.status, made.stderr]).toEqual([0, '']);
    expect((await opened(made.stdout)).equals(text)).toBe(true);
  });
});
