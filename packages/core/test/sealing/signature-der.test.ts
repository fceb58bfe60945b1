/**
 * Signatures on the wire: the engine writes one length, and reads only DER of numbers in range.
 * @module
 */

import { appended, concat, toHex, truncations } from '@securestring/test-support/bytes';
import { refusal, tryAll } from '@securestring/test-support/refusal';
import { CURVES, type CurveFacts, der, integer, minimal, tlv, toInteger } from '@securestring/test-support/signatures';
import { describe, expect, it } from 'vitest';
import { decodeSignature, encodeSignature } from '../../src/sealing/signature.ts';

describe.each(CURVES)('$curve', (facts) => {
  const { curve, length, fixedLength, order } = facts;
  const bits = BigInt(8 * length);
  // High: needs a leading zero byte. Low: has the full length without one. Short: has fewer bytes than the order.
  const high = (1n << (bits - 1n)) + 12345n;
  const low = (1n << (bits - 2n)) + 67890n;
  const leastLow = 1n << (bits - 9n);
  const short = leastLow - 1n;

  describe('is written', () => {
    it.each([
      ['r high, s low', high, low, low, 0],
      ['r high, s high', high, high, order - high, 0],
      ['r low, s high', low, high, high, 0],
      ['r low, s low', low, low, order - low, 0],
      ['r high, s the least of full length', high, leastLow, leastLow, 0],
      ['r the least of full length, s high', leastLow, high, high, 0],
      ['r low, s short', low, short, order - short, 0],
      ['r low, s = 1', low, 1n, order - 1n, 0],
      ['r low, s = n - 1', low, order - 1n, order - 1n, 0],
      ['r high, s short: no s has the length', high, short, short, -1],
      ['r short, s high: no s has the length', short, high, high, -1],
      ['r short, s low: no s has the length', short, low, low, -2],
      ['r = 1, s = 1: no s has the length', 1n, 1n, 1n, 8 - fixedLength],
    ])('%s', (_, r, s, written, off) => {
      const encoded = encodeSignature(curve, join(facts, r, s));
      expect(toHex(encoded)).toBe(toHex(der(r, written)));
      expect(encoded.length).toBe(fixedLength + off);
      expect(toHex(decodeSignature(curve, encoded))).toBe(toHex(join(facts, r, written)));
    });
  });

  describe('is read', () => {
    it.each([
      ['s high', high, high],
      ['s low', high, low],
      ['both short', short, short],
      ['the least numbers', 1n, 1n],
      ['the greatest numbers', order - 1n, order - 1n],
      ['one byte each, with a leading zero', 0x80n, 0xffn],
    ])('%s', (_, r, s) => {
      const decoded = decodeSignature(curve, der(r, s));
      expect(decoded.length).toBe(2 * length);
      expect([toInteger(decoded.subarray(0, length)), toInteger(decoded.subarray(length))]).toEqual([r, s]);
    });
  });

  describe('is refused', () => {
    const [R, S] = [tlv(0x02, minimal(high)), tlv(0x02, minimal(low))];
    const zero = tlv(0x02, Uint8Array.of(0));
    const over = tlv(0x02, minimal(order));
    const beyond = tlv(0x02, minimal(order + low));
    const tooLong = tlv(0x02, Uint8Array.of(1), new Uint8Array(length));
    const negative = tlv(0x02, integer(high, length));
    const padded = tlv(0x02, Uint8Array.of(0), minimal(low));
    const paddedHigh = tlv(0x02, Uint8Array.of(0), minimal(high));
    const empty = tlv(0x02);
    const longForm = (tag: number, content: Uint8Array) => concat(Uint8Array.of(tag, 0x81, content.length), content);

    it.each([
      ['r = 0', tlv(0x30, zero, S)],
      ['s = 0', tlv(0x30, R, zero)],
      ['r = n', tlv(0x30, over, S)],
      ['s = n', tlv(0x30, R, over)],
      ['r above n', tlv(0x30, beyond, S)],
      ['s above n', tlv(0x30, R, beyond)],
      ['r of more bytes than n', tlv(0x30, tooLong, S)],
      ['s of more bytes than n', tlv(0x30, R, tooLong)],
      ['r negative', tlv(0x30, negative, S)],
      ['s negative', tlv(0x30, R, negative)],
      ['r of no bytes', tlv(0x30, empty, S)],
      ['s of no bytes', tlv(0x30, R, empty)],
      ['r with a needless zero byte', tlv(0x30, padded, S)],
      ['s with a needless zero byte', tlv(0x30, R, padded)],
      ['r with a zero byte too many', tlv(0x30, paddedHigh, S)],
      ['s alone', tlv(0x30, S)],
      ['three numbers', tlv(0x30, R, S, S)],
      ['no numbers', tlv(0x30)],
      ['a set for a sequence', tlv(0x31, R, S)],
      ['a sequence of primitive form', tlv(0x10, R, S)],
      ['a bit string for r', tlv(0x30, tlv(0x03, minimal(high)), S)],
      ['an octet string for s', tlv(0x30, R, tlv(0x04, minimal(low)))],
      ['an integer of constructed form', tlv(0x30, tlv(0x22, minimal(high)), S)],
      ['a long-form length of the sequence', longForm(0x30, concat(R, S))],
      ['a long-form length of r', tlv(0x30, longForm(0x02, minimal(high)), S)],
      ['an indefinite length', concat(Uint8Array.of(0x30, 0x80), R, S, new Uint8Array(2))],
      ['r and s one behind the other', join(facts, high, low)],
      ['nothing', new Uint8Array(0)],
      ['all zeros', new Uint8Array(fixedLength)],
      ['all ones', new Uint8Array(fixedLength).fill(0xff)],
    ])('%s', (_, signature) => {
      refusal(() => decodeSignature(curve, signature), 'AUTHENTICATION_FAILED');
    });

    it('bytes missing or too many, anywhere', () => {
      const good = der(high, low);
      const decode = (signature: Uint8Array) => decodeSignature(curve, signature);
      expect(tryAll(truncations(good), decode)).toEqual({ refused: good.length, others: [] });
      expect(tryAll(appended(good), decode)).toEqual({ refused: 2, others: [] });
      for (const inside of [tlv(0x30, R, S, Uint8Array.of(0)), tlv(0x30, R, Uint8Array.of(0), S)]) {
        refusal(() => decode(inside), 'AUTHENTICATION_FAILED');
      }
    });

    it('lengths that lie, by one either way', () => {
      const good = der(high, low);
      const places = [1, 3, 3 + minimal(high).length + 2];
      for (const at of places) {
        for (const difference of [-1, 1]) {
          const lying = good.slice();
          lying[at] = (lying[at] ?? 0) + difference;
          refusal(() => decodeSignature(curve, lying), 'AUTHENTICATION_FAILED');
        }
      }
    });
  });
});

/** r ‖ s, each of the order's length. */
function join({ length }: CurveFacts, r: bigint, s: bigint): Uint8Array<ArrayBuffer> {
  return concat(integer(r, length), integer(s, length));
}
