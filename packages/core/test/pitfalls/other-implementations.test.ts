/**
 * Flaws that users of other Encryption SDKs met, and that have no number among the pitfalls.
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import {
  cachingKeyring,
  decrypt,
  decryptStream,
  encrypt,
  encryptAsync,
  kmsKeyring,
  type RawRsaKeyringOptions,
  rawAesKeyring,
  rawRsaKeyring,
} from '@securestring/core';
import { counting, toBase64, utf8 } from '@securestring/test-support/bytes';
import { testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { malformation, refusal, thrownBy } from '@securestring/test-support/refusal';
import { throughStream } from '@securestring/test-support/streams';
import { expect, it } from 'vitest';

const CONTENT = counting(40);
/** Text that looks like a key and is never read as a key. */
const PEM = '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n';

it.each(['aws-kms', 'aws-kms-rsa', 'aws-kmsx'])(
  'a raw keyring cannot take the provider id %s of KMS keyrings',
  (keyNamespace) => {
    const options = { keyNamespace, keyName: 'key' };
    expect(thrownBy(() => rawAesKeyring({ ...options, wrappingKey: WRAPPING_KEY }))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => rawRsaKeyring({ ...options, padding: 'OAEP-SHA-256', publicKey: PEM }))).toBeInstanceOf(
      RangeError,
    );
  },
);

it('the whole prefix aws-crypto- is reserved, not one key of it', () => {
  for (const key of ['aws-crypto-public-key', 'aws-crypto-', 'aws-crypto-new']) {
    const write = () => encrypt(CONTENT, { keyring: testKeyring(), encryptionContext: { [key]: 'x' } });
    refusal(write, 'RESERVED_ENCRYPTION_CONTEXT_KEY');
  }
});

it('raw RSA has no padding by default, SHA-1 least of all', () => {
  const options = { keyNamespace: 'rsa', keyName: 'key', publicKey: PEM } as unknown as RawRsaKeyringOptions;
  expect(thrownBy(() => rawRsaKeyring(options))).toMatchObject({ message: expect.stringContaining('padding') });
});

it('PKCS1 v1.5 is opened only where a bad padding looks the same as a good one', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keyring = rawRsaKeyring({ keyNamespace: 'rsa', keyName: 'key', padding: 'PKCS1', publicKey, privateKey });
  const { message } = encrypt(CONTENT, { keyring });
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  if (major > 3 || (major === 3 && minor >= 2)) expect(decrypt(message, { keyring }).plaintext).toEqual(CONTENT);
  else refusal(() => decrypt(message, { keyring }), 'UNSUPPORTED');
});

it('base64 text in the place of a message is called so, one-shot and as a stream', async () => {
  for (const suite of [0x0178, 0x0478, 0x0578] as const) {
    const commitmentPolicy = suite === 0x0178 ? 'FORBID_ENCRYPT_ALLOW_DECRYPT' : 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
    const { message } = encrypt(CONTENT, { keyring: testKeyring(), suite, commitmentPolicy });
    const text = utf8(toBase64(message));
    expect(malformation(() => decrypt(text, { keyring: testKeyring() })).message).toContain('base64');
    const { error } = await throughStream(decryptStream({ keyring: testKeyring() }), [text]);
    expect(error).toMatchObject({ message: expect.stringContaining('base64') });
  }
});

it('calls that miss a cache at the same time ask for one data key', async () => {
  let calls = 0;
  const slow = {
    ...testKeyring(),
    wrapDataKey: async (request: Parameters<ReturnType<typeof testKeyring>['wrapDataKey']>[0]) => {
      calls += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return testKeyring().wrapDataKey(request);
    },
  };
  const keyring = cachingKeyring({ keyring: slow, clock: () => 1, maxAge: 1000 });
  const results = await Promise.all(Array.from({ length: 5 }, () => encryptAsync(CONTENT, { keyring })));
  expect(calls).toBe(1);
  expect(new Set(results.map(({ message }) => toBase64(message))).size).toBe(5);
});

it('a data key that no key opens is explained without the reason why it failed', () => {
  const { message } = encrypt(CONTENT, { keyring: testKeyring() });
  const keyring = rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'test-key', wrappingKey: new Uint8Array(32) });
  const error = refusal(() => decrypt(message, { keyring }), 'NO_DATA_KEY');
  expect(error.message).toMatch(/#0 "test-ns": unwrap failed/);
  expect(error.cause).toBeUndefined();
});

it('a KMS keyring holds the service to the key that it named', () => {
  const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const other = keyArn.replace('1234abcd', '5678abcd');
  const service = (answer: string) => ({
    generateDataKey: () => ({ keyId: keyArn, plaintext: counting(32, 1), ciphertextBlob: utf8('blob') }),
    encrypt: () => ({ keyId: keyArn, ciphertextBlob: utf8('blob') }),
    decrypt: () => ({ keyId: answer, plaintext: counting(32, 1) }),
  });
  const { message } = encrypt(CONTENT, { keyring: kmsKeyring({ kms: service(keyArn), generatorKeyId: keyArn }) });
  const read = (answer: string) =>
    decrypt(message, { keyring: kmsKeyring({ kms: service(answer), generatorKeyId: keyArn }) });
  expect(read(keyArn).plaintext).toEqual(CONTENT);
  refusal(() => read(other), 'NO_DATA_KEY');
});
