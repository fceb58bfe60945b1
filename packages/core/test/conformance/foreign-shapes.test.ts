/**
 * A second writer's messages, byte for byte what the format describes: the engine writes the same and reads them all,
 * also in the shapes that it does not write itself.
 * @module
 */

import { decrypt, encodeEncryptionContext, encrypt, type Provider } from '@securestring/core';
import { bitFlips, concat, counting, hex, prefixed, toHex, u16, utf8 } from '@securestring/test-support/bytes';
import { type HandmadeFrame, type HandmadeOptions, handmade } from '@securestring/test-support/handmade';
import { fixedKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { malformation, refusal } from '@securestring/test-support/refusal';
import { NAMED_SUITES, policyFor } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const CONTEXT = { purpose: 'test', Zebra: 'é', '': '' };

describeWithProviders('foreign shapes', (provider) => {
  describe.each(NAMED_SUITES)('%s', (_, suite) => {
    const dataKey = counting(dataKeyLength(suite), 50);
    const commitmentPolicy = policyFor(suite);
    const write = (options: Partial<HandmadeOptions>) =>
      handmade({ suite, dataKey, frameLength: 16, frames: framesOf(counting(40), 16), ...options });
    const read = (message: Uint8Array) =>
      decrypt(message, { keyring: fixedKeyring(dataKey), commitmentPolicy, provider });

    it.each([0, 1, 15, 16, 17, 48])('writes %i bytes in frames of 16 exactly as the second writer does', (length) => {
      const content = counting(length);
      const expected = write({ context: encodeEncryptionContext(CONTEXT), frames: framesOf(content, 16) });
      const { message } = encrypt(content, {
        keyring: fixedKeyring(dataKey),
        encryptionContext: CONTEXT,
        suite,
        commitmentPolicy,
        frameLength: 16,
        provider: { ...provider, randomFill: countingFill },
      });
      expect(toHex(message)).toBe(toHex(expected.bytes));
      expect(read(message).plaintext).toEqual(content);
    });

    it('reads a final frame that is full, and one that is empty behind full ones', () => {
      const content = counting(32);
      const full = write({ frames: framesOf(content, 16) });
      const empty = write({ frames: [...framesOf(content, 16), { content: new Uint8Array(0) }] });
      expect(empty.bytes.length).toBe(full.bytes.length + 32);
      expect(read(full.bytes).plaintext).toEqual(content);
      expect(read(empty.bytes).plaintext).toEqual(content);
    });

    it('reads a context in any order, bound as it is on the wire', () => {
      const pair = (key: string, value: string) => concat(prefixed(utf8(key)), prefixed(utf8(value)));
      const context = concat(u16(2), pair('b', '2'), pair('a', '1'));
      expect({ ...read(write({ context }).bytes).header.encryptionContext }).toEqual({ a: '1', b: '2' });
    });

    it('reads the empty context that old writers spelt as a count of zero', () => {
      expect({ ...read(write({ context: hex('0000') }).bytes).header.encryptionContext }).toEqual({});
    });

    it('takes the IVs of version 1 from the message, and those of version 2 only as the sequence number makes them', () => {
      const frames = framesOf(counting(40), 16).map((frame, i) => ({ ...frame, iv: counting(12, 7 * (i + 1)) }));
      const message = write({ frames, headerIv: counting(12, 99) });
      if (suite === 0x0478) {
        expect(malformation(() => read(message.bytes)).offset).toBe(message.offsetOf('frame 1 IV'));
      } else {
        expect(read(message.bytes).plaintext).toEqual(counting(40));
      }
    });

    it('reads a frame length of 2^32 - 1 without making room for it', () => {
      const message = write({ frameLength: 2 ** 32 - 1, frames: [{ content: counting(5) }] });
      const { plaintext, header } = read(message.bytes);
      expect(plaintext).toEqual(counting(5));
      expect(header.frameLength).toBe(2 ** 32 - 1);
    });
  });
});

// The writer of these tags knows the data key: only the comparison of the commitment can refuse.
describeWithProviders('a key commitment', (provider) => {
  const dataKey = counting(32, 50);
  const read = (commitment?: Uint8Array) => {
    const frames = framesOf(counting(24), 16);
    const { bytes } = handmade({ suite: 0x0478, dataKey, frameLength: 16, frames, ...(commitment && { commitment }) });
    return decrypt(bytes, { keyring: fixedKeyring(dataKey), provider });
  };

  it('is refused where it is not that of the data key, though every tag is good', () => {
    expect(read().plaintext).toEqual(counting(24));
    const made = handmade({ suite: 0x0478, dataKey, frameLength: 16, frames: framesOf(counting(24), 16) });
    const commitment = made.part('commitment');
    expect(commitment.length).toBe(32);
    const others = [...bitFlips(commitment), { name: 'zeros', bytes: new Uint8Array(32) }];
    for (const other of others) refusal(() => read(other.bytes), 'AUTHENTICATION_FAILED');
  });
});

function framesOf(content: Uint8Array, frameLength: number): HandmadeFrame[] {
  const frames: HandmadeFrame[] = [];
  for (let at = 0; at === 0 || at < content.length; at += frameLength) {
    frames.push({ content: content.subarray(at, at + frameLength) });
  }
  return frames;
}

/** The second writer's message id, in the place of a random one. */
const countingFill: Provider['randomFill'] = (target) => target.set(counting(target.length, 17));

function dataKeyLength(suite: number): number {
  return { 0x14: 16, 0x46: 24, 0x78: 32 }[suite & 0xff] ?? 0;
}
