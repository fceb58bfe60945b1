import { AuthenticationError, unwrapKey, wrapKey } from '@securestring/core';
import { aesKey, bytes, provider } from '@securestring/test-support/arbitraries';
import { toHex } from '@securestring/test-support/bytes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const semiblocks = fc.integer({ min: 2, max: 12 }).chain((count) => bytes(8 * count, 8 * count));

describe.each([
  { algorithm: 'AES-KW', key: semiblocks, wrappedLength: (length: number) => length + 8 },
  { algorithm: 'AES-KWP', key: bytes(1, 100), wrappedLength: (length: number) => Math.ceil(length / 8) * 8 + 8 },
  { algorithm: 'AES-GCM', key: bytes(1, 100), wrappedLength: (length: number) => 12 + length + 16 },
] as const)('$algorithm', ({ algorithm, key, wrappedLength }) => {
  it('what one provider wraps the other unwraps, in the length that the format has', () => {
    fc.assert(
      fc.property(aesKey, key, provider, provider, (kek, secret, first, second) => {
        const wrapped = wrapKey(kek, secret, { algorithm, provider: first });
        expect(wrapped.length).toBe(wrappedLength(secret.length));
        expect(toHex(unwrapKey(kek, wrapped, { algorithm, provider: second }))).toBe(toHex(secret));
      }),
    );
  });

  it('another key-encryption key opens nothing', () => {
    fc.assert(
      fc.property(aesKey, aesKey, key, provider, (kek, other, secret, source) => {
        fc.pre(toHex(kek) !== toHex(other));
        const wrapped = wrapKey(kek, secret, { algorithm, provider: source });
        expect(() => unwrapKey(other, wrapped, { algorithm, provider: source })).toThrow(AuthenticationError);
      }),
    );
  });

  it('rubbish of any length is refused as a failed authentication', () => {
    fc.assert(
      fc.property(aesKey, bytes(0, 80), provider, (kek, rubbish, source) => {
        expect(() => unwrapKey(kek, rubbish, { algorithm, provider: source })).toThrow(AuthenticationError);
      }),
    );
  });
});

describe('deterministic key wrap', () => {
  it.each(['AES-KW', 'AES-KWP'] as const)('%s gives the same bytes through both providers, every time', (algorithm) => {
    fc.assert(
      fc.property(aesKey, semiblocks, provider, provider, (kek, secret, first, second) => {
        expect(toHex(wrapKey(kek, secret, { algorithm, provider: first }))).toBe(
          toHex(wrapKey(kek, secret, { algorithm, provider: second })),
        );
      }),
    );
  });
});

describe('AES-GCM key wrap with additional data', () => {
  it('opens with the same additional data and no other', () => {
    fc.assert(
      fc.property(aesKey, bytes(1, 40), bytes(0, 40), bytes(0, 40), (kek, secret, aad, other) => {
        const wrapped = wrapKey(kek, secret, { algorithm: 'AES-GCM', aad });
        const open = (given: Uint8Array) => unwrapKey(kek, wrapped, { algorithm: 'AES-GCM', aad: given });
        expect(toHex(open(aad))).toBe(toHex(secret));
        if (toHex(aad) !== toHex(other)) expect(() => open(other)).toThrow(AuthenticationError);
      }),
    );
  });

  it('never wraps alike: the IV is another each time', () => {
    const wrapped = Array.from({ length: 100 }, () =>
      toHex(wrapKey(new Uint8Array(32), new Uint8Array(32), { algorithm: 'AES-GCM' })),
    );
    expect(new Set(wrapped.map((text) => text.slice(0, 24))).size).toBe(100);
  });
});
