/**
 * What holds for a provider's primitives whatever library is behind them.
 * @module
 */

import { type AesGcmKey, type Provider, providerName } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { concat, counting, toHex } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { describe, expect, it } from 'vitest';

describe('the default provider', () => {
  it('is that of Node on Node, and says so', () => {
    expect(providerName).toBe('node');
    expect([nodeProvider.name, nobleProvider.name]).toEqual(['node', 'noble']);
  });
});

describeWithProviders('AES-GCM', (provider) => {
  const key = provider.aesGcm(counting(32));
  const [iv, aad] = [counting(12), counting(5)];

  it.each([0, 1, 15, 17, 31, 33])('refuses a key of %i bytes', (length) => {
    expect(() => provider.aesGcm(new Uint8Array(length))).toThrow(RangeError);
  });

  it.each([0, 1, 8, 11, 13, 16])('refuses an IV of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => key.gcmSeal(wrong, aad, counting(4), new Uint8Array(20))).toThrow(RangeError);
    expect(() => key.gcmOpen(wrong, aad, counting(20), new Uint8Array(4))).toThrow(RangeError);
  });

  it.each([0, 19, 21])('refuses to seal 4 bytes into %i', (length) => {
    expect(() => key.gcmSeal(iv, aad, counting(4), new Uint8Array(length))).toThrow(RangeError);
  });

  it.each([0, 3, 5, 20])('refuses to open 20 bytes into %i', (length) => {
    expect(() => key.gcmOpen(iv, aad, counting(20), new Uint8Array(length))).toThrow(RangeError);
  });

  it.each([0, 1, 15])('refuses to open %i bytes, which have no tag', (length) => {
    expect(() => key.gcmOpen(iv, aad, counting(length), new Uint8Array(0))).toThrow(RangeError);
  });

  it.each([0, 1, 16, 65535, 65536, 65537, 200_000])('seals and opens %i bytes in the places it is given', (length) => {
    const plaintext = counting(length);
    const place = new Uint8Array(length + 16 + 20).fill(0xee);
    const sealed = place.subarray(10, 10 + length + 16);
    key.gcmSeal(iv, aad, plaintext, sealed);
    expect(toHex(place.subarray(0, 10)) + toHex(place.subarray(-10))).toBe('ee'.repeat(20));
    const opened = new Uint8Array(length + 20).fill(0xee);
    expect(key.gcmOpen(iv, aad, sealed, opened.subarray(10, 10 + length))).toBe(true);
    expect(toHex(opened)).toBe(`${'ee'.repeat(10)}${toHex(plaintext)}${'ee'.repeat(10)}`);
  });

  it('opens under the same key, IV and additional data, and under no other', () => {
    const sealed = new Uint8Array(36);
    key.gcmSeal(iv, aad, counting(20), sealed);
    const open = (from: Provider['aesGcm'], bytes: number, otherIv: Uint8Array, otherAad: Uint8Array) =>
      from(counting(32, bytes)).gcmOpen(otherIv, otherAad, sealed, new Uint8Array(20));
    expect(open(provider.aesGcm, 0, iv, aad)).toBe(true);
    expect(open(provider.aesGcm, 1, iv, aad)).toBe(false);
    expect(open(provider.aesGcm, 0, counting(12, 1), aad)).toBe(false);
    expect(open(provider.aesGcm, 0, iv, counting(5, 1))).toBe(false);
    expect(open(provider.aesGcm, 0, iv, counting(6))).toBe(false);
    expect(open(provider.aesGcm, 0, iv, new Uint8Array(0))).toBe(false);
  });
});

describe('AES-GCM of Node in pieces', () => {
  const key = nodeProvider.aesGcm(counting(32));
  const [iv, aad] = [counting(12), counting(5)];
  const seal = (length: number) => {
    const sealed = new Uint8Array(length + 16);
    key.gcmSeal(iv, aad, counting(length), sealed);
    return sealed;
  };

  it.each([0, 1, 16, 65535, 65536, 65537, 200_000])('seals and opens %i bytes as it does in one', (length) => {
    const sealed = key.gcmSealApart?.(iv, aad, counting(length)) ?? [];
    expect(toHex(concat(...sealed))).toBe(toHex(seal(length)));
    const opened = key.gcmOpenApart?.(iv, aad, seal(length)) ?? [];
    expect(toHex(concat(...opened))).toBe(toHex(counting(length)));
    for (const piece of [...sealed, ...opened]) expect(piece.byteLength).toBe(piece.buffer.byteLength);
  });

  it('gives nothing where key, IV, additional data or any byte is wrong', () => {
    const open = (from: AesGcmKey, otherIv: Uint8Array, otherAad: Uint8Array, sealed: Uint8Array) =>
      from.gcmOpenApart?.(otherIv, otherAad, sealed);
    expect(open(nodeProvider.aesGcm(counting(32, 1)), iv, aad, seal(20))).toBeUndefined();
    expect(open(key, counting(12, 1), aad, seal(20))).toBeUndefined();
    expect(open(key, iv, counting(6), seal(20))).toBeUndefined();
    for (let at = 0; at < 36; at++) {
      const flipped = seal(20);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(open(key, iv, aad, flipped)).toBeUndefined();
    }
  });

  it.each([0, 8, 11, 13])('refuses an IV of %i bytes', (length) => {
    expect(() => key.gcmSealApart?.(new Uint8Array(length), aad, counting(4))).toThrow(RangeError);
    expect(() => key.gcmOpenApart?.(new Uint8Array(length), aad, counting(20))).toThrow(RangeError);
  });

  it.each([0, 1, 15])('refuses to open %i bytes, which have no tag', (length) => {
    expect(() => key.gcmOpenApart?.(iv, aad, counting(length))).toThrow(RangeError);
  });
});

describeWithProviders('randomness', (provider) => {
  it.each([0, 1, 12, 16, 32, 8191, 8192, 8193, 20_000])('fills %i bytes, all of them and no more', (length) => {
    const place = new Uint8Array(length + 2);
    const target = place.subarray(1, length + 1);
    const reached = new Uint8Array(length);
    const starts = new Set<string>();
    for (let round = 0; round < 40; round++) {
      provider.randomFill(target);
      for (let i = 0; i < length; i++) reached[i] = (reached[i] ?? 0) | (target[i] ?? 0);
      starts.add(toHex(target.subarray(0, 12)));
    }
    expect([place.at(0), place.at(-1)]).toEqual([0, 0]);
    // Forty random bytes in one place are not all zero.
    expect(reached.indexOf(0)).toBe(-1);
    if (length >= 12) expect(starts.size).toBe(40);
  });

  it('never gives the same value twice, across every refill of a pool', () => {
    const values = Array.from({ length: 3000 }, () => {
      const value = new Uint8Array(12);
      provider.randomFill(value);
      return toHex(value);
    });
    expect(new Set(values).size).toBe(3000);
  });

  it('gives keys of the length asked for, another each time', () => {
    for (const length of [1, 16, 24, 32, 1024]) expect(provider.randomKey(length).length).toBe(length);
    expect(new Set(Array.from({ length: 100 }, () => toHex(provider.randomKey(16)))).size).toBe(100);
  });
});

describeWithProviders('ECDSA', (provider) => {
  it.each([0, 63, 65, 96])('takes no signature of %i bytes for one of P-256', (length) => {
    const { publicKey } = provider.ecdsaKeyPair('P-256');
    expect(provider.ecdsaVerifier('P-256', 'sha256', publicKey)?.verify(counting(length))).toBe(false);
  });
});

describeWithProviders('HKDF', (provider) => {
  it.each([-1, 1.5, Number.NaN, 255 * 32 + 1])('refuses to expand to %d bytes', (length) => {
    expect(() => provider.hkdfExpand('sha256', counting(32), counting(3), length)).toThrow(RangeError);
  });

  it('expands to prefixes of one stream', () => {
    const whole = toHex(provider.hkdfExpand('sha384', counting(48), counting(3), 200));
    for (const length of [0, 1, 47, 48, 49, 96, 97]) {
      expect(whole.startsWith(toHex(provider.hkdfExpand('sha384', counting(48), counting(3), length)))).toBe(true);
    }
  });
});

describeWithProviders('comparison in constant time', (provider) => {
  it.each([
    ['equal bytes', [1, 2, 3], [1, 2, 3], true],
    ['no bytes', [], [], true],
    ['another first byte', [1, 2, 3], [0, 2, 3], false],
    ['another last byte', [1, 2, 3], [1, 2, 2], false],
    ['a prefix', [1, 2, 3], [1, 2], false],
    ['a longer one', [1, 2, 3], [1, 2, 3, 0], false],
    ['none and some', [], [0], false],
  ])('%s', (_, a, b, equal) => {
    expect(provider.equalConstantTime(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal);
  });
});
