/**
 * One message of each Encryption SDK opens in all others, strictly and by discovery, over one keystore: this engine,
 * JavaScript, Python, Java, and the Encryption SDK's command line.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClient, CommitmentPolicy, KMS, KmsKeyringNode } from '@aws-crypto/client-node';
import { decrypt, encrypt, kmsKeyring } from '@securestring/core';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-matrix-'));
const text = Buffer.from('§ a text of some length\n'.repeat(400));
const context = { tenant: 'größe' };
const { BOTO, JAVA_CLIENT, ESDK_CLI } = Object.fromEntries(
  ['BOTO', 'JAVA_CLIENT', 'ESDK_CLI'].map((name) => [name, process.env[`SECURESTRING_${name}`]]),
);

let aws: TestEndpoint;
let keyArn = '';
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
  keyArn = (await aws.keystore.createKey()).keyMetadata.arn;
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

/** Runs a client on bytes, and returns what it prints. */
async function piped(program: string, words: readonly string[], input: Uint8Array, env: NodeJS.ProcessEnv = {}) {
  const ran = await run(program, words, { ...clientEnvironment(aws.env), ...env }, input);
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  return ran.stdout;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const python = (what: string, key: string, input: Uint8Array) =>
  piped('python3', [here('python/encryption.py'), what, key], input, { PYTHONPATH: BOTO });
const java = (what: string, key: string, input: Uint8Array) => {
  const path = [join(String(JAVA_CLIENT), 'classes'), join(String(JAVA_CLIENT), 'dependency/*')].join(':');
  return piped('java', ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-cp', path, 'Clients', what, key], input);
};

/** Files that the command line got: it warns of each that it would overwrite. */
let files = 0;

/** The Encryption SDK's command line, from a file to a file. */
async function cli(words: readonly string[], input: Uint8Array): Promise<Buffer> {
  files++;
  const [from, to] = [join(folder, `from-${files}`), join(folder, `to-${files}`)];
  writeFileSync(from, input);
  const program = [join(String(ESDK_CLI), 'bin/aws-encryption-cli'), '--suppress-metadata'];
  await piped('python3', [...program, ...words, '--input', from, '--output', to], new Uint8Array(), {
    PYTHONPATH: ESDK_CLI,
  });
  return readFileSync(to);
}

type KmsClientSupplier = NonNullable<NonNullable<ConstructorParameters<typeof KmsKeyringNode>[0]>['clientProvider']>;

const javascript = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
// The types of the two packages differ in what may be undefined.
const clientProvider = ((region: string) =>
  new KMS({
    region,
    endpoint: aws.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })) as unknown as KmsClientSupplier;

const MAKERS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'this engine, 0x0478': async () => ours(0x0478),
  'this engine, 0x0578': async () => ours(0x0578),
  JavaScript: async () => {
    const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId: keyArn });
    return (await javascript.encrypt(keyring, text, { encryptionContext: context })).result;
  },
  Python: () => python('encrypt', keyArn, text),
  Java: () => java('encrypt', keyArn, text),
  'the command line': () =>
    cli(['--encrypt', '--wrapping-keys', `key=${keyArn}`, '--encryption-context', 'tenant=größe'], text),
};

function ours(suite: 0x0478 | 0x0578): Uint8Array {
  const keyring = kmsKeyring({ kms: aws.keystore, generatorKeyId: keyArn });
  return encrypt(text, { keyring, encryptionContext: context, suite }).message;
}

const OPENERS: Readonly<Record<string, (message: Uint8Array) => Promise<Uint8Array>>> = {
  'this engine': async (message) =>
    decrypt(message, { keyring: kmsKeyring({ kms: aws.keystore, keyIds: [keyArn] }), encryptionContext: context })
      .plaintext,
  'this engine, by discovery': async (message) =>
    decrypt(message, { keyring: kmsKeyring({ kms: aws.keystore, discovery: true }), encryptionContext: context })
      .plaintext,
  JavaScript: async (message) =>
    (await javascript.decrypt(new KmsKeyringNode({ clientProvider, keyIds: [keyArn] }), message)).plaintext,
  'JavaScript, by discovery': async (message) =>
    (await javascript.decrypt(new KmsKeyringNode({ clientProvider, discovery: true }), message)).plaintext,
  Python: (message) => python('decrypt', keyArn, message),
  'Python, by discovery': (message) => python('decrypt', 'discovery', message),
  Java: (message) => java('decrypt', keyArn, message),
  'Java, by discovery': (message) => java('decrypt', 'discovery', message),
  'the command line, by discovery': (message) => cli(['--decrypt', '--wrapping-keys', 'discovery=true'], message),
};

describeClient('SECURESTRING_BOTO', 'clients', 'Encryption SDKs in Python', () => {
  describeClient('SECURESTRING_ESDK_CLI', 'clients', 'and on the command line', () => {
    describeClient('SECURESTRING_JAVA_CLIENT', 'java', 'and in Java', () => {
      let opened = 0;
      describe.each(Object.entries(MAKERS))('a message of %s', (_, make) => {
        let message: Uint8Array;
        beforeAll(async () => {
          message = await make();
        });
        it.each(Object.entries(OPENERS))('opens in %s', { timeout: 60_000 }, async (_name, open) => {
          expect(Buffer.from(await open(message)).equals(text)).toBe(true);
          opened++;
        });
      });
      it('opens everywhere', () => {
        expect(opened).toBe(Object.keys(MAKERS).length * Object.keys(OPENERS).length);
      });
    });
  });
});
