/**
 * What is returned is the caller's alone: it shares no bytes with anything, and is a plain `Uint8Array`.
 * @module
 */

import {
  decrypt,
  encodeEncryptionContext,
  encrypt,
  generateDataKeyWithoutPlaintext,
  type MessageHeader,
  unwrapKey,
  wrapKey,
} from '@securestring/core';
import { blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { counting, hex, toHex, utf8 } from '@securestring/test-support/bytes';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { describe, expect, it } from 'vitest';

describeWithProviders('returned arrays own their whole buffer', (provider) => {
  const keyring = testKeyring();
  const dataKey = counting(32);

  it.each([0, 1, 20, 5000])('encrypt and decrypt, %i bytes', (length) => {
    const sealed = encrypt(counting(length), { keyring, encryptionContext: { a: 'b' }, provider });
    const opened = decrypt(sealed.message, { keyring, provider });
    expectOwned([sealed.message, ...arraysOf(sealed.header), opened.plaintext, ...arraysOf(opened.header)]);
  });

  it('decrypt of a non-framed message', () => {
    const { bytes } = handmade({ suite: 0x0478, dataKey, frameLength: 0, frames: [{ content: counting(9) }] });
    const { plaintext, header } = decrypt(bytes, { keyring: fixedKeyring(dataKey), provider });
    expectOwned([plaintext, ...arraysOf(header)]);
  });

  it('wrapKey and unwrapKey', () => {
    for (const algorithm of ['AES-KW', 'AES-KWP', 'AES-GCM'] as const) {
      const wrapped = wrapKey(counting(32), counting(24), { algorithm, provider });
      expectOwned([wrapped, unwrapKey(counting(32), wrapped, { algorithm, provider })]);
    }
  });

  it('key blobs', () => {
    const key = blobKey(provider, counting(32), 'arn');
    const blob = wrapKeyBlob(provider, key, 0x53, utf8('x'), new Uint8Array(0));
    expectOwned([
      key.materialId,
      key.arnBytes,
      blob,
      unwrapKeyBlob(provider, key, decodeKeyBlob(blob), new Uint8Array(0)),
    ]);
  });

  it('the primitives', () => {
    const [kek, key] = [counting(16), counting(16)];
    const kw = provider.aesKwWrap(kek, key);
    const kwp = provider.aesKwpWrap(kek, hex('01'));
    const hashes = (['sha1', 'sha256', 'sha384', 'sha512'] as const).flatMap((name) => [
      provider.hash(name, key),
      provider.hmac(name, key, key),
      provider.hkdfExtract(name, key, key),
      provider.hkdfExpand(name, counting(64), key, 100),
      provider.hkdfExpand(name, counting(64), key, 0),
    ]);
    const unwrapped = [provider.aesKwUnwrap(kek, kw), provider.aesKwpUnwrap(kek, kwp)].filter((a) => a !== undefined);
    expect(unwrapped.length).toBe(2);
    expectOwned([provider.randomKey(32), provider.randomKey(1), kw, kwp, ...unwrapped, ...hashes]);
  });

  it('a serialised context, the empty one too', () => {
    const empty = encodeEncryptionContext({});
    expectOwned([encodeEncryptionContext({ a: 'b' }), empty, encodeEncryptionContext({})]);
    expect(encodeEncryptionContext({})).not.toBe(empty);
  });
});

describe('a header', () => {
  it('shares no bytes with the message, either way', () => {
    const keyring = testKeyring();
    const { message, header } = encrypt(counting(20), { keyring });
    const opened = decrypt(message, { keyring });
    const before = arraysOf(header).map(toHex);
    const copy = toHex(message);
    for (const array of arraysOf(header)) array.fill(0xaa);
    expect(toHex(message)).toBe(copy);
    message.fill(0xbb);
    expect(arraysOf(opened.header).map(toHex)).toEqual(before);
    expect(opened.plaintext).toEqual(counting(20));
  });

  it('holds a context that is frozen and has no prototype', () => {
    const keyring = testKeyring();
    const { message, header } = encrypt(counting(20), { keyring, encryptionContext: { a: 'b' } });
    for (const { encryptionContext } of [header, decrypt(message, { keyring }).header]) {
      expect(Object.isFrozen(encryptionContext)).toBe(true);
      expect(Object.getPrototypeOf(encryptionContext)).toBeNull();
    }
  });
});

describe('generateDataKeyWithoutPlaintext', () => {
  it('returns no plaintext, and wipes it', () => {
    const plaintext = counting(32);
    const refuse = () => {
      throw new Error('not asked for');
    };
    const result = generateDataKeyWithoutPlaintext({
      kms: {
        generateDataKey: () => ({ keyId: 'arn', plaintext, ciphertextBlob: utf8('blob') }),
        encrypt: refuse,
        decrypt: refuse,
      },
      keyId: 'alias/x',
      numberOfBytes: 32,
    });
    expect(result).toEqual({ keyId: 'arn', ciphertextBlob: utf8('blob') });
    expect(plaintext).toEqual(new Uint8Array(32));
  });
});

function arraysOf({ messageId, encryptedDataKeys }: MessageHeader): Uint8Array[] {
  return [
    messageId,
    ...encryptedDataKeys.flatMap(({ providerId, providerInfo, ciphertext }) => [providerId, providerInfo, ciphertext]),
  ];
}

function expectOwned(arrays: readonly Uint8Array[]): void {
  for (const array of arrays) {
    expect(Object.getPrototypeOf(array)).toBe(Uint8Array.prototype);
    expect(array.buffer).toBeInstanceOf(ArrayBuffer);
    expect([array.byteOffset, array.byteLength]).toEqual([0, array.buffer.byteLength]);
  }
  expect(new Set(arrays.map((array) => array.buffer)).size).toBe(arrays.length);
}
