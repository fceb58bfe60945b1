/**
 * The raw RSA keyring: which data keys it tries, and what it answers for wrong ones.
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import {
  decrypt,
  type EncryptedDataKey,
  encrypt,
  type Keyring,
  type RawRsaKeyringOptions,
  type RsaPadding,
  rawRsaKeyring,
} from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { counting, utf8 } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { wrappingKeyring } from '@securestring/test-support/keyrings';
import { refusal } from '@securestring/test-support/refusal';
import { hasImplicitRejection, rsaKeys } from '@securestring/test-support/rsa-keys';
import { isWiped, revealing, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const KEYS = rsaKeys();
const OTHER_KEYS = rsaKeys();
const NAMES = { keyNamespace: 'test-ns', keyName: 'rsa-key-1' };
const PLAINTEXT = counting(20);
const OAEP_PADDINGS = ['OAEP-SHA-1', 'OAEP-SHA-256', 'OAEP-SHA-384', 'OAEP-SHA-512'] as const;
const PADDINGS: readonly RsaPadding[] = ['PKCS1', ...OAEP_PADDINGS];

describe.each(PADDINGS)('%s', (padding) => {
  it.each(EVERY_SUITE)('suite %s: the data key is one RSA block, under namespace and name', (_, suite) => {
    const { header } = encrypt(PLAINTEXT, { keyring: keyringOf({ padding }), ...optionsFor(suite) });
    expect(header.encryptedDataKeys).toEqual([
      { providerId: utf8('test-ns'), providerInfo: utf8('rsa-key-1'), ciphertext: expect.any(Uint8Array) },
    ]);
    expect(header.encryptedDataKeys[0]?.ciphertext.length).toBe(256);
  });

  it('is refused by a provider without RSA, both ways, and leaves no data key behind', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: keyringOf({ padding }) });
    const { provider, secrets } = revealing(nobleProvider);
    const write = () => encrypt(PLAINTEXT, { keyring: keyringOf({ padding }), provider });
    expect(refusal(write, 'UNSUPPORTED').message).toContain('"noble" has no RSA');
    refusal(() => decrypt(message, { keyring: keyringOf({ padding }), provider }), 'UNSUPPORTED');
    expect(secrets.filter((secret) => !isWiped(secret))).toEqual([]);
  });
});

it.each(OAEP_PADDINGS.flatMap((padding) => EVERY_SUITE.map(([name, suite]) => [padding, name, suite] as const)))(
  '%s opens what it wrapped under suite %s',
  (padding, _, suite) => {
    const keyring = keyringOf({ padding });
    const { message, header } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite) });
    expect(decrypt(message, { keyring, ...readingOf(suite) })).toEqual({ plaintext: PLAINTEXT, header });
  },
);

it('PKCS1 opens only where the platform has implicit rejection, and says so where it has not', () => {
  const keyring = keyringOf({ padding: 'PKCS1' });
  const { message } = encrypt(PLAINTEXT, { keyring });
  const open = () => decrypt(message, { keyring });
  if (hasImplicitRejection()) {
    expect(open().plaintext).toEqual(PLAINTEXT);
  } else {
    const { message: text } = refusal(open, 'UNSUPPORTED');
    expect(text).toContain(process.versions.openssl);
    expect(text).toMatch(/no implicit rejection/);
  }
});

describe('which data key it takes for its own', () => {
  const { message } = encrypt(PLAINTEXT, { keyring: keyringOf({}) });

  it.each([
    ['its own', {}, undefined],
    ['a name that begins with the real one', { keyName: 'rsa-key-10' }, 'not mine'],
    ['a name that the real one begins with', { keyName: 'rsa-key-' }, 'not mine'],
    ['a name of other case', { keyName: 'RSA-key-1' }, 'not mine'],
    ['another namespace', { keyNamespace: 'test-nz' }, 'not mine'],
    ['a namespace that begins with the real one', { keyNamespace: 'test-ns-' }, 'not mine'],
    ['another key of the same names', OTHER_KEYS, 'unwrap failed'],
    ['another padding of the same key', { padding: 'OAEP-SHA-1' }, 'unwrap failed'],
    ['a key of another size', rsaKeys(1024), 'unwrap failed'],
  ] as const)('%s', (_, options, cause) => {
    const open = () => decrypt(message, { keyring: keyringOf(options) });
    if (cause === undefined) expect(open().plaintext).toEqual(PLAINTEXT);
    else expect(refusal(open, 'NO_DATA_KEY')).toMatchObject({ failures: [{ providerId: 'test-ns', cause }] });
  });

  it.each([
    ['cut by a byte', (block: Uint8Array) => block.subarray(1)],
    ['longer by a byte', (block: Uint8Array) => Uint8Array.of(0, ...block)],
    ['empty', () => new Uint8Array(0)],
    ['of zeros', (block: Uint8Array) => new Uint8Array(block.length)],
    ['beyond the modulus', (block: Uint8Array) => new Uint8Array(block.length).fill(0xff)],
    ['of a flipped bit', (block: Uint8Array) => block.map((byte, i) => (i === 100 ? byte ^ 1 : byte))],
  ])('a block %s does not open', (_, change) => {
    const keys = [wrapOne(32, change)];
    const { message: changed } = encrypt(PLAINTEXT, { keyring: writing(keys) });
    expect(refusal(() => decrypt(changed, { keyring: keyringOf({}) }), 'NO_DATA_KEY')).toMatchObject({
      failures: [{ cause: 'unwrap failed' }],
    });
  });

  it.each([16, 24, 31, 33, 0])(
    'a block with a data key of %i bytes does not open suite 0x0478, the next one does',
    (length) => {
      const keys = [wrapOne(length), wrapOne(32)];
      const { message: two } = encrypt(PLAINTEXT, { keyring: writing(keys) });
      const keyring = watched(keyringOf({}));
      expect(decrypt(two, { keyring }).plaintext).toEqual(PLAINTEXT);
      expect(keyring.unwraps.length).toBe(2);
      const { message: one } = encrypt(PLAINTEXT, { keyring: writing(keys.slice(0, 1)) });
      refusal(() => decrypt(one, { keyring }), 'NO_DATA_KEY');
    },
  );
});

it('the context is bound by the header, not by the block', () => {
  const keyring = keyringOf({});
  const { header } = encrypt(PLAINTEXT, { keyring, encryptionContext: { purpose: 'test' } });
  const { message } = encrypt(PLAINTEXT, { keyring: writing([wrapOne(32)]), encryptionContext: { other: 'context' } });
  expect(header.encryptionContext['purpose']).toBe('test');
  expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  const changed = Uint8Array.from(
    Buffer.from(Buffer.from(message).toString('latin1').replace('other', 'OTHER'), 'latin1'),
  );
  refusal(() => decrypt(changed, { keyring }), 'AUTHENTICATION_FAILED');
});

describe('half a key pair', () => {
  const publicOnly = rawRsaKeyring({ ...NAMES, padding: 'OAEP-SHA-256', publicKey: KEYS.publicKey });
  const privateOnly = rawRsaKeyring({ ...NAMES, padding: 'OAEP-SHA-256', privateKey: KEYS.privateKey });

  it('the public one encrypts for the private one, which decrypts', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: publicOnly });
    expect(decrypt(message, { keyring: privateOnly }).plaintext).toEqual(PLAINTEXT);
    refusal(() => decrypt(message, { keyring: publicOnly }), 'NO_DATA_KEY');
  });

  it('the private one does not encrypt: no public key is derived from it', () => {
    const write = () => encrypt(PLAINTEXT, { keyring: privateOnly });
    expect(write).toThrow(TypeError);
    expect(write).toThrow(/no publicKey/);
  });

  it('no key at all is refused', () => {
    expect(() => rawRsaKeyring({ ...NAMES, padding: 'OAEP-SHA-256' })).toThrow(TypeError);
  });
});

it('a key that is not an RSA key is named, when encrypting and when decrypting', () => {
  const ec = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { message } = encrypt(PLAINTEXT, { keyring: keyringOf({}) });
  const garbled = KEYS.privateKey.replace(/\n.{8}/, '\nAAAAAAAA');
  for (const keyring of [keyringOf(ec), keyringOf({ publicKey: ec.publicKey, privateKey: garbled })]) {
    const { provider, secrets } = revealing(nodeProvider);
    refusal(() => encrypt(PLAINTEXT, { keyring, provider }), 'UNSUPPORTED');
    expect(secrets.filter((secret) => !isWiped(secret))).toEqual([]);
    refusal(() => decrypt(message, { keyring }), 'UNSUPPORTED');
  }
});

function keyringOf(options: Partial<RawRsaKeyringOptions>): Keyring {
  return rawRsaKeyring({ ...NAMES, padding: 'OAEP-SHA-256', ...KEYS, ...options });
}

/** Returns a data key of counting bytes, encrypted with the test's RSA key. */
function wrapOne(length: number, change: (block: Uint8Array) => Uint8Array = (block) => block): EncryptedDataKey {
  const block = nodeProvider.rsa?.rsaEncrypt(KEYS.publicKey, 'OAEP-SHA-256', counting(length)) ?? new Uint8Array(0);
  return { providerId: utf8('test-ns'), providerInfo: utf8('rsa-key-1'), ciphertext: Uint8Array.from(change(block)) };
}

/** Encrypts under the data key of {@link wrapOne} and writes these copies of it. */
function writing(encryptedDataKeys: readonly EncryptedDataKey[]): Keyring {
  return wrappingKeyring(() => ({ plaintextDataKey: counting(32), encryptedDataKeys }));
}
