/**
 * Inputs that announce more than they hold, and large ones that hold nothing: the engine refuses them and allocates
 * nothing for what was announced.
 * @module
 */

import {
  type DecryptOptions,
  decrypt,
  decryptStream,
  inspect,
  MalformedError,
  type Provider,
  SecureStringError,
} from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { concat, counting, u16, u32, u64, utf8 } from '@securestring/test-support/bytes';
import { foreignMessage } from '@securestring/test-support/foreign-writer';
import { testKeyring } from '@securestring/test-support/keyrings';
import { seededRandom } from '@securestring/test-support/random';
import { thrownBy } from '@securestring/test-support/refusal';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { describe, expect, it } from 'vitest';

const MIB = 2 ** 20;

/** Far above what a small message needs, far below what is announced. */
const MOST_GROWTH = 64 * MIB;

const framed = foreignMessage({ suite: 0x0478, frameLength: 2 ** 32 - 1, contents: [counting(9)] });
const nonFramed = foreignMessage({ suite: 0x0478, frameLength: 0, contents: [counting(9)] });
const small = foreignMessage({ suite: 0x0478, frameLength: 1, contents: [counting(1)] });
const start = small.headerBody.slice(0, 35);

/** A final or non-framed frame that announces another length. */
function announcing({ headerBody, headerAuth, frames }: typeof framed, length: Uint8Array, at: number): Uint8Array {
  const [frame = new Uint8Array(0)] = frames;
  return concat(headerBody, headerAuth, frame.subarray(0, at), length, frame.subarray(at + length.length));
}

const MAXIMA: readonly (readonly [string, Uint8Array])[] = [
  ['a context of 65535 bytes', concat(start, u16(0xffff), u16(0xffff))],
  ['65535 context pairs', concat(start, u16(8), u16(0xffff), u16(0), u16(0), u16(0))],
  ['a context key of 65535 bytes', concat(start, u16(8), u16(1), u16(0xffff), u32(0))],
  ['65535 encrypted data keys', concat(start, u16(0), u16(0xffff))],
  [
    '65535 encrypted data keys, all but empty',
    concat(start, u16(0), u16(0xffff), ...Array(1000).fill(concat(u16(1), utf8('x'), u32(0)))),
  ],
  ['a provider id of 65535 bytes', concat(start, u16(0), u16(1), u16(0xffff))],
  [
    'a frame length of 2^32 - 1 and a regular frame',
    concat(framed.headerBody, framed.headerAuth, u32(1), counting(500)),
  ],
  ['a final frame of 2^32 - 1 bytes', announcing(framed, u32(2 ** 32 - 1), 20)],
  ['a body of 2^36 - 32 bytes without frames', announcing(nonFramed, u64(2 ** 36 - 32), 12)],
  ['a body of 2^53 bytes without frames', announcing(nonFramed, u64(2 ** 53), 12)],
  ['a body of 2^64 - 1 bytes without frames', announcing(nonFramed, new Uint8Array(8).fill(0xff), 12)],
];

describe('what announces more than there is', () => {
  it.each(MAXIMA)('%s is malformed, with an offset, and takes no memory', async (_, message) => {
    const { options, longest } = measuringOptions();
    const before = memory();
    expect(thrownBy(() => decrypt(message, options))).toBeInstanceOf(MalformedError);
    expect(memory() - before).toBeLessThan(MOST_GROWTH);
    expect(longest()).toBeLessThanOrEqual(message.length);

    const { error, output } = await throughStream(decryptStream(options), chunksOf(message, 100));
    expect(error).toBeInstanceOf(SecureStringError);
    expect(output.length).toBe(0);
    expect(memory() - before).toBeLessThan(MOST_GROWTH);
    expect(inspect(message).problems).not.toEqual([]);
  });
});

describe('16 MiB of random bytes', () => {
  const noise = seededRandom(1);
  const block = noise.bytes(64 * 1024);
  const random = concat(...Array.from({ length: 16 * 16 }, () => block.map((byte) => byte ^ noise.whole(256))));

  it.each([
    ['alone', new Uint8Array(0)],
    ['behind version and suite', start.slice(0, 3)],
    ['behind an empty context', concat(start, u16(0))],
    ['behind a whole header', concat(small.headerBody, small.headerAuth)],
    ['behind a header of 2^32 - 1 bytes a frame', concat(framed.headerBody, framed.headerAuth)],
    ['behind a whole message', small.bytes],
  ])('%s are refused, one-shot and as a stream', async (_, prefix) => {
    const message = concat(prefix, random);
    const { options, longest } = measuringOptions();
    expect(thrownBy(() => decrypt(message, options))).toBeInstanceOf(SecureStringError);
    expect(longest()).toBeLessThanOrEqual(message.length);
    const before = memory();
    const { error, output } = await throughStream(decryptStream(options), chunksOf(message, 64 * 1024));
    expect(error).toBeInstanceOf(SecureStringError);
    expect(output.length).toBeLessThanOrEqual(1);
    expect(memory() - before).toBeLessThan(3 * 16 * MIB + MOST_GROWTH);
    expect(inspect(message).problems).not.toEqual([]);
  });
});

describe('a header that never ends', () => {
  it('is refused by a stream once it has passed 16 MiB', async () => {
    const key = concat(u16(1), utf8('x'), u16(0), u16(0xffff), new Uint8Array(0xffff));
    function* endless() {
      yield concat(start, u16(0), u16(0xffff));
      for (let i = 0; i < 0xffff; i++) yield key;
    }
    const before = memory();
    const { error } = await throughStream(decryptStream({ keyring: testKeyring() }), endless());
    expect(error).toMatchObject({ code: 'HEADER_LENGTH_LIMIT' });
    expect(memory() - before).toBeLessThan(6 * 16 * MIB + MOST_GROWTH);
  });
});

/** Options that record the length of the output for each frame. */
function measuringOptions(): { options: DecryptOptions; longest: () => number } {
  let most = 0;
  const provider: Provider = {
    ...nodeProvider,
    aesGcm: (key) => {
      const inner = nodeProvider.aesGcm(key);
      return {
        gcmSeal: (...parts) => inner.gcmSeal(...parts),
        gcmOpen: (iv, aad, sealed, output) => {
          most = Math.max(most, output.length);
          return inner.gcmOpen(iv, aad, sealed, output);
        },
      };
    },
  };
  return { options: { keyring: testKeyring(), provider }, longest: () => most };
}

/** Returns the bytes of array buffers, with those that wait to be collected. */
function memory(): number {
  return process.memoryUsage().arrayBuffers;
}
