/** What the native part computes is what OpenSSL computes, for random lengths. */

import type { AesGcmKey } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { budget } from '@securestring/test-support/budget';
import { toHex } from '@securestring/test-support/bytes';
import { describeWithNative } from '@securestring/test-support/native';
import { type Random, seededRandom } from '@securestring/test-support/random';
import { expect, it } from 'vitest';

const SEED = Number(process.env['SECURESTRING_SEED'] ?? Date.now() % 2 ** 31);
const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/** Lengths around those at which arrays go another way, and at which AES-GCM does. */
const someLength = (random: Random) =>
  random.oneIn(3) ? random.pick([0, 1, 16, 63, 64, 65, 127, 128, 255, 256, 4096, 65_536]) : random.whole(700);

describeWithNative(`the native part, from seed ${SEED}`, (provider) => {
  const rounds = budget(1000, 10_000);

  it('seals and opens as OpenSSL does', () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < rounds; round++) {
      const secret = random.bytes(random.pick([16, 24, 32]));
      const [iv, aad, plaintext] = [12, someLength(random), someLength(random)].map((length) =>
        random.bytes(length),
      ) as [Uint8Array, Uint8Array, Uint8Array];
      const key = provider.aesGcm(secret);
      const sealed = placeFor(random, plaintext.length + 16);
      const expected = new Uint8Array(plaintext.length + 16);
      key.gcmSeal(iv, aad, plaintext, sealed);
      nodeProvider.aesGcm(secret).gcmSeal(iv, aad, plaintext, expected);
      expectEqual(sealed, expected);
      expectOpens(random, key, iv, aad, sealed, plaintext);
      key.close?.();
    }
  });

  it('hashes, authenticates and derives as OpenSSL does', () => {
    const random = seededRandom(SEED + 1);
    for (let round = 0; round < rounds; round++) {
      const name = random.pick(HASHES);
      const [a, b] = [random.bytes(someLength(random)), random.bytes(someLength(random))];
      expectEqual(provider.hash(name, a), nodeProvider.hash(name, a));
      expectEqual(provider.hmac(name, a, b), nodeProvider.hmac(name, a, b));
      const length = random.whole(255 * 20 + 1);
      const [key, info] = [random.bytes(random.whole(200)), random.bytes(random.whole(100))];
      expectEqual(provider.hkdfExpand(name, key, info, length), nodeProvider.hkdfExpand(name, key, info, length));
    }
  });

  it('opens frames only if they are as they were sealed', () => {
    const random = seededRandom(SEED + 2);
    for (let round = 0; round < rounds; round++) {
      const key = provider.aesGcm(random.bytes(32));
      const [id, plaintext] = [random.bytes(32), random.bytes(random.whole(200))];
      const frameLength = 1 + random.whole(70);
      const frames = Math.max(1, Math.ceil(plaintext.length / frameLength));
      const body = placeFor(random, plaintext.length + 32 * frames + 8);
      key.sealFrames?.(id, plaintext, frameLength, body);
      const opened = placeFor(random, plaintext.length);
      expect(key.openFrames?.(id, body, frameLength, opened)).toBe(true);
      expectEqual(opened, plaintext);
      const at = random.whole(body.length);
      body[at] = (body[at] ?? 0) ^ (1 << random.whole(8));
      expect(key.openFrames?.(id, body, frameLength, opened)).toBe(false);
      expectEqual(opened, new Uint8Array(plaintext.length));
      key.close?.();
    }
  });
});

/** An array of its own, or a part of a longer one: V8 keeps the former inside of its heap if it is short. */
function placeFor(random: Random, length: number): Uint8Array {
  return random.oneIn(2) ? new Uint8Array(length) : new Uint8Array(length + 100).subarray(50, 50 + length);
}

function expectOpens(
  random: Random,
  key: AesGcmKey,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  plaintext: Uint8Array,
): void {
  const opened = placeFor(random, plaintext.length);
  expect(key.gcmOpen(iv, aad, sealed, opened)).toBe(true);
  expectEqual(opened, plaintext);
  const damaged = random.pick([iv, aad, sealed].filter(({ length }) => length > 0));
  const at = random.whole(damaged.length);
  damaged[at] = (damaged[at] ?? 0) ^ (1 << random.whole(8));
  expect(key.gcmOpen(iv, aad, sealed, opened)).toBe(false);
}

/** The runner's own comparison would take most of the time. */
function expectEqual(found: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(found, expected) !== 0) expect(toHex(found)).toBe(toHex(expected));
}
