/**
 * Python's clients against the endpoint, unchanged: boto3, the aws command line, the Encryption SDK and its command
 * line.
 * `SECURESTRING_BOTO`, `SECURESTRING_AWSCLI` and `SECURESTRING_ESDK_CLI` name the folders that pip installed them to.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decrypt, encrypt, kmsKeyring } from '@securestring/core';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

const here = (file: string) => fileURLToPath(new URL(`python/${file}`, import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'securestring-clients-'));
let aws: TestEndpoint;
let keyArn: string;
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
  keyArn = (await aws.keystore.createKey()).keyMetadata.arn;
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

/** A suite over a client that pip installed to the folder that a variable names. */
function describeWith(
  variable: string,
  name: string,
  define: (env: () => NodeJS.ProcessEnv, path: string) => void,
): void {
  describeClient(variable, 'clients', name, (path) =>
    define(() => ({ ...clientEnvironment(aws.env), PYTHONPATH: path }), path),
  );
}

describeWith('SECURESTRING_BOTO', 'boto3', (env) => {
  it('works with keys, data keys, parameters, paginators and refusals', async () => {
    const { status, stdout, stderr } = await run('python3', [here('boto.py')], env());
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout.toString())).toEqual({
      created: 'datetime',
      opened: ['0074657874', true],
      unbound: ['InvalidCiphertextException', ''],
      'data key': true,
      random: 7,
      tags: [{ TagKey: 'a', TagValue: 'b' }],
      'too long': [
        'ValidationException',
        "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      ],
      mac: true,
      'hmac rotates': false,
      rotation: 90,
      'after rotation': '0074657874',
      disabled: 'DisabledException',
      keys: 4,
      aliases: ['alias/aws/ssm', 'alias/boto'],
      'by path': Array.from({ length: 25 }, (_, i) => `v${i}`),
      described: 25,
      put: [2, 'Advanced'],
      downgrade: 'ValidationException',
      labelled: ':prod',
      history: [1, 2],
      none: 'ParameterNotFound',
      exists: 'ParameterAlreadyExists',
      deleted: 10,
      setting: 'Standard',
      caller: 'arn:aws:iam::000000000000:root',
    });
  });
});

describeWith('SECURESTRING_BOTO', 'the Encryption SDK for Python', (env) => {
  const text = Buffer.from('§ a text of some length\n'.repeat(400));
  const context = { tenant: 'größe' };
  const python = (what: string, key: string, input: Uint8Array) =>
    run('python3', [here('encryption.py'), what, key], env(), input);

  it('opens what this engine made, strictly and by discovery', async () => {
    const keyring = kmsKeyring({ kms: aws.keystore, generatorKeyId: keyArn });
    for (const suite of [0x0478, 0x0578] as const) {
      const { message } = encrypt(text, { keyring, encryptionContext: context, suite });
      for (const key of [keyArn, 'discovery']) {
        const { stdout, stderr } = await python('decrypt', key, message);
        expect(stderr, key).toBe('');
        expect(stdout.equals(text), key).toBe(true);
      }
    }
  });

  it('makes what this engine opens', async () => {
    const { stdout, stderr } = await python('encrypt', keyArn, text);
    expect(stderr).toBe('');
    const { plaintext } = decrypt(stdout, {
      keyring: kmsKeyring({ kms: aws.keystore, keyIds: [keyArn] }),
      encryptionContext: context,
    });
    expect(Buffer.from(plaintext).equals(text)).toBe(true);
  });
});

describeWith('SECURESTRING_AWSCLI', 'the aws command line', (env, path) => {
  const awsCli = async (...words: string[]) => {
    const { status, stdout, stderr } = await run('python3', [join(path, 'bin/aws'), ...words], env());
    return { status, text: stdout.toString().trim(), stderr: stderr.trim() };
  };

  it('puts, gets and lists', async () => {
    const put = await awsCli('ssm', 'put-parameter', '--name', '/cli/a', '--value', 'größe', '--type', 'SecureString');
    expect(JSON.parse(put.text)).toEqual({ Version: 1, Tier: 'Standard' });
    const get = await awsCli(
      'ssm',
      'get-parameter',
      '--name',
      '/cli/a',
      '--with-decryption',
      '--query',
      'Parameter.Value',
      '--output',
      'text',
    );
    expect(get).toEqual({ status: 0, text: 'größe', stderr: '' });
    const list = await awsCli(
      'ssm',
      'get-parameters-by-path',
      '--path',
      '/cli',
      '--recursive',
      '--query',
      'Parameters[].Name',
      '--output',
      'text',
    );
    expect(list.text).toBe('/cli/a');
  });

  it('encrypts and decrypts files', async () => {
    const plain = join(folder, 'plain');
    const sealed = join(folder, 'sealed');
    writeFileSync(plain, 'text');
    const encrypted = await awsCli(
      'kms',
      'encrypt',
      '--key-id',
      keyArn,
      '--plaintext',
      `fileb://${plain}`,
      '--query',
      'CiphertextBlob',
      '--output',
      'text',
    );
    writeFileSync(sealed, Buffer.from(encrypted.text, 'base64'));
    const opened = await awsCli(
      'kms',
      'decrypt',
      '--ciphertext-blob',
      `fileb://${sealed}`,
      '--query',
      'Plaintext',
      '--output',
      'text',
    );
    expect(Buffer.from(opened.text, 'base64').toString()).toBe('text');
  });

  it('shows AWS’s refusals', async () => {
    const { status, stderr } = await awsCli('kms', 'describe-key', '--key-id', 'alias/none');
    expect(status).toBe(255);
    expect(stderr).toContain(
      'An error occurred (NotFoundException) when calling the DescribeKey operation: Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.',
    );
  });
});

describeWith('SECURESTRING_ESDK_CLI', 'the Encryption SDK’s command line', (env, path) => {
  it('makes messages that open here, and opens what was made here', async () => {
    const [plain, sealed, opened] = ['esdk-plain', 'esdk-sealed', 'esdk-opened'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(plain, 'a text');
    const program = [join(path, 'bin/aws-encryption-cli'), '--suppress-metadata', '--no-overwrite'];
    const sealing = await run(
      'python3',
      [
        ...program,
        '--encrypt',
        '--input',
        plain,
        '--output',
        sealed,
        '--wrapping-keys',
        `key=${keyArn}`,
        '--encryption-context',
        'a=b',
      ],
      env(),
    );
    expect([sealing.status, sealing.stderr]).toEqual([0, '']);
    const keyring = kmsKeyring({ kms: aws.keystore, keyIds: [keyArn] });
    const { plaintext } = decrypt(readFileSync(sealed), { keyring, encryptionContext: { a: 'b' } });
    expect(new TextDecoder().decode(plaintext)).toBe('a text');
    const made = join(folder, 'esdk-made');
    writeFileSync(
      made,
      encrypt(plaintext, { keyring: kmsKeyring({ kms: aws.keystore, generatorKeyId: keyArn }) }).message,
    );
    const opening = await run(
      'python3',
      [...program, '--decrypt', '--input', made, '--output', opened, '--wrapping-keys', 'discovery=true'],
      env(),
    );
    expect([opening.status, opening.stderr]).toEqual([0, '']);
    expect(readFileSync(opened, 'utf8')).toBe('a text');
  });

  it('lays out the outputs of a tree as encrypt --recursive does', async () => {
    const at = (...names: readonly string[]) => join(folder, 'esdk-tree', ...names);
    for (const each of ['in/a/b', 'theirs', 'ours']) mkdirSync(at(each), { recursive: true });
    for (const name of ['0', 'a/1.txt', 'a/b/2']) writeFileSync(at('in', name), name);
    const program = [join(path, 'bin/aws-encryption-cli'), '--suppress-metadata', '--encrypt', '--recursive'];
    const places = ['--input', at('in'), '--output', at('theirs'), '--wrapping-keys', `key=${keyArn}`];
    const theirs = await run('python3', [...program, ...places], env());
    expect([theirs.status, theirs.stderr]).toEqual([0, '']);
    writeFileSync(at('key'), new Uint8Array(32), { mode: 0o600 });
    const key = ['--raw-key-file', at('key'), '--raw-key-namespace', 'files', '--raw-key-name', 'one'];
    const ours = await run(
      process.execPath,
      [MAIN, 'encrypt', '--recursive', at('in'), '-o', at('ours'), ...key],
      env(),
    );
    expect([ours.status, ours.stderr]).toEqual([0, '']);
    const tree = (name: string) => readdirSync(at(name), { recursive: true }).map(String).sort();
    expect(tree('ours')).toEqual(tree('theirs'));
    expect(tree('ours')).toContain('a/b/2.encrypted');
  });
});
