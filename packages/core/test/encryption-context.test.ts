import { decodeEncryptionContext, encodeEncryptionContext } from '@securestring/core';
import { copyContext } from '@securestring/core/encryption-context';
import { byName, bytes, pairs, text } from '@securestring/test-support/arbitraries';
import { concat, hex, prefixed, toHex, u16, utf8 } from '@securestring/test-support/bytes';
import { malformation } from '@securestring/test-support/refusal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const CODE = 'MALFORMED_ENCRYPTION_CONTEXT';

describe('the canonical encryption context', () => {
  it('does not depend on the order in which pairs were put in', () => {
    fc.assert(
      fc.property(shuffledPairs(), ([first, second]) => {
        expect(encoded(second)).toBe(encoded(first));
      }),
    );
  });

  it('is decoded to the same pairs, and encoded to the same bytes again', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const bytes = encodeEncryptionContext(Object.fromEntries(list));
        const decoded = decodeEncryptionContext(bytes);
        expect(byName(Object.entries(decoded))).toEqual(byName(list));
        expect(toHex(encodeEncryptionContext(decoded))).toBe(toHex(bytes));
      }),
    );
  });

  it('has other bytes for other pairs', () => {
    fc.assert(
      fc.property(pairs, pairs, (first, second) => {
        const same = JSON.stringify(byName(first)) === JSON.stringify(byName(second));
        expect(encoded(first) === encoded(second)).toBe(same);
      }),
    );
  });

  it('keeps text apart at every boundary', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), fc.nat(), (key, value, i, j) => {
        const characters = [...key, ...value];
        const at = (cut: number): [string, string] => {
          const length = characters.length === 0 ? 0 : cut % (characters.length + 1);
          return [characters.slice(0, length).join(''), characters.slice(length).join('')];
        };
        const [first, second] = [at(i), at(j)];
        expect(encoded([first]) === encoded([second])).toBe(first[0] === second[0]);
      }),
    );
  });

  it('is sorted by the bytes of UTF-8, not by UTF-16 code units', () => {
    const names = ['\u{1f600}', '\ufffd', 'a', 'Z', 'ä', ''];
    const order = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(order).toEqual(['', 'Z', 'a', 'ä', '\ufffd', '\u{1f600}']);
    expect(encoded(names.map((name) => [name, '']))).toBe(toHex(byHand(order.map((name) => [name, '']))));
  });

  it('is empty if there are no pairs', () => {
    expect(encodeEncryptionContext({})).toEqual(new Uint8Array(0));
  });
});

describe('decoding an encryption context', () => {
  it('takes the pairs in any order', () => {
    fc.assert(
      fc.property(shuffledPairs(), ([list, shuffled]) => {
        const decoded = decodeEncryptionContext(byHand(shuffled));
        expect(toHex(encodeEncryptionContext(decoded))).toBe(encoded(list));
      }),
    );
  });

  it('takes the count of zero that old writers left', () => {
    expect(Object.keys(decodeEncryptionContext(hex('0000')))).toEqual([]);
  });

  it('gives a frozen record without a prototype', () => {
    const decoded = decodeEncryptionContext(byHand([['__proto__', 'x']]));
    expect(Object.getPrototypeOf(decoded)).toBeNull();
    expect(Object.isFrozen(decoded)).toBe(true);
    expect(Object.entries(decoded)).toEqual([['__proto__', 'x']]);
  });

  it('refuses a name that occurs twice, at the second one', () => {
    fc.assert(
      fc.property(pairs, text, text, (list, key, value) => {
        const others = list.filter(([name]) => name !== key);
        const twice: [string, string][] = [[key, value], ...others, [key, '']];
        const bytes = byHand(twice);
        const last = 4 + utf8(key).length;
        expect(malformation(() => decodeEncryptionContext(bytes), CODE).offset).toBe(bytes.length - last);
      }),
    );
  });

  it('refuses what is left over, and what is cut off', () => {
    fc.assert(
      fc.property(pairs, bytes(1, 5), fc.nat(), (list, rest, cut) => {
        fc.pre(list.length > 0);
        const whole = byHand(list);
        const { offset } = malformation(() => decodeEncryptionContext(concat(whole, rest)), CODE);
        expect(offset).toBe(whole.length);
        // No prefix is a context, but for the empty one.
        const length = 1 + (cut % (whole.length - 1));
        expect(malformation(() => decodeEncryptionContext(whole.subarray(0, length)), CODE).what).toMatch(/Cut short/);
      }),
    );
  });

  const NOT_UTF8 = {
    'a lone continuation byte': '80',
    'an unfinished sequence': 'c3',
    'an overlong form': 'c080',
    'an overlong form of three bytes': 'e08080',
    'a surrogate': 'eda080',
    'a code point past U+10FFFF': 'f4908080',
    'a byte that UTF-8 never has': 'ff',
  };

  it.each(Object.entries(NOT_UTF8))('refuses %s in a name and in a value', (_, wrong) => {
    const good = prefixed(utf8('a'));
    const bad = prefixed(hex(wrong));
    expect(malformation(() => decodeEncryptionContext(concat(u16(1), bad, good)), CODE).offset).toBe(2);
    expect(malformation(() => decodeEncryptionContext(concat(u16(1), good, bad)), CODE).offset).toBe(5);
  });
});

/** Pairs, and the same in another order. */
function shuffledPairs(): fc.Arbitrary<readonly [[string, string][], [string, string][]]> {
  return pairs.chain((list) =>
    fc
      .shuffledSubarray(list, { minLength: list.length, maxLength: list.length })
      .map((shuffled) => [list, shuffled] as const),
  );
}

function encoded(list: readonly (readonly [string, string])[]): string {
  return toHex(encodeEncryptionContext(Object.fromEntries(list)));
}

/** Serialised in the order given. */
function byHand(list: readonly (readonly [string, string])[]): Uint8Array<ArrayBuffer> {
  if (list.length === 0) return new Uint8Array(0);
  const parts = list.flatMap(([key, value]) => [prefixed(utf8(key)), prefixed(utf8(value))]);
  return concat(u16(list.length), ...parts);
}

describe('a copy of a context', () => {
  it('has the same pairs, and keeps them when the original changes', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const context: Record<string, string> = Object.fromEntries(list);
        const copy = copyContext(context);
        for (const name of Object.keys(context)) delete context[name];
        context['later'] = 'x';
        expect(byName(Object.entries(copy))).toEqual(byName(list));
      }),
    );
    expect(Object.entries(copyContext(JSON.parse('{"__proto__":"a"}')))).toEqual([['__proto__', 'a']]);
  });

  it('asks an accessor once, so that all who look at the copy see one value', () => {
    let asked = 0;
    const copy = copyContext({
      get tenant() {
        asked += 1;
        return `${asked}`;
      },
    });
    expect([copy['tenant'], copy['tenant'], asked]).toEqual(['1', '1', 1]);
  });

  it('is refused of what cannot be bound', () => {
    const hidden = Object.defineProperty({}, 'tenant', { value: 'a', enumerable: false });
    const symbol = { [Symbol('tenant')]: 'a' };
    const inherited = Object.create({ tenant: 'a' });
    const all = [hidden, symbol, Object.create(inherited), ['a'], null, 'a', { tenant: 1 }, { tenant: '\ud800' }];
    for (const context of all) expect(() => copyContext(context as never)).toThrow(TypeError);
    expect(() => copyContext({ tenant: 'a'.repeat(65_536) })).toThrow(RangeError);
  });
});
