/** Whatever OpenSSL and noble give, WebAssembly gives too: over lengths around its blocks, its area and its limits. */

import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { Provider } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { budget } from '@securestring/test-support/budget';
import { counting, toHex } from '@securestring/test-support/bytes';
import { withUnits } from '@securestring/test-support/units';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshMachine, onNode, portable } from './machines.ts';

/** Frames and derived keys of node:crypto, by its primitives. */
const { provider: expected } = withUnits(nodeProvider);
/** Lengths: short ones, those around blocks and pieces of key stream, and around the area of 65,536 bytes. */
const LENGTH = fc.oneof(
  fc.integer({ min: 0, max: 80 }),
  fc.integer({ min: 0, max: 1100 }),
  fc.integer({ min: 65_300, max: 65_700 }),
  fc.integer({ min: 131_000, max: 131_200 }),
);
const SHORT = fc.integer({ min: 0, max: 300 });
const BYTES = (lengths: fc.Arbitrary<number>) =>
  fc.tuple(lengths, fc.integer({ min: 0, max: 255 })).map(([length, first]) => counting(length, first));
const runs = { numRuns: budget(60, 400) };

describe.each([
  ['on Node', onNode(freshMachine())],
  ['elsewhere', portable(freshMachine())],
] as const)('WebAssembly %s', (_, provider) => {
  it.each([16, 24, 32])('seals and opens AES-GCM as OpenSSL does, by keys of %i bytes', (keyLength) => {
    fc.assert(
      fc.property(BYTES(fc.constant(keyLength)), BYTES(fc.constant(12)), BYTES(LENGTH), BYTES(LENGTH), (...of) => {
        const [bytes, iv, aad, plaintext] = of;
        const cipher = createCipheriv(`aes-${keyLength === 16 ? 128 : keyLength === 24 ? 192 : 256}-gcm`, bytes, iv);
        cipher.setAAD(aad);
        const wanted = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
        const key = provider.aesGcm(bytes);
        // Once with the key in the call, then with the key in a slot.
        for (let use = 0; use < 2; use++) {
          const sealed = new Uint8Array(plaintext.length + 16);
          key.gcmSeal(iv, aad, plaintext, sealed);
          expect(wanted.equals(sealed)).toBe(true);
          const opened = new Uint8Array(plaintext.length);
          expect(key.gcmOpen(iv, aad, wanted, opened)).toBe(true);
          expect(Buffer.from(opened).equals(plaintext)).toBe(true);
        }
        key.close?.();
      }),
      runs,
    );
  });

  it('seals IVs that are prepared with the key, and those beside them', () => {
    const bytes = counting(32, 3);
    for (const iv of [0, 1, 2, 256, 2 ** 24].map(ivOf)) {
      for (const length of [0, 1, 16, 17, 80, 600]) {
        const [a, b] = [provider, nodeProvider].map((by) => {
          const output = new Uint8Array(length + 16);
          const key = by.aesGcm(bytes);
          key.gcmSeal(iv, counting(20), counting(length), output);
          key.gcmSeal(iv, counting(20), counting(length), output);
          key.close?.();
          return toHex(output);
        });
        expect(a).toBe(b);
      }
    }
  });

  it('seals and opens frames as they are sealed one by one', () => {
    const frameLength = fc.oneof(
      SHORT.map((n) => n + 1),
      fc.constantFrom(4096, 65_536, 100_000),
    );
    fc.assert(
      fc.property(BYTES(fc.constant(32)), fc.constantFrom(16, 32), BYTES(LENGTH), frameLength, (...of) => {
        const [bytes, idLength, plaintext, length] = of;
        fc.pre(plaintext.length / length < 700);
        const messageId = counting(idLength, 5);
        const frames = Math.max(1, Math.ceil(plaintext.length / length));
        const [a, b] = [provider, expected].map((by) => {
          const body = new Uint8Array(plaintext.length + 32 * frames + 8);
          const key = by.aesGcm(bytes);
          key.sealFrames?.(messageId, plaintext, length, body);
          const opened = new Uint8Array(plaintext.length);
          expect(key.openFrames?.(messageId, body, length, opened)).toBe(true);
          expect(Buffer.from(opened).equals(plaintext)).toBe(true);
          key.close?.();
          return Buffer.from(body);
        });
        expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
      }),
      runs,
    );
  });

  it('refuses frames with any bit flipped, and leaves no plaintext', () => {
    const key = provider.aesGcm(counting(32));
    const body = new Uint8Array(100 + 4 * 32 + 8);
    key.sealFrames?.(counting(32, 4), counting(100), 30, body);
    for (let bit = 0; bit < 8 * body.length; bit++) {
      const flipped = Uint8Array.from(body);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const plaintext = new Uint8Array(100).fill(1);
      expect(key.openFrames?.(counting(32, 4), flipped, 30, plaintext)).toBe(false);
      expect(plaintext.every((byte) => byte === 0)).toBe(true);
    }
    key.close?.();
  });

  it('derives keys and seals under them as HMAC and AES-GCM do', () => {
    fc.assert(
      fc.property(BYTES(SHORT), BYTES(SHORT), BYTES(LENGTH), BYTES(LENGTH), (bytes, input, aad, plaintext) => {
        const [a, b] = [provider, expected].map((by) => {
          const sealed = new Uint8Array(plaintext.length + 16);
          by.sealDerived?.(bytes, input, counting(12), aad, plaintext, sealed);
          const opened = new Uint8Array(plaintext.length);
          expect(by.openDerived?.(bytes, input, counting(12), aad, sealed, opened)).toBe(true);
          expect(Buffer.from(opened).equals(plaintext)).toBe(true);
          return Buffer.from(sealed);
        });
        expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
      }),
      runs,
    );
  });

  it('derives messages’ keys and commitments as HKDF does', () => {
    const thirtyTwo = BYTES(fc.constant(32));
    fc.assert(
      fc.property(fc.constantFrom(0x0478, 0x0578), thirtyTwo, thirtyTwo, (suite, dataKey, messageId) => {
        const commitment = new Uint8Array(32);
        const key = provider.deriveMessageKey?.(suite, dataKey, messageId, commitment);
        const info = Buffer.concat([Buffer.from([suite >> 8, suite & 0xff]), Buffer.from('DERIVEKEY')]);
        expect(toHex(commitment)).toBe(hkdf(dataKey, messageId, Buffer.from('COMMITKEY')).toString('hex'));
        expect(key && tagOf(key)).toBe(tagOf(nodeProvider.aesGcm(hkdf(dataKey, messageId, info))));
        key?.close?.();
      }),
      runs,
    );
  });

  it('hashes and authenticates as OpenSSL does', () => {
    const hash = fc.constantFrom('sha1' as const, 'sha256' as const, 'sha384' as const, 'sha512' as const);
    fc.assert(
      fc.property(hash, BYTES(SHORT), BYTES(LENGTH), (name, key, data) => {
        expect(toHex(provider.hash(name, data))).toBe(createHash(name).update(data).digest('hex'));
        const mac = createHmac(name, key).update(data).digest('hex');
        expect(toHex(provider.hmac(name, key, data))).toBe(mac);
        expect(toHex(provider.hkdfExtract(name, key, data))).toBe(mac);
      }),
      runs,
    );
  });
});

function ivOf(number: number): Uint8Array {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, number);
  return iv;
}

function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha512', key, salt, info, 32));
}

function tagOf(key: ReturnType<Provider['aesGcm']>): string {
  const tag = new Uint8Array(16);
  key.gcmSeal(counting(12), counting(20), new Uint8Array(0), tag);
  return toHex(tag);
}
