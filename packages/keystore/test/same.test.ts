/** Deep comparison of records, as they are stored and read again. */

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSame } from '../src/state/same.ts';

const value = fc.anything({
  withNullPrototype: false,
  values: [
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array(),
    fc.dictionary(fc.string(), fc.string()).map((tags) => new Map(Object.entries(tags))),
    fc.double(),
  ],
  key: fc.string().filter((name) => name !== '__proto__'),
});

describe('isSame', () => {
  it('agrees with Node on what records hold', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(isSame(one, structuredClone(one))).toBe(true);
        expect(isSame(one, other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  it('keeps a missing member apart from one that is undefined, -0 from 0, and bytes from a list', () => {
    expect(isSame({ a: undefined }, {})).toBe(false);
    expect(isSame({ a: undefined }, { b: undefined })).toBe(false);
    expect(isSame(-0, 0)).toBe(false);
    expect(isSame(new Uint8Array([1]), [1])).toBe(false);
    expect(isSame([], {})).toBe(false);
    expect(isSame(new Map([['a', 1]]), { a: 1 })).toBe(false);
  });
});
