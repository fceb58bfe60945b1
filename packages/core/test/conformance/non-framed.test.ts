/**
 * Non-framed messages: old writers made them, so the engine reads them. It writes only framed ones.
 * @module
 */

import { decrypt, encodeEncryptionContext } from '@securestring/core';
import { appended, bitFlips, concat, counting, toHex, truncations, u32, u64 } from '@securestring/test-support/bytes';
import { type Handmade, handmade } from '@securestring/test-support/handmade';
import { fixedKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { malformation, tryAll } from '@securestring/test-support/refusal';
import { suiteName } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const DATA_KEY = counting(32, 50);
const SUITES = [0x0078, 0x0178, 0x0478].map((suite) => [suiteName(suite), suite] as const);
const CONTENT = counting(24);

describeWithProviders('non-framed messages', (provider) => {
  const open = (message: Uint8Array) =>
    decrypt(message, {
      keyring: fixedKeyring(DATA_KEY),
      commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
      provider,
    });

  describe.each(SUITES)('%s', (_, suite) => {
    it.each([0, 1, 15, 16, 17, 100_000])('%i bytes are read', (length) => {
      const { plaintext, header } = open(nonFramed(suite, counting(length)).bytes);
      expect(toHex(plaintext)).toBe(toHex(counting(length)));
      expect(header).toMatchObject({ suite, contentType: 'non-framed', frameLength: 0 });
      expect({ ...header.encryptionContext }).toEqual({ purpose: 'test' });
    });

    it('every flipped bit, every cut and every byte too many is refused', () => {
      const { bytes } = nonFramed(suite, CONTENT);
      expect(tryAll(bitFlips(bytes), open)).toEqual({ refused: 8 * bytes.length, others: [] });
      expect(tryAll(truncations(bytes), open)).toEqual({ refused: bytes.length, others: [] });
      expect(tryAll(appended(bytes), open)).toEqual({ refused: 2, others: [] });
    });

    it('a content length beyond what AES-GCM can seal is refused at its offset', () => {
      const message = nonFramed(suite, CONTENT);
      for (const length of [2 ** 36 - 31, 2 ** 52]) {
        const { offset, what } = malformation(() => open(message.with('frame 1 length', u64(length)).bytes));
        expect(offset).toBe(message.offsetOf('frame 1 length'));
        expect(what).toContain(`${length} bytes`);
      }
      const missing = malformation(() => open(message.with('frame 1 length', u64(2 ** 36 - 32)).bytes));
      expect(missing.offset).toBe(message.offsetOf('frame 1 content'));
    });

    it('a frame length other than 0 is refused at its offset', () => {
      const message = nonFramed(suite, CONTENT);
      const { offset } = malformation(() => open(message.with('frame length', u32(24)).bytes));
      expect(offset).toBe(message.offsetOf('frame length'));
    });
  });

  it("an IV of the writer's own is used in version 1 and refused in version 2", () => {
    const iv = counting(12, 200);
    expect(open(nonFramed(0x0178, CONTENT, iv).bytes).plaintext).toEqual(CONTENT);
    const message = nonFramed(0x0478, CONTENT, iv);
    expect(malformation(() => open(message.bytes)).offset).toBe(message.offsetOf('frame 1 IV'));
  });

  it('a framed body under a non-framed header, and the other way round, is refused', () => {
    const framed = handmade({ suite: 0x0478, dataKey: DATA_KEY, frameLength: 24, frames: [{ content: CONTENT }] });
    const single = nonFramed(0x0478, CONTENT);
    const crossed = [
      concat(single.before('frame 1 IV'), framed.bytes.subarray(framed.offsetOf('frame 1 marker'))),
      concat(framed.before('frame 1 marker'), single.bytes.subarray(single.offsetOf('frame 1 IV'))),
    ].map((bytes, i) => ({ name: `crossing ${i}`, bytes }));
    expect(tryAll(crossed, open)).toEqual({ refused: 2, others: [] });
  });
});

function nonFramed(suite: number, content: Uint8Array, iv?: Uint8Array): Handmade {
  return handmade({
    suite,
    dataKey: DATA_KEY,
    context: encodeEncryptionContext({ purpose: 'test' }),
    frameLength: 0,
    frames: [{ content, ...(iv && { iv }) }],
  });
}
