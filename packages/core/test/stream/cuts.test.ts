/**
 * The output of a stream is the same, however its input is cut into chunks.
 * @module
 */

import { decrypt, encrypt, type Provider, type SuiteId } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { budget } from '@securestring/test-support/budget';
import { counting, toHex } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf, signs, toRead } from '@securestring/test-support/every-suite';
import { layoutOf } from '@securestring/test-support/frames';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { rejectionOf } from '@securestring/test-support/rejection';
import { describeTwins, pass } from '@securestring/test-support/twins';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const keyring = testKeyring();
const suite = fc.constantFrom(...EVERY_SUITE.map(([, id]) => id));

/** Where to cut, as parts of the whole, in any order. Two equal ones make an empty chunk. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** A short message in many frames, or a longer one whose frames are long. */
const sizes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ frameLength: fc.integer({ min: 1, max: 40 }), length: fc.integer({ min: 0, max: 200 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      frameLength: fc.constantFrom(4096, 16383, 16384, 65536),
      length: fc.constantFrom(0, 16384, 32768, 32769, 65536, 131072, 150_000),
    }),
  },
);

describeTwins('any chunks', (twin) => {
  it('of plaintext give the message that the whole gives', async () => {
    await fc.assert(
      fc.asyncProperty(suite, sizes, cuts, cuts, async (id, { frameLength, length }, first, second) => {
        const provider = repeating();
        const options = { keyring: fixedKeyring(dataKeyOf(id)), ...optionsFor(id), frameLength, provider };
        const plaintext = counting(length);
        const whole = encrypt(plaintext, options).message;
        // ECDSA is random: the footer, and nothing else.
        const signedAt = signs(id) ? (layoutOf(whole).frames.at(-1)?.end ?? 0) : whole.length;
        for (const places of [first, second]) {
          const streamed = await pass(twin.encrypt(options), cutAt(plaintext, places));
          expect(toHex(streamed.subarray(0, signedAt))).toBe(toHex(whole.subarray(0, signedAt)));
          expect(toHex(decrypt(streamed, toRead(options)).plaintext)).toBe(toHex(plaintext));
        }
      }),
      { numRuns: budget(50, 800) },
    );
  });

  it('of a message give its plaintext', async () => {
    await fc.assert(
      fc.asyncProperty(suite, sizes, cuts, async (id, { frameLength, length }, places) => {
        const plaintext = counting(length);
        const { message, header } = encrypt(plaintext, { keyring, ...optionsFor(id), frameLength });
        const running = twin.decrypt({ keyring, ...readingOf(id), unsignedOnly: !signs(id) });
        expect(toHex(await pass(running, cutAt(message, places)))).toBe(toHex(plaintext));
        expect(await running.header).toEqual(header);
      }),
      { numRuns: budget(50, 800) },
    );
  });

  it('of a message with one byte changed or left out end in an error, and in no plaintext but whole frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        suite,
        sizes,
        cuts,
        fc.nat(),
        fc.boolean(),
        async (id, { frameLength, length }, places, at, leaveOut) => {
          const plaintext = counting(length);
          const { message } = encrypt(plaintext, { keyring, ...optionsFor(id), frameLength });
          const place = at % message.length;
          const wrong = leaveOut
            ? message.filter((_, i) => i !== place)
            : message.map((byte, i) => (i === place ? byte ^ 0x10 : byte));
          const running = twin.decrypt({ keyring, ...readingOf(id) });
          expect(await rejectionOf(pass(running, cutAt(wrong, places)))).toHaveProperty('code');
          const output = await running.output();
          const { frames } = layoutOf(message);
          const released = frames.filter(({ plaintext: end }) => end === output.length);
          // A byte that is left out before another one of its value changes nothing up to that one.
          const intact = [...wrong, undefined].findIndex((byte, i) => byte !== message[i]);
          expect(output.length === 0 || released.some(({ end }) => end <= intact)).toBe(true);
          expect(toHex(output)).toBe(toHex(plaintext.subarray(0, output.length)));
        },
      ),
      { numRuns: budget(50, 800) },
    );
  });
});

function* cutAt(bytes: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  const offsets = [0, ...places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b), bytes.length];
  for (const [i, end] of offsets.slice(1).entries()) yield bytes.subarray(offsets[i], end);
}

function dataKeyOf(id: SuiteId): Uint8Array {
  return counting({ 0x14: 16, 0x46: 24 }[id & 0xff] ?? 32, 1);
}

/** A provider that gives the same random bytes and the same key pair each time. */
function repeating(): Provider {
  const pairs = new Map<string, ReturnType<Provider['ecdsaKeyPair']>>();
  return {
    ...nodeProvider,
    name: 'repeating',
    randomFill: (target) => target.set(counting(target.length, 3)),
    ecdsaKeyPair: (curve) => {
      const pair = pairs.get(curve) ?? nodeProvider.ecdsaKeyPair(curve);
      pairs.set(curve, pair);
      return pair;
    },
  };
}
