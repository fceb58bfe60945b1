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
let otherArn = '';
let aliasArn = '';
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
  keyArn = (await aws.keystore.createKey()).keyMetadata.arn;
  otherArn = (await aws.keystore.createKey()).keyMetadata.arn;
  await aws.keystore.createAlias({ aliasName: 'alias/matrix', targetKeyId: keyArn });
  aliasArn = keyArn.replace(/key\/.*/, 'alias/matrix');
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

const ours = async (suite: 0x0478 | 0x0578) => {
  const keyring = kmsKeyring({ kms: aws.keystore, generatorKeyId: keyArn });
  return encrypt(text, { keyring, encryptionContext: context, suite }).message;
};
const javascriptMakes = async (generatorKeyId: string, keyIds: string[] = []) => {
  const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId, keyIds });
  return (await javascript.encrypt(keyring, text, { encryptionContext: context })).result;
};

const MAKERS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'this engine, 0x0478': () => ours(0x0478),
  'this engine, 0x0578': () => ours(0x0578),
  JavaScript: () => javascriptMakes(keyArn),
  'JavaScript, two keys': () => javascriptMakes(keyArn, [otherArn]),
  'JavaScript, an alias': () => javascriptMakes(aliasArn),
  Python: () => python('encrypt', keyArn, text),
  'Python, two keys': () => python('encrypt', `${otherArn},${keyArn}`, text),
  'Python, an alias': () => python('encrypt', aliasArn, text),
  'Python, master key providers': () => python('encrypt', `provider:${keyArn},${otherArn}`, text),
  Java: () => java('encrypt', keyArn, text),
  'Java, two keys': () => java('encrypt', `${otherArn},${keyArn}`, text),
  'the command line': () =>
    cli(['--encrypt', '--wrapping-keys', `key=${keyArn}`, '--encryption-context', 'tenant=größe'], text),
};

/** Has one start of a client open all messages: in base64, one a line. */
const inLines = (client: typeof python, key: () => string) => async (messages: readonly Uint8Array[]) => {
  const lines = messages.map((message) => Buffer.from(message).toString('base64'));
  const texts = (await client('open', key(), Buffer.from(lines.join('\n')))).toString().trimEnd().split('\n');
  return texts.map((line) => Buffer.from(line, 'base64'));
};

const oneByOne = (open: (message: Uint8Array) => Promise<Uint8Array>) => async (messages: readonly Uint8Array[]) => {
  const texts: Uint8Array[] = [];
  for (const message of messages) texts.push(await open(message));
  return texts;
};

const OPENERS: Readonly<Record<string, (messages: readonly Uint8Array[]) => Promise<readonly Uint8Array[]>>> = {
  'this engine': oneByOne(async (message) => {
    const keyring = kmsKeyring({ kms: aws.keystore, keyIds: [keyArn] });
    return decrypt(message, { keyring, encryptionContext: context }).plaintext;
  }),
  'this engine, by discovery': oneByOne(async (message) => {
    const keyring = kmsKeyring({ kms: aws.keystore, discovery: true });
    return decrypt(message, { keyring, encryptionContext: context }).plaintext;
  }),
  JavaScript: oneByOne(async (message) => {
    const keyring = new KmsKeyringNode({ clientProvider, keyIds: [keyArn] });
    return (await javascript.decrypt(keyring, message)).plaintext;
  }),
  'JavaScript, by discovery': oneByOne(async (message) => {
    const keyring = new KmsKeyringNode({ clientProvider, discovery: true });
    return (await javascript.decrypt(keyring, message)).plaintext;
  }),
  Python: inLines(python, () => keyArn),
  'Python, by discovery': inLines(python, () => 'discovery'),
  Java: inLines(java, () => keyArn),
  'Java, by discovery': inLines(java, () => 'discovery'),
  'the command line, by discovery': oneByOne((message) =>
    cli(['--decrypt', '--wrapping-keys', 'discovery=true'], message),
  ),
};

describeClient('SECURESTRING_BOTO', 'clients', 'Encryption SDKs in Python', () => {
  describeClient('SECURESTRING_ESDK_CLI', 'clients', 'and on the command line', () => {
    describeClient('SECURESTRING_JAVA_CLIENT', 'java', 'and in Java', () => {
      const names = Object.keys(MAKERS);
      const messages: Uint8Array[] = [];
      let opened = 0;
      beforeAll(async () => {
        for (const make of Object.values(MAKERS)) messages.push(await make());
      }, 300_000);
      describe.each(Object.entries(OPENERS))('opened in %s', (_, open) => {
        let texts: readonly Uint8Array[];
        beforeAll(async () => {
          texts = await open(messages);
        }, 300_000);
        it.each(names.map((name, i) => [name, i] as const))('a message of %s', (_name, i) => {
          expect(Buffer.from(texts[i] ?? '').equals(text)).toBe(true);
          opened++;
        });
      });
      it('opens everywhere, 108 of 108', () => {
        expect(opened).toBe(108);
      });
    });
  });
});
