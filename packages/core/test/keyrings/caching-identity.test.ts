/**
 * How the cache finds a data key: by everything that the key is bound to. What must not be cached is not.
 * @module
 */

import {
  cachingKeyring,
  decrypt,
  type EncryptOptions,
  encrypt,
  estimateMessageSize,
  type Keyring,
  multiKeyring,
  type Provider,
  rawAesKeyring,
  suites,
} from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { counting, toHex } from '@securestring/test-support/bytes';
import {
  EVERY_SIGNING_SUITE,
  EVERY_SUITE,
  optionsFor,
  readingOf,
  signs,
  toRead,
} from '@securestring/test-support/every-suite';
import { testKeyring } from '@securestring/test-support/keyrings';
import { refusal } from '@securestring/test-support/refusal';
import { describeTwins, pass } from '@securestring/test-support/twins';
import { failing, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);

describe.each(EVERY_SUITE)('suite %s', (_, suite) => {
  const identity = suites.get(suite)?.derivation.kind === 'identity';
  const options = { ...optionsFor(suite), encryptionContext: { purpose: 'test' } };

  it(identity || signs(suite) ? 'is not cached when encrypting' : 'is cached when encrypting', () => {
    const { cache, inner } = cacheOf();
    const messages = [1, 2, 3].map(() => encrypt(PLAINTEXT, { keyring: cache, ...options }));
    expect(inner.wraps.length).toBe(identity || signs(suite) ? 3 : 1);
    expect(new Set(messages.map(({ header }) => toHex(header.messageId))).size).toBe(3);
    for (const { message, header } of messages) {
      expect(decrypt(message, { keyring: testKeyring(), ...toRead(options) })).toEqual({
        plaintext: PLAINTEXT,
        header,
      });
    }
  });

  it(identity ? 'is not cached when decrypting' : 'is cached when decrypting', () => {
    const { cache, inner } = cacheOf();
    const { message, header } = encrypt(PLAINTEXT, { keyring: testKeyring(), ...options });
    for (let i = 0; i < 3; i++) {
      expect(decrypt(message, { keyring: cache, ...toRead(options) })).toEqual({ plaintext: PLAINTEXT, header });
    }
    expect(inner.unwraps.length).toBe(identity ? 3 : 1);
  });
});

describe('two requests share a data key only where they are the same', () => {
  const BASE: Partial<EncryptOptions> = { encryptionContext: { a: 'bc', d: 'e' } };
  const forbid = { commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' } as const;

  it.each<[string, Partial<EncryptOptions>, Partial<EncryptOptions>, number]>([
    ['the same', BASE, BASE, 1],
    ['the pairs in another order', BASE, { encryptionContext: { d: 'e', a: 'bc' } }, 1],
    ['another frame length', BASE, { ...BASE, frameLength: 7 }, 1],
    ['a pair that is bound without being stored', BASE, { ...BASE, requiredContextKeys: ['a'] }, 1],
    ['the limit of data keys', BASE, { ...BASE, maxEncryptedDataKeys: 1 }, 1],
    ['no context', BASE, {}, 2],
    ['another value', BASE, { encryptionContext: { a: 'bc', d: 'f' } }, 2],
    ['a pair more', BASE, { encryptionContext: { a: 'bc', d: 'e', f: '' } }, 2],
    ['a pair less', BASE, { encryptionContext: { a: 'bc' } }, 2],
    ['the same letters cut otherwise', BASE, { encryptionContext: { ab: 'c', d: 'e' } }, 2],
    ['another suite', { ...forbid, suite: 0x0178 }, { ...forbid, suite: 0x0114 }, 2],
    ['a suite of the same key length', { suite: 0x0478 }, { ...forbid, suite: 0x0178 }, 2],
  ])('%s', (_, first, second, asked) => {
    const { cache, inner } = cacheOf();
    for (const options of [first, second, first, second]) encrypt(PLAINTEXT, { keyring: cache, ...options });
    expect(inner.wraps.length).toBe(asked);
  });

  it('and find it by a hash of one length, however long they are', () => {
    const { cache } = cacheOf();
    const hashed: number[] = [];
    const hash: Provider['hash'] = (name, data) => {
      hashed.push(data.length);
      return nodeProvider.hash(name, data);
    };
    const encryptionContext = { long: 'x'.repeat(60_000) };
    encrypt(PLAINTEXT, { keyring: cache, encryptionContext, provider: { ...nodeProvider, hash } });
    // Purpose 1, suite 2, length 2, and the context: count 2, lengths 2 + 2, name and value.
    expect(hashed).toEqual([5 + 6 + 4 + 60_000]);
  });

  it('a cache of its own asks for itself', () => {
    const inner = watched(testKeyring());
    for (let i = 0; i < 2; i++) {
      encrypt(PLAINTEXT, { keyring: cachingKeyring({ keyring: inner, clock: () => 0, maxAge: 1 }) });
    }
    expect(inner.wraps.length).toBe(2);
  });

  it('what was wrapped is not taken for what was opened', () => {
    const { cache, inner } = cacheOf();
    const { message } = encrypt(PLAINTEXT, { keyring: cache });
    decrypt(message, { keyring: cache });
    expect([inner.wraps.length, inner.unwraps.length]).toEqual([1, 1]);
  });

  it('each encrypted data key is opened for itself', () => {
    const { cache, inner } = cacheOf();
    const messages = [1, 2].map(() => encrypt(PLAINTEXT, { keyring: testKeyring() }).message);
    for (const message of [...messages, ...messages]) decrypt(message, { keyring: cache });
    expect(inner.unwraps.length).toBe(2);
  });
});

describe('a message whose reader must bring a part of the context', () => {
  const tenantA = { tenant: 'a' };
  const { message } = encrypt(PLAINTEXT, {
    keyring: testKeyring(),
    encryptionContext: { purpose: 'test', ...tenantA },
    requiredContextKeys: ['tenant'],
  });

  it('is not opened for one reader because another has opened it', () => {
    const { cache, inner } = cacheOf();
    expect(decrypt(message, { keyring: cache, encryptionContext: tenantA }).plaintext).toEqual(PLAINTEXT);
    for (const encryptionContext of [{ tenant: 'b' }, {}, { tenant: '' }, { tenant: 'a', more: 'x' }]) {
      refusal(() => decrypt(message, { keyring: cache, encryptionContext }), 'NO_DATA_KEY');
    }
    expect(inner.unwraps.length).toBe(5);
    expect(decrypt(message, { keyring: cache, encryptionContext: tenantA }).plaintext).toEqual(PLAINTEXT);
    expect(inner.unwraps.length).toBe(5);
  });
});

describe('what is checked of each message, whatever is cached', () => {
  it('the commitment policy', () => {
    const { cache } = cacheOf();
    const { message } = encrypt(PLAINTEXT, { keyring: cache, ...optionsFor(0x0178) });
    expect(decrypt(message, { keyring: cache, ...readingOf(0x0178) }).plaintext).toEqual(PLAINTEXT);
    refusal(() => decrypt(message, { keyring: cache }), 'COMMITMENT_POLICY');
    refusal(() => encrypt(PLAINTEXT, { keyring: cache, suite: 0x0178 }), 'COMMITMENT_POLICY');
  });

  it('the limit of encrypted data keys', () => {
    const other = rawAesKeyring({ keyNamespace: 'other', keyName: 'key', wrappingKey: counting(32) });
    const under = multiKeyring({ generator: testKeyring(), children: [other] });
    const cache = cachingKeyring({ keyring: under, clock: () => 0, maxAge: 1 });
    const { message } = encrypt(PLAINTEXT, { keyring: cache });
    decrypt(message, { keyring: cache });
    refusal(() => encrypt(PLAINTEXT, { keyring: cache, maxEncryptedDataKeys: 1 }), 'ENCRYPTED_DATA_KEY_LIMIT');
    refusal(() => decrypt(message, { keyring: cache, maxEncryptedDataKeys: 1 }), 'ENCRYPTED_DATA_KEY_LIMIT');
  });

  it('the header and the frames', () => {
    const { cache } = cacheOf();
    const { message } = encrypt(PLAINTEXT, { keyring: cache });
    decrypt(message, { keyring: cache });
    for (const at of [10, message.length - 1]) {
      const changed = message.map((byte, i) => (i === at ? byte ^ 1 : byte));
      refusal(() => decrypt(changed, { keyring: cache }), 'AUTHENTICATION_FAILED');
    }
    expect(decrypt(message, { keyring: cache }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('what is not cached', () => {
  it('that a data key is not mine, or did not open', () => {
    for (const unwrapDataKey of [() => null, failing(new Error()).unwrapDataKey]) {
      const inner = watched({ ...testKeyring(), unwrapDataKey });
      const cache = cachingKeyring({ keyring: inner, clock: () => 0, maxAge: 1 });
      const { message } = encrypt(PLAINTEXT, { keyring: testKeyring() });
      for (let i = 0; i < 3; i++) refusal(() => decrypt(message, { keyring: cache }), 'NO_DATA_KEY');
      expect(inner.unwraps.length).toBe(3);
    }
  });

  it('that wrapping failed', () => {
    let asked = 0;
    const inner: Keyring = {
      ...testKeyring(),
      wrapDataKey: (request) => {
        if (++asked === 1) throw new Error('offline');
        return testKeyring().wrapDataKey(request);
      },
    };
    const cache = cachingKeyring({ keyring: inner, clock: () => 0, maxAge: 1 });
    expect(() => encrypt(PLAINTEXT, { keyring: cache })).toThrow('offline');
    for (let i = 0; i < 3; i++) encrypt(PLAINTEXT, { keyring: cache });
    expect(asked).toBe(2);
  });

  it('a data key that is given', () => {
    const { cache, inner } = cacheOf();
    const generator = rawAesKeyring({ keyNamespace: 'other', keyName: 'key', wrappingKey: counting(32) });
    for (let i = 0; i < 3; i++) {
      const { message } = encrypt(PLAINTEXT, { keyring: multiKeyring({ generator, children: [cache] }) });
      expect(decrypt(message, { keyring: cache }).plaintext).toEqual(PLAINTEXT);
    }
    expect(inner.wraps.length).toBe(3);
  });
});

it('the keyring behind the cache does not learn the length of one message', () => {
  const { cache, inner } = cacheOf();
  encrypt(PLAINTEXT, { keyring: cache });
  expect(inner.wraps.map((request) => request.plaintextLength)).toEqual([undefined]);
});

it('an estimate counts as a message', () => {
  const { cache, inner } = cacheOf();
  expect(estimateMessageSize({ keyring: cache }, 20)).toBe(encrypt(PLAINTEXT, { keyring: cache }).message.length);
  expect(inner.wraps.length).toBe(1);
});

describeTwins('a stream', (twin) => {
  it('of unknown length is not cached when encrypting, and is when decrypting', async () => {
    const { cache, inner } = cacheOf();
    for (let i = 1; i <= 3; i++) {
      const message = await pass(twin.encrypt({ keyring: cache }), [PLAINTEXT]);
      expect(inner.wraps.length).toBe(i);
      for (let j = 0; j < 2; j++) expect(await pass(twin.decrypt({ keyring: cache }), [message])).toEqual(PLAINTEXT);
      expect(inner.unwraps.length).toBe(i);
    }
  });
});

it.each(EVERY_SIGNING_SUITE)('suite %s: no two messages share a public key through a cache', (_, suite) => {
  const { cache } = cacheOf();
  const keys = [1, 2, 3].map(
    () =>
      encrypt(PLAINTEXT, { keyring: cache, ...optionsFor(suite) }).header.encryptionContext['aws-crypto-public-key'],
  );
  expect(new Set(keys).size).toBe(3);
});

function cacheOf() {
  const inner = watched(testKeyring());
  return { inner, cache: cachingKeyring({ keyring: inner, clock: () => 0, maxAge: 1 }) };
}
