/**
 * Vectors laid out from checkouts of the repositories that publish them; the checkouts here are small and made up.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/vectors.mjs', import.meta.url));
const NET = 'TestVectors/dafny/TestVectors/test/v4-Net-4.0.1';
const PYTHON = 'vectors/awses-decrypt/python-1.3.5';
const KMS = [{ type: 'aws-kms', key: 'us-west-2-decryptable' }];
const AES = [{ type: 'raw', key: 'aes-256', 'provider-id': 'names', 'encryption-algorithm': 'aes' }];
const RSA = [{ type: 'raw', key: 'rsa-4096-private' }];
const KEYS = { 'aes-256': { bits: 256 }, 'rsa-4096-private': { bits: 4096 }, 'rsa-4096-public': { bits: 4096 } };

const scratch = mkdtempSync(join(tmpdir(), 'vectors-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Returns a new folder with these files in it. */
function folder(files: Readonly<Record<string, unknown>>): string {
  const made = mkdtempSync(join(scratch, 'folder-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return made;
}

function layOut(...checkouts: readonly string[]): string {
  const into = folder({});
  execFileSync(process.execPath, [SCRIPT, ...checkouts, '--into', into]);
  return into;
}

function parsed(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

function testOf(name: string, keys: readonly unknown[], cmm = 'Default') {
  return {
    ciphertext: `file://ciphertexts/${name}`,
    'master-keys': keys,
    cmm,
    'encryption-context': { key1: name },
    result: { output: { plaintext: 'file://plaintexts/small' } },
  };
}

const net = folder({
  [`${NET}/manifest.json`]: {
    client: { name: 'ESDK-NET', version: '4.0.0' },
    keys: 'file://keys.json',
    tests: {
      one: testOf('one', AES),
      two: testOf('two', RSA),
      both: testOf('both', [...AES, ...RSA]),
      three: testOf('three', KMS, 'RequiredEncryptionContext'),
      four: testOf('four', AES, 'RequiredEncryptionContext'),
    },
  },
  [`${NET}/keys.json`]: { keys: KEYS },
  [`${NET}/plaintexts/small`]: 'plain',
  ...Object.fromEntries(['one', 'two', 'both', 'three', 'four'].map((name) => [`${NET}/ciphertexts/${name}`, name])),
});

describe('the layout of vectors', () => {
  it('has the files of Wycheproof as they are, and no others of its folder', () => {
    const checkout = folder({
      'testvectors_v1/aes_gcm_test.json': '{ "as" :  "it is" }',
      'testvectors_v1/BUILD.bazel': '',
      'testvectors/aes_gcm_test.json': '{}',
    });
    const into = layOut(checkout);
    expect(readdirSync(join(into, 'wycheproof'))).toEqual(['aes_gcm_test.json']);
    expect(readFileSync(join(into, 'wycheproof/aes_gcm_test.json'), 'utf8')).toBe('{ "as" :  "it is" }');
  });

  it('has the messages of each one key, with the keys that open them', () => {
    const into = layOut(net);
    expect(readdirSync(join(into, 'esdk')).sort()).toEqual([
      'net-4.0.1-aws-kms-parse-only.json',
      'net-4.0.1-raw-aes.json',
      'net-4.0.1-raw-rsa.json',
    ]);
    expect(parsed(into, 'esdk/net-4.0.1-raw-aes.json')).toEqual({
      description: 'ESDK-NET 4.0.0, aes-256',
      keys: { 'aes-256': KEYS['aes-256'] },
      plaintext: Buffer.from('plain').toString('base64'),
      tests: [
        {
          name: 'one',
          ciphertext: Buffer.from('one').toString('base64'),
          masterKeys: AES,
          cmm: 'Default',
          encryptionContext: { key1: 'one' },
        },
      ],
    });
    expect(parsed(into, 'esdk/net-4.0.1-raw-rsa.json')).toMatchObject({
      keys: { 'rsa-4096-private': {}, 'rsa-4096-public': {} },
      tests: [{ name: 'two' }],
    });
    expect(parsed(into, 'esdk/net-4.0.1-aws-kms-parse-only.json')).toMatchObject({
      keys: {},
      plaintext: null,
      tests: [{ name: 'three', cmm: 'RequiredEncryptionContext' }],
    });
  });

  it('has the first forty messages of Python, in the order of the manifest', () => {
    const names = Array.from({ length: 50 }, (_, i) => `test ${i}`);
    const test = (name: string) => ({ plaintext: 'file://plaintexts/small', ciphertext: `file://${name}` });
    const checkout = folder({
      [`${PYTHON}/manifest.json`]: {
        client: { name: 'aws/aws-encryption-sdk-python', version: '1.3.5' },
        keys: 'file://keys.json',
        tests: Object.fromEntries(
          ['raw', ...names].map((name) => [name, { ...test(name), 'master-keys': name === 'raw' ? AES : KMS }]),
        ),
      },
      ...Object.fromEntries(['raw', ...names].map((name) => [`${PYTHON}/${name}`, name])),
    });
    const into = layOut(checkout, net);
    const { tests } = parsed(into, 'esdk/python-1.3.5-aws-kms-parse-only.json') as { tests: { name: string }[] };
    expect(tests.map(({ name }) => name)).toEqual(names.slice(0, 40));
    expect(readdirSync(join(into, 'esdk')).length).toBe(4);
  });

  it('is refused if a folder has no vectors, or none is named', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, scratch], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      1,
      `No vectors in ${scratch}. CONTRIBUTING.md names the repositories and paths.\n`,
    ]);
    expect(spawnSync(process.execPath, [SCRIPT]).status).toBe(2);
  });
});
