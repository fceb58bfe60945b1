/**
 * A cache in front of a slow keyring: calls that ask at the same time ask the keyring once.
 * @module
 */

import { type AsyncKeyring, cachingKeyring, decryptAsync, encryptAsync } from '@securestring/core';
import { counting, toHex } from '@securestring/test-support/bytes';
import { optionsFor } from '@securestring/test-support/every-suite';
import { testKeyring } from '@securestring/test-support/keyrings';
import { rejection } from '@securestring/test-support/rejection';
import { delayed, failing, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);

describe('at once', () => {
  it('ten messages ask for one data key', async () => {
    const { cache, inner } = cacheOf();
    const results = await atOnce(10, () => encryptAsync(PLAINTEXT, { keyring: cache }));
    expect(inner.wraps.length).toBe(1);
    const opened = await Promise.all(results.map(({ message }) => decryptAsync(message, { keyring: cache })));
    expect(opened.map(({ plaintext }) => toHex(plaintext))).toEqual(Array(10).fill(toHex(PLAINTEXT)));
    expect(inner.unwraps.length).toBe(1);
    expect(new Set(results.map(({ header }) => toHex(header.messageId))).size).toBe(10);
  });

  it.each([
    [1, 10],
    [2, 5],
    [3, 4],
    [10, 1],
  ])('each data key encrypts no more than %i of ten messages: %i are asked for', async (maxMessages, asked) => {
    const { cache, inner } = cacheOf({ maxMessages });
    const results = await atOnce(10, () => encryptAsync(PLAINTEXT, { keyring: cache }));
    expect(inner.wraps.length).toBe(asked);
    const keys = results.map(({ header }) => toHex(header.encryptedDataKeys[0]?.ciphertext ?? new Uint8Array(0)));
    const uses = [...new Set(keys)].map((key) => keys.filter((other) => other === key).length);
    expect(Math.max(...uses)).toBe(maxMessages);
  });

  it('each data key encrypts no more than its bytes', async () => {
    const { cache, inner } = cacheOf({ maxBytes: 50 });
    await atOnce(10, () => encryptAsync(PLAINTEXT, { keyring: cache }));
    expect(inner.wraps.length).toBe(5);
  });

  it('other contexts and suites ask for themselves', async () => {
    const { cache, inner } = cacheOf();
    await atOnce(9, (i) => encryptAsync(PLAINTEXT, { keyring: cache, encryptionContext: { purpose: `${i % 3}` } }));
    expect(inner.wraps.length).toBe(3);
    await atOnce(4, () => encryptAsync(PLAINTEXT, { keyring: cache, ...optionsFor(0x0178) }));
    expect(inner.wraps.length).toBe(4);
    await atOnce(4, () => encryptAsync(PLAINTEXT, { keyring: cache, ...optionsFor(0x0578) }));
    await atOnce(4, () => encryptAsync(PLAINTEXT, { keyring: cache, ...optionsFor(0x0078) }));
    expect(inner.wraps.length).toBe(12);
  });

  it('a failure reaches all calls that wait, and a later call asks again', async () => {
    const error = new Error('offline');
    const inner = watched(failing(error));
    const cache = cachingKeyring({ keyring: delayed(inner), clock: () => 0, maxAge: 1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => encryptAsync(PLAINTEXT, { keyring: cache })),
    );
    expect(outcomes).toEqual(Array(5).fill({ status: 'rejected', reason: error }));
    expect(inner.wraps.length).toBe(1);
    await expect(encryptAsync(PLAINTEXT, { keyring: cache })).rejects.toBe(error);
    expect(inner.wraps.length).toBe(2);
  });

  it('the answer that a data key is not mine reaches all calls that wait', async () => {
    const { message } = await encryptAsync(PLAINTEXT, { keyring: testKeyring() });
    const cache = cachingKeyring({
      keyring: delayed({ ...testKeyring(), unwrapDataKey: () => null }),
      clock: () => 0,
      maxAge: 1,
    });
    await atOnce(3, () => rejection(decryptAsync(message, { keyring: cache }), 'NO_DATA_KEY'));
    await rejection(decryptAsync(message, { keyring: cache }), 'NO_DATA_KEY');
  });
});

describe('cleared while a data key is under way', () => {
  it('the cache does not keep it', async () => {
    const { cache, inner } = cacheOf();
    const early = encryptAsync(PLAINTEXT, { keyring: cache });
    cache.clear();
    const { message } = await early;
    expect((await decryptAsync(message, { keyring: testKeyring() })).plaintext).toEqual(PLAINTEXT);
    await encryptAsync(PLAINTEXT, { keyring: cache });
    expect(inner.wraps.length).toBe(2);
  });

  it('the calls that wait for it, and later ones, get a data key all the same', async () => {
    const { cache, inner } = cacheOf();
    const calls = [1, 2, 3].map(() => encryptAsync(PLAINTEXT, { keyring: cache }));
    cache.clear();
    calls.push(encryptAsync(PLAINTEXT, { keyring: cache }));
    for (const { message } of await Promise.all(calls)) {
      expect((await decryptAsync(message, { keyring: testKeyring() })).plaintext).toEqual(PLAINTEXT);
    }
    expect(inner.wraps.length).toBe(2);
  });
});

it('the age counts from when the data key came, not from when it was asked for', async () => {
  let now = 0;
  const inner = watched(testKeyring());
  const slow: AsyncKeyring = delayed(inner, () => {
    now += 500;
  });
  const cache = cachingKeyring({ keyring: slow, clock: () => now, maxAge: 100 });
  await encryptAsync(PLAINTEXT, { keyring: cache });
  now += 99;
  await encryptAsync(PLAINTEXT, { keyring: cache });
  expect(inner.wraps.length).toBe(1);
});

function cacheOf(limits: { maxMessages?: number; maxBytes?: number } = {}) {
  const inner = watched(testKeyring());
  return { inner, cache: cachingKeyring({ keyring: delayed(inner), clock: () => 0, maxAge: 1, ...limits }) };
}

function atOnce<T>(count: number, call: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => call(i)));
}
