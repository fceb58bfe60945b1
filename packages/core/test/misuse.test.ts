/**
 * Misuse is reported as misuse: not as a key that does not open, and not as a crash.
 * @module
 */

import {
  cachingKeyring,
  decrypt,
  decryptAsync,
  decryptStream,
  encrypt,
  encryptAsync,
  encryptStream,
  estimateMessageSize,
  type Keyring,
  type KeyService,
  kmsKeyring,
  multiKeyring,
  openParameter,
  rawAesKeyring,
  rawRsaKeyring,
  sealParameter,
  unwrapKey,
  wrapKey,
} from '@securestring/core';
import { counting, utf8 } from '@securestring/test-support/bytes';
import { testKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { rejectionOf } from '@securestring/test-support/rejection';
import { rsaKeys } from '@securestring/test-support/rsa-keys';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const { message } = encrypt(PLAINTEXT, { keyring: testKeyring() });

describe('a value that is not a keyring', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['the options of one', { keyNamespace: 'n', keyName: 'k', wrappingKey: counting(32) }],
    ['the function that makes one', rawAesKeyring],
    ['half of one', { wrapDataKey: testKeyring().wrapDataKey }],
  ])('is a TypeError: %s', async (_, none) => {
    const keyring = none as Keyring;
    const calls = [
      () => encrypt(PLAINTEXT, { keyring }),
      () => decrypt(message, { keyring }),
      () => encryptStream({ keyring }),
      () => decryptStream({ keyring }),
      () => estimateMessageSize({ keyring }, 1),
      () => multiKeyring({ children: [testKeyring(), keyring] }),
      () => cachingKeyring({ keyring, clock: () => 0, maxAge: 1 }),
    ];
    const thrown = calls.map(thrownBy);
    thrown.push(await rejectionOf(encryptAsync(PLAINTEXT, { keyring })));
    thrown.push(await rejectionOf(decryptAsync(message, { keyring })));
    for (const error of thrown) {
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain('wrapDataKey and unwrapDataKey');
    }
  });
});

describe('a key service that answers with a promise', () => {
  const keyId = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
  const good: KeyService = {
    generateDataKey: () => ({ keyId, plaintext: counting(32), ciphertextBlob: utf8('blob') }),
    encrypt: () => ({ keyId, ciphertextBlob: utf8('blob') }),
    decrypt: () => ({ keyId, plaintext: counting(32) }),
  };
  const late = <T>(answer: T) => Promise.resolve(answer) as unknown as T;
  const kms: KeyService = {
    generateDataKey: (request) => late(good.generateDataKey(request)),
    encrypt: (request) => late(good.encrypt(request)),
    decrypt: (request) => late(good.decrypt(request)),
  };
  const arn = 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter';
  const sealedBy = (by: KeyService, tier: 'Standard' | 'Advanced') =>
    sealParameter({ arn, value: 'secret_value', tier, kms: by });
  const wrapping = kmsKeyring({ kms: good, generatorKeyId: keyId });

  it.each<[string, () => unknown]>([
    ['generating', () => encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms, generatorKeyId: keyId }) })],
    [
      'wrapping',
      () =>
        encrypt(PLAINTEXT, {
          keyring: multiKeyring({ generator: wrapping, children: [kmsKeyring({ kms, keyIds: [keyId] })] }),
        }),
    ],
    [
      'unwrapping',
      () =>
        decrypt(encrypt(PLAINTEXT, { keyring: wrapping }).message, { keyring: kmsKeyring({ kms, discovery: true }) }),
    ],
    ['sealing a standard value', () => sealedBy(kms, 'Standard')],
    ['sealing an advanced value', () => sealedBy(kms, 'Advanced')],
    ['opening an advanced value', () => openParameter({ arn, sealed: sealedBy(good, 'Advanced').value, kms })],
  ])('is reported: %s', (_, action) => {
    expect(refusal(action, 'INVALID_KEYRING_RESULT').message).toMatch(/promise.*name ends in Async/);
  });

  it('is reported though the promise fails later', () => {
    const failing: KeyService = { ...good, encrypt: () => late(Promise.reject(new Error('offline')) as never) };
    refusal(() => sealedBy(failing, 'Standard'), 'INVALID_KEYRING_RESULT');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no bytes', { keyId }],
    ['text', { keyId, plaintext: 'x', ciphertextBlob: 'x' }],
  ])('or with %s, is reported', (_, answer) => {
    const odd: KeyService = {
      generateDataKey: () => answer as never,
      encrypt: () => answer as never,
      decrypt: () => answer as never,
    };
    refusal(() => sealedBy(odd, 'Standard'), 'INVALID_KEYRING_RESULT');
    refusal(
      () => encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms: odd, generatorKeyId: keyId }) }),
      'INVALID_KEYRING_RESULT',
    );
  });
});

describe('an RSA key', () => {
  const names = { keyNamespace: 'n', keyName: 'k', padding: 'OAEP-SHA-256' } as const;
  const { publicKey, privateKey } = rsaKeys();
  const { message: underRsa } = encrypt(PLAINTEXT, { keyring: rawRsaKeyring({ ...names, publicKey }) });

  it('that is damaged is reported when encrypting and when decrypting', () => {
    const damaged = (pem: string) => pem.replace(/\n.{8}/, '\nAAAAAAAA');
    const encrypting = rawRsaKeyring({ ...names, publicKey: damaged(publicKey) });
    const decrypting = rawRsaKeyring({ ...names, privateKey: damaged(privateKey) });
    expect(refusal(() => encrypt(PLAINTEXT, { keyring: encrypting }), 'UNSUPPORTED').message).toMatch(/publicKey/);
    expect(refusal(() => decrypt(underRsa, { keyring: decrypting }), 'UNSUPPORTED').message).toMatch(/privateKey/);
  });

  it('without its private half cannot open what its public half encrypted', () => {
    const error = thrownBy(() => decrypt(underRsa, { keyring: rawRsaKeyring({ ...names, publicKey }) }));
    expect(error).toMatchObject({ code: 'NO_DATA_KEY', failures: [{ cause: 'unwrap failed' }] });
  });
});

it('a key as text is not to be encoded as text', () => {
  const text = 'ab'.repeat(32) as unknown as Uint8Array;
  const calls = [
    () => rawAesKeyring({ keyNamespace: 'n', keyName: 'k', wrappingKey: text }),
    () => wrapKey(text, counting(32), { algorithm: 'AES-KW' }),
    () => wrapKey(counting(32), text, { algorithm: 'AES-KW' }),
    () => unwrapKey(text, counting(40), { algorithm: 'AES-KW' }),
  ];
  for (const call of calls)
    expect(call).toThrow(/Hex or base64 has to be decoded to bytes first; a password is not a key/);
});

it('names of a stranger are cut in messages', () => {
  const key = { providerId: utf8('x'.repeat(60_000)), providerInfo: utf8(''), ciphertext: utf8('') };
  const keyring = wrappingKeyring(() => ({
    plaintextDataKey: counting(32),
    encryptedDataKeys: Array.from({ length: 20 }, () => key),
  }));
  const { message: hostile } = encrypt(PLAINTEXT, { keyring, encryptionContext: { purpose: 'y'.repeat(60_000) } });
  const unopened = refusal(() => decrypt(hostile, { keyring: testKeyring() }), 'NO_DATA_KEY');
  const other = { keyring, encryptionContext: { purpose: 'z' } };
  const mismatched = refusal(() => decrypt(hostile, other), 'ENCRYPTION_CONTEXT_MISMATCH');
  expect([unopened.message.length < 3000, mismatched.message.length < 3000]).toEqual([true, true]);
});
