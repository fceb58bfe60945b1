import { bytes } from '@securestring/test-support/arbitraries';
import { toBase64, toHex } from '@securestring/test-support/bytes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../src/base64.ts';

describe('base64', () => {
  it('is the text that Buffer gives, and decodes to the same bytes', () => {
    fc.assert(
      fc.property(bytes(0, 70), (given) => {
        const text = encodeBase64(given);
        expect(text).toBe(toBase64(given));
        expect(decoded(text)).toBe(toHex(given));
      }),
    );
  });

  it('is one text only: what decodes encodes to itself again', () => {
    fc.assert(
      fc.property(almostBase64(), (text) => {
        const found = decodeBase64(text);
        const canonical = typeof found !== 'number';
        expect(canonical).toBe(toBase64(Buffer.from(text, 'base64')) === text);
        if (canonical) expect(encodeBase64(found)).toBe(text);
        else expect(found).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['spare bits after two digits', 'QUI=', 'QUJ=', 2],
    ['spare bits after one byte', 'QQ==', 'QR==', 1],
    ['a missing pad', 'QUI=', 'QUI', 3],
    ['both pads missing', 'QQ==', 'QQ', 2],
    ['one pad of two missing', 'QQ==', 'QQ=', 3],
    ['a lone digit', 'QUJD', 'Q', 1],
    ['a pad too many', 'QUI=', 'QUI==', 5],
    ['pads after whole groups', 'QUJD', 'QUJD====', 4],
    ['a pad within', 'QUJDQUJD', 'QUI=QUJD', 3],
    ['white space at the end', 'QUJD', 'QUJD\n', 4],
    ['white space at the start', 'QUJD', ' QUJD', 0],
    ['white space within', 'QUJD', 'QU JD', 2],
    ['the url alphabet, minus', '+/+/', '-/+/', 0],
    ['the url alphabet, underscore', '+/+/', '+_+/', 1],
    ['a letter beyond ASCII', 'QUJD', 'QUJ\u0141', 3],
    ['a letter whose low byte is a digit', 'QUJD', 'Q\u0155JD', 1],
  ])('%s is refused at its offset', (_, good, bad, at) => {
    expect(decodeBase64(good)).toBeInstanceOf(Uint8Array);
    expect(decodeBase64(bad)).toBe(at);
  });
});

function decoded(text: string): string | number {
  const found = decodeBase64(text);
  return typeof found === 'number' ? found : toHex(found);
}

/** Base64 of some bytes with a character put in, taken out or changed, or as it is. */
function almostBase64(): fc.Arbitrary<string> {
  const character = fc.constantFrom(...'AQgwz059+/=-_ \n\t\u0141');
  return fc
    .tuple(bytes(0, 12), fc.nat(), character, fc.constantFrom('put in', 'take out', 'change', 'leave'))
    .map(([given, place, extra, change]) => {
      const text = toBase64(given);
      const at = text.length === 0 ? 0 : place % text.length;
      const start = text.slice(0, at);
      if (change === 'put in') return start + extra + text.slice(at);
      if (change === 'take out') return start + text.slice(at + 1);
      return change === 'change' ? start + extra + text.slice(at + 1) : text;
    });
}
