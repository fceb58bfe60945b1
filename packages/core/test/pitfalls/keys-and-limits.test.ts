/**
 * Pitfalls P24 to P30: counts, searching for the data key, required context, caches and views of memory.
 * @module
 */

import {
  cachingKeyring,
  type DecryptOptions,
  decrypt,
  type EncryptedDataKey,
  encrypt,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
} from '@securestring/core';
import { concat, counting, u16, u64 } from '@securestring/test-support/bytes';
import { foreignMessage, pieces, rawAesDataKey } from '@securestring/test-support/foreign-writer';
import { testKeyring, WRAPPING_KEY, wrappingKeyring } from '@securestring/test-support/keyrings';
import { malformation, refusal } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const CONTENT = counting(40);
const KEY_NAMES = ['first', 'second', 'third'];
const named = (keyName: string, wrappingKey: Uint8Array = WRAPPING_KEY): Keyring =>
  rawAesKeyring({ keyNamespace: 'test-ns', keyName, wrappingKey });
const read = (message: Uint8Array, options: Partial<DecryptOptions> = {}) =>
  decrypt(message, { keyring: testKeyring(), ...options });

describe('encrypted data keys', () => {
  const three = multiKeyring({ generator: named('first'), children: [named('second'), named('third')] });

  it('P24: their number is limited on both sides, on the count alone when reading', () => {
    const { message } = encrypt(CONTENT, { keyring: three });
    expect(read(message, { keyring: three, maxEncryptedDataKeys: 3 }).plaintext).toEqual(CONTENT);
    refusal(() => read(message, { keyring: three, maxEncryptedDataKeys: 2 }), 'ENCRYPTED_DATA_KEY_LIMIT');
    refusal(() => encrypt(CONTENT, { keyring: three, maxEncryptedDataKeys: 2 }), 'ENCRYPTED_DATA_KEY_LIMIT');
    // The header announces 65535 and has none of them.
    const announced = concat(message.slice(0, 37), u16(0xffff));
    refusal(() => read(announced, { maxEncryptedDataKeys: 0xfffe }), 'ENCRYPTED_DATA_KEY_LIMIT');
    refusal(() => read(announced), 'MALFORMED_MESSAGE');
  });

  it('P25: one that fails never stops the search, and when all fail each has its cause', () => {
    const wrap = (dataKey: Uint8Array, bound: Uint8Array): EncryptedDataKey[] => {
      const right = rawAesDataKey(dataKey, bound);
      const damaged = { ...right, ciphertext: right.ciphertext.map((byte) => byte ^ 1) };
      const foreign = { ...right, providerId: Uint8Array.of(0x78) };
      return [damaged, foreign, { ...right, providerInfo: new Uint8Array(0) }, right];
    };
    const { bytes } = foreignMessage({ suite: 0x0478, frameLength: 16, contents: pieces(CONTENT, 16), wrap });
    const { bytes: none } = foreignMessage({
      suite: 0x0478,
      frameLength: 16,
      contents: pieces(CONTENT, 16),
      wrap: (dataKey, bound) => wrap(dataKey, bound).slice(0, 3),
    });
    expect(read(bytes).plaintext).toEqual(CONTENT);
    expect(read(bytes, { keyring: multiKeyring({ children: [named('other'), testKeyring()] }) }).plaintext).toEqual(
      CONTENT,
    );
    expect(refusal(() => read(none), 'NO_DATA_KEY')).toMatchObject({
      failures: [{ cause: 'unwrap failed' }, { cause: 'not mine' }, { cause: 'not mine' }],
    });
  });

  it('P25: a key name that begins with the right one, or the other way round, is another', () => {
    const { message } = encrypt(CONTENT, { keyring: named('first') });
    for (const keyName of ['firs', 'first1', 'First']) {
      const error = refusal(() => read(message, { keyring: named(keyName) }), 'NO_DATA_KEY');
      expect(error).toMatchObject({ failures: [{ cause: 'not mine' }] });
    }
  });

  it('P26: a multi-keyring encrypts under all members or not at all, and decrypts with any', () => {
    const { message } = encrypt(CONTENT, { keyring: three });
    for (const keyName of KEY_NAMES) expect(read(message, { keyring: named(keyName) }).plaintext).toEqual(CONTENT);
    const handedOut: Uint8Array[] = [];
    const generator: Keyring = {
      ...named('first'),
      wrapDataKey: (request) => {
        const wrapped = named('first').wrapDataKey(request);
        handedOut.push(wrapped.plaintextDataKey);
        return wrapped;
      },
    };
    const failing = wrappingKeyring(() => {
      throw new Error('the HSM is gone');
    });
    const keyring = multiKeyring({ generator, children: [named('second'), failing] });
    expect(() => encrypt(CONTENT, { keyring })).toThrow('the HSM is gone');
    expect(handedOut).toEqual([new Uint8Array(32)]);
  });
});

describe('required context', () => {
  const encryptionContext = { tenant: 'a', purpose: 'test' };
  const seen: unknown[] = [];
  const keyring: Keyring = {
    wrapDataKey: (request) => {
      seen.push({ ...request.encryptionContext });
      return testKeyring().wrapDataKey(request);
    },
    unwrapDataKey: (key, request) => {
      seen.push({ ...request.encryptionContext });
      return testKeyring().unwrapDataKey(key, request);
    },
  };

  it('P28: is not stored, seen by keyrings, put back on decrypt and bound by the header tag', () => {
    seen.length = 0;
    const { message } = encrypt(CONTENT, { keyring, encryptionContext, requiredContextKeys: ['tenant'] });
    expect(Buffer.from(message).includes('tenant')).toBe(false);
    const { plaintext, header } = read(message, { keyring, encryptionContext: { tenant: 'a' } });
    expect(plaintext).toEqual(CONTENT);
    expect({ ...header.encryptionContext }).toEqual(encryptionContext);
    expect(seen).toEqual([encryptionContext, encryptionContext]);
    refusal(() => read(message, { encryptionContext: { tenant: 'b' } }), 'NO_DATA_KEY');
    refusal(() => read(message), 'NO_DATA_KEY');
    refusal(() => read(message, { encryptionContext: { tenant: 'a', purpose: 'x' } }), 'ENCRYPTION_CONTEXT_MISMATCH');
  });

  it('P28: the header tag binds it also where the keyring binds nothing', () => {
    const dataKey = counting(32, 5);
    const unbound: Keyring = {
      wrapDataKey: (request) => ({
        plaintextDataKey: dataKey.slice(),
        encryptedDataKeys: testKeyring().wrapDataKey(request).encryptedDataKeys,
      }),
      unwrapDataKey: () => dataKey.slice(),
    };
    const options = { keyring: unbound, encryptionContext, requiredContextKeys: ['tenant'] };
    const { message } = encrypt(CONTENT, options);
    expect(read(message, { keyring: unbound, encryptionContext: { tenant: 'a' } }).plaintext).toEqual(CONTENT);
    for (const wrong of [{}, { tenant: 'b' }, { tenant: 'a', more: 'c' }]) {
      refusal(() => read(message, { keyring: unbound, encryptionContext: wrong }), 'AUTHENTICATION_FAILED');
    }
  });

  it("P29: a cached data key never answers for another caller's context", () => {
    const cache = cachingKeyring({ keyring, clock: () => 1, maxAge: 1000 });
    const { message } = encrypt(CONTENT, { keyring, encryptionContext, requiredContextKeys: ['tenant'] });
    seen.length = 0;
    const open = (tenant: string) => read(message, { keyring: cache, encryptionContext: { tenant } });
    expect(open('a').plaintext).toEqual(CONTENT);
    expect(open('a').plaintext).toEqual(CONTENT);
    expect(seen.length).toBe(1);
    refusal(() => open('b'), 'NO_DATA_KEY');
    refusal(() => read(message, { keyring: cache }), 'NO_DATA_KEY');
    expect(seen.length).toBe(3);
    expect(open('a').plaintext).toEqual(CONTENT);
  });

  it('P29: suites that encrypt under the data key itself are never cached', () => {
    const cache = cachingKeyring({ keyring, clock: () => 1, maxAge: 1000 });
    const options = { keyring: cache, suite: 0x0078, commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' } as const;
    seen.length = 0;
    const first = encrypt(CONTENT, options).message;
    encrypt(CONTENT, options);
    expect(seen.length).toBe(2);
    read(first, { keyring: cache, commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' });
    read(first, { keyring: cache, commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' });
    expect(seen.length).toBe(4);
  });
});

describe('memory and numbers', () => {
  it('P30: a view into a larger buffer is read where it begins, and results own their buffer', () => {
    const whole = new TextEncoder().encode('SECRETPREFIXhello worldSUFFIX');
    const view = whole.subarray(12, 23);
    const { message } = encrypt(view, { keyring: testKeyring() });
    expect(message.byteLength).toBe(message.buffer.byteLength);
    const { plaintext } = read(concat(counting(5), message, counting(5)).subarray(5, 5 + message.length));
    expect(new TextDecoder().decode(plaintext)).toBe('hello world');
    expect(plaintext.byteLength).toBe(plaintext.buffer.byteLength);
    const shiftedKey = concat(counting(3), WRAPPING_KEY).subarray(3);
    const keyring = rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'test-key', wrappingKey: shiftedKey });
    expect(read(message, { keyring }).plaintext).toEqual(plaintext);
  });

  it.each([2 ** 31, 2 ** 32, 2 ** 36 - 32, 2 ** 36, 2 ** 53])(
    'P30: a content length of %i stays what it is',
    (length) => {
      const { headerBody, headerAuth, frames } = foreignMessage({ suite: 0x0478, frameLength: 0, contents: [CONTENT] });
      const frame = concat(...frames);
      frame.set(u64(length), 12);
      const { what } = malformation(() => read(concat(headerBody, headerAuth, frame)));
      expect(what).toContain(length > 2 ** 36 - 32 ? `${length} bytes` : `${length + 16} bytes`);
    },
  );
});
