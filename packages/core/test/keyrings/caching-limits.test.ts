/**
 * How long, how often and for how many bytes a cached data key may be used, and that it is wiped after that.
 * @module
 */

import { type CachingKeyringOptions, cachingKeyring, decrypt, encrypt, type Keyring } from '@securestring/core';
import { counting, toHex } from '@securestring/test-support/bytes';
import { testKeyring } from '@securestring/test-support/keyrings';
import { watched, wipedBy } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

describe('the age', () => {
  it.each([
    ['at once', 0, 1],
    ['a moment before its end', 999, 1],
    ['at its end', 1000, 2],
    ['after its end', 5000, 2],
    ['where the clock was put back', -1, 2],
    ['where the clock was put back far', -1e12, 2],
    ['where the clock is broken', Number.NaN, 2],
  ])('%s', (_, passed, asked) => {
    const { cache, inner, pass } = cacheOf({ maxAge: 1000 });
    const { message } = encrypt(counting(5), { keyring: cache });
    pass(passed);
    encrypt(counting(5), { keyring: cache });
    expect(inner.wraps.length).toBe(asked);
    expect(decrypt(message, { keyring: testKeyring() }).plaintext).toEqual(counting(5));
  });

  it('counts from the making of the data key, however often it is used', () => {
    const { cache, inner, pass } = cacheOf({ maxAge: 1000 });
    for (let i = 0; i < 21; i++, pass(100)) encrypt(counting(5), { keyring: cache });
    expect(inner.wraps.length).toBe(3);
  });

  it('holds for what is decrypted too', () => {
    const { cache, inner, pass } = cacheOf({ maxAge: 1000 });
    const { message } = encrypt(counting(5), { keyring: testKeyring() });
    for (let i = 0; i < 21; i++, pass(100)) decrypt(message, { keyring: cache });
    expect(inner.unwraps.length).toBe(3);
  });

  it('of a data key that was too old is not made young by a clock put back', () => {
    const { cache, inner, pass } = cacheOf({ maxAge: 1000 });
    encrypt(counting(5), { keyring: cache });
    pass(1000);
    encrypt(counting(5), { keyring: cache });
    pass(-1000);
    encrypt(counting(5), { keyring: cache });
    expect(inner.wraps.length).toBe(3);
  });
});

describe('the number of messages', () => {
  it.each([
    [1, 7],
    [2, 4],
    [3, 3],
    [7, 1],
    [8, 1],
    [undefined, 1],
  ])('maxMessages %s: 7 messages take %i data keys', (maxMessages, asked) => {
    const { cache, inner } = cacheOf(maxMessages === undefined ? {} : { maxMessages });
    const keys = new Set(Array.from({ length: 7 }, () => wrappedKey(cache, counting(5))));
    expect(inner.wraps.length).toBe(asked);
    expect(keys.size).toBe(asked);
  });

  it('does not count what is decrypted', () => {
    const { cache, inner } = cacheOf({ maxMessages: 1, maxBytes: 1 });
    const { message } = encrypt(counting(5), { keyring: testKeyring() });
    for (let i = 0; i < 5; i++) decrypt(message, { keyring: cache });
    expect(inner.unwraps.length).toBe(1);
  });
});

describe('the number of bytes', () => {
  it.each([
    ['that fit exactly', [60, 40], 1],
    ['that are one too many', [60, 41], 2],
    ['of no length', [0, 0, 0], 1],
    ['that fill it, and none after', [100, 0, 0], 1],
    ['that fill it, and one after', [100, 1], 2],
    ['too many for any data key', [101, 101], 2],
    ['too many for any data key, between others', [50, 101, 50], 3],
  ])('of messages %s', (_, lengths, asked) => {
    const { cache, inner } = cacheOf({ maxBytes: 100 });
    for (const length of lengths) encrypt(counting(length), { keyring: cache });
    expect(inner.wraps.length).toBe(asked);
  });
});

describe('the capacity', () => {
  it('makes room for a new data key at the cost of the one used longest ago', () => {
    const { cache, inner } = cacheOf({ capacity: 2 });
    for (const [purpose, asked] of [
      ['a', 1],
      ['b', 2],
      ['a', 2],
      ['c', 3],
      ['a', 3],
      ['b', 4],
      ['c', 5],
    ] as const) {
      encrypt(counting(5), { keyring: cache, encryptionContext: { purpose } });
      expect(inner.wraps.length, purpose).toBe(asked);
    }
  });

  it('is shared by what is encrypted and what is decrypted', () => {
    const { cache, inner } = cacheOf({ capacity: 1 });
    const { message } = encrypt(counting(5), { keyring: cache });
    decrypt(message, { keyring: cache });
    encrypt(counting(5), { keyring: cache });
    expect([inner.wraps.length, inner.unwraps.length]).toEqual([2, 1]);
  });
});

describe('a data key', () => {
  const write = (cache: Keyring, purpose = 'a') =>
    encrypt(counting(5), { keyring: cache, encryptionContext: { purpose } });

  it.each<[string, Partial<CachingKeyringOptions<Keyring>>, (cached: Cached) => unknown]>([
    ['is cleared', {}, ({ cache }) => cache.clear()],
    ['makes room', { capacity: 1 }, ({ cache }) => write(cache, 'b')],
    ['is too old', { maxAge: 10 }, ({ cache, pass }) => [pass(10), write(cache)]],
    ['has encrypted enough messages', { maxMessages: 1 }, ({ cache }) => write(cache)],
    ['has encrypted enough bytes', { maxBytes: 9 }, ({ cache }) => write(cache)],
  ])('is wiped when it %s', async (_, options, end) => {
    const cached = cacheOf(options);
    let held = '';
    const seeing: Keyring = {
      ...cached.cache,
      wrapDataKey: (request) => {
        const wrapped = cached.cache.wrapDataKey(request);
        held = toHex(wrapped.plaintextDataKey);
        return wrapped;
      },
    };
    write(seeing);
    expect(held.length).toBe(64);
    expect((await wipedBy(() => end(cached))).map(toHex)).toContain(held);
  });

  it('is not used any more once the cache is cleared, nor is what was opened', () => {
    const { cache, inner } = cacheOf({});
    const { message } = write(cache);
    decrypt(message, { keyring: cache });
    cache.clear();
    write(cache);
    decrypt(message, { keyring: cache });
    expect([inner.wraps.length, inner.unwraps.length]).toEqual([2, 2]);
    cache.clear();
    cache.clear();
    write(cache);
    expect(inner.wraps.length).toBe(3);
  });

  it('stays as it is though the engine wipes what it was given', () => {
    const { cache } = cacheOf({});
    for (let i = 0; i < 5; i++) {
      const { message } = write(cache);
      expect(decrypt(message, { keyring: testKeyring() }).plaintext).toEqual(counting(5));
      for (let j = 0; j < 3; j++) expect(decrypt(message, { keyring: cache }).plaintext).toEqual(counting(5));
    }
  });
});

it.each(['maxAge', 'capacity', 'maxMessages', 'maxBytes'] as const)('%s must be a whole number from 1', (option) => {
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => cacheOf({ [option]: value }), `${value}`).toThrow(RangeError);
  }
  expect(cacheOf({ [option]: 1 }).cache).toHaveProperty('clear');
});

it('one data key never encrypts more than 2^32 messages', () => {
  expect(cacheOf({ maxMessages: 2 ** 32 }).cache).toHaveProperty('clear');
  expect(() => cacheOf({ maxMessages: 2 ** 32 + 1 })).toThrow(RangeError);
});

type Cached = ReturnType<typeof cacheOf>;

function cacheOf(options: Partial<CachingKeyringOptions<Keyring>>) {
  let now = 1_000_000;
  const inner = watched(testKeyring());
  const cache = cachingKeyring({ keyring: inner, clock: () => now, maxAge: 3_600_000, ...options });
  return {
    cache,
    inner,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

/** The encrypted data keys of a message. */
function wrappedKey(keyring: Keyring, plaintext: Uint8Array): string {
  return toHex(encrypt(plaintext, { keyring }).header.encryptedDataKeys[0]?.ciphertext ?? new Uint8Array(0));
}
