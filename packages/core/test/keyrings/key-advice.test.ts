/**
 * Advice to a caller who passes text in place of bytes: what the bytes must be, and what the text looks like.
 * @module
 */

import { decrypt, encrypt, inspect, rawAesKeyring, rawRsaKeyring, unwrapKey, wrapKey } from '@securestring/core';
import { counting, toBase64, toHex } from '@securestring/test-support/bytes';
import { testKeyring } from '@securestring/test-support/keyrings';
import { rsaKeys } from '@securestring/test-support/rsa-keys';
import { describe, expect, it } from 'vitest';

const keyring = testKeyring();
const SHAPES: readonly (readonly [string, string])[] = [
  [
    toHex(counting(32)),
    "This text looks like 32 bytes in 64 characters of hex: on Node, pass Buffer.from(text, 'hex').",
  ],
  [
    toBase64(counting(32)),
    "This text looks like 32 bytes in 44 characters of base64: on Node, pass Buffer.from(text, 'base64').",
  ],
  [
    toBase64(counting(16)),
    "This text looks like 16 bytes in 24 characters of base64: on Node, pass Buffer.from(text, 'base64').",
  ],
];

/** Every place where a key or a ciphertext belongs: the UTF-8 of a text there would be another key, or never opens. */
const CODED: Readonly<Record<string, (text: never) => unknown>> = {
  'the wrapping key': (wrappingKey) => rawAesKeyring({ keyNamespace: 'n', keyName: 'k', wrappingKey }),
  'the kek of wrapKey': (kek) => wrapKey(kek, counting(16), { algorithm: 'AES-KW' }),
  'the key of wrapKey': (key) => wrapKey(counting(16), key, { algorithm: 'AES-KW' }),
  'the wrapped key': (wrapped) => unwrapKey(counting(16), wrapped, { algorithm: 'AES-KW' }),
  'the message': (message) => decrypt(message, { keyring }),
};

describe.each(Object.entries(CODED))('%s as text', (_, use) => {
  it.each(SHAPES)('%s is named for what it looks like, and not shown', (text, advice) => {
    const error = (() => {
      try {
        use(text as never);
      } catch (thrown) {
        return String(thrown);
      }
      return 'nothing';
    })();
    expect(error).toContain(advice);
    expect(error).not.toContain(text);
  });

  it('is never to be encoded as text', () => {
    for (const text of ['a password', ...SHAPES.map(([shape]) => shape)]) {
      expect(() => use(text as never)).toThrow(TypeError);
      expect(() => use(text as never)).not.toThrow(/TextEncoder/);
    }
  });
});

it('a plaintext as text is to be encoded as text', () => {
  expect(() => encrypt('secret_value' as never, { keyring })).toThrow(/pass new TextEncoder\(\)\.encode\(text\)/);
});

it('what is not text is named by its class', () => {
  expect(() => encrypt(new ArrayBuffer(4) as never, { keyring })).toThrow(/must be a Uint8Array, not ArrayBuffer\./);
  expect(() => encrypt([1, 2] as never, { keyring })).toThrow(/must be a Uint8Array, not a list\./);
  expect(() => inspect(new DataView(new ArrayBuffer(4)) as never)).toThrow(/must be a Uint8Array, not DataView\./);
});

describe('an RSA key that is too short for its padding', () => {
  const names = { keyNamespace: 'n', keyName: 'k' };
  const short = rsaKeys(1024).publicKey;

  it.each([
    ['OAEP-SHA-512', 1296],
    ['OAEP-SHA-384', 1040],
  ] as const)('is refused with the numbers: %s', (padding, bits) => {
    const ring = rawRsaKeyring({ ...names, padding, publicKey: short });
    expect(() => encrypt(counting(1), { keyring: ring })).toThrow(
      new RangeError(
        `publicKey has 1024 bits, and ${padding} needs at least ${bits} for a data key of 32 bytes. Use a longer key, such as one of 3072 bits.`,
      ),
    );
  });

  it.each(['PKCS1', 'OAEP-SHA-1', 'OAEP-SHA-256'] as const)('is long enough for %s', (padding) => {
    const ring = rawRsaKeyring({ ...names, padding, publicKey: short });
    expect(encrypt(counting(1), { keyring: ring }).header.encryptedDataKeys.length).toBe(1);
  });
});
