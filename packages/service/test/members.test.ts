/** Members: what each kind takes, what it reports as a fault, and what is misuse. */

import { describe, expect, it } from 'vitest';
import {
  assumed,
  blob,
  type Faults,
  flag,
  integer,
  keptBlob,
  list,
  type Member,
  oneOf,
  opaque,
  optional,
  record,
  refuseFaults,
  requestTable,
  ServiceError,
  secretText,
  takeRequest,
  text,
  time,
  unsupported,
  words,
} from '../src/index.ts';

/** Takes one member, and returns what it took and the faults. */
function take(member: Member, value: unknown): { readonly taken: unknown; readonly faults: Faults } {
  const faults: Faults = [];
  const { m: taken } = takeRequest('call', requestTable({ m: member }), { m: value }, faults);
  return { taken, faults };
}

const fault = (what: string, constraint: string) => `${what} failed to satisfy constraint: Member must ${constraint}`;

describe('a member', () => {
  it.each<[string, Member, unknown]>([
    ['a text', text({ least: 1, most: 2, pattern: /^a/ }), 'ab'],
    ['one of names', oneOf(['A', 'B']), 'B'],
    ['a whole number', integer({ least: 1, most: 2 }), 2],
    ['a flag', flag(), false],
    ['bytes', blob({ least: 0, most: 1 }), Uint8Array.of(1)],
    ['a list', list(text(), { least: 1 }), ['a', 'b']],
    ['a record', record({ a: text() }), { a: 'x' }],
    ['words', words(), { any: 'thing' }],
    ['anything', opaque(), Symbol.iterator],
  ])('takes %s', (_, member, value) => {
    expect(take(member, value)).toEqual({ taken: value, faults: [] });
  });

  it.each<[string, Member, unknown, string]>([
    ['a text too short', text({ least: 1 }), '', fault("Value '' at 'm'", 'have length greater than or equal to 1')],
    ['a text too long', text({ most: 1 }), 'ab', fault("Value 'ab' at 'm'", 'have length less than or equal to 1')],
    [
      'a text of another pattern',
      text({ pattern: /^a$/, shown: 'a' }),
      'b',
      fault("Value 'b' at 'm'", 'satisfy regular expression pattern: a'),
    ],
    ['another name', oneOf(['A', 'B']), 'C', fault("Value 'C' at 'm'", 'satisfy enum value set: [A, B]')],
    [
      'a small number',
      integer({ least: 1, most: 2 }),
      0,
      fault("Value '0' at 'm'", 'have value greater than or equal to 1'),
    ],
    [
      'a large number',
      integer({ least: 1, most: 2 }),
      3,
      fault("Value '3' at 'm'", 'have value less than or equal to 2'),
    ],
    [
      'bytes too long, unseen',
      blob({ least: 0, most: 1 }),
      new Uint8Array(2),
      fault("Value at 'm'", 'have length less than or equal to 1'),
    ],
    [
      'a list too long',
      list(text(), { most: 1 }),
      ['a', 'b'],
      fault("Value '[a, b]' at 'm'", 'have length less than or equal to 1'),
    ],
    [
      'what is in a list',
      list(text({ least: 1 })),
      ['a', ''],
      fault("Value '' at 'm.2.member'", 'have length greater than or equal to 1'),
    ],
    ['a hole in a list', list(text()), new Array(1), fault("Value null at 'm.1.member'", 'not be null')],
    ['what is in a record', record({ a: text() }), {}, fault("Value null at 'm.a'", 'not be null')],
    ['a missing member', text(), undefined, fault("Value null at 'm'", 'not be null')],
    ['null for a member', secretText(), null, fault("Value null at 'm'", 'not be null')],
    ['null for a list that may be left out', optional(list(text())), null, fault("Value null at 'm'", 'not be null')],
  ])('reports %s', (_, member, value, expected) => {
    expect(take(member, value).faults).toEqual([expected]);
  });

  it.each<[string, Member, unknown]>([
    ['a number for a text', text(), 1],
    ['half a surrogate pair', text(), '\ud800'],
    ['a text for a number', integer({ least: 0, most: 1 }), '1'],
    ['a text for a flag', flag(), 'true'],
    ['a number for a time', time(), 0],
    ['a list for bytes', blob({ least: 0, most: 1 }), [1]],
    ['a text for a list', list(text()), 'a'],
    ['a list for a record', record({ a: text() }), []],
    ['an unknown member of a record', record({ a: text() }), { a: 'x', b: 'y' }],
    ['null for a text that may be left out', optional(text()), null],
    ['null for words', optional(words()), null],
  ])('throws a TypeError for %s', (_, member, value) => {
    expect(() => take(member, value)).toThrow(TypeError);
  });

  it.each<[string, Member, unknown]>([
    ['a broken number', integer({ least: 0, most: 1 }), 0.5],
    ['a time that is not one', time(), new Date(Number.NaN)],
  ])('throws a RangeError for %s', (_, member, value) => {
    expect(() => take(member, value)).toThrow(RangeError);
  });

  it('may be left out where it is optional, and is then not there', () => {
    expect(takeRequest('call', requestTable({ m: optional(text()), n: assumed('x', text()) }), {}, [])).toEqual({});
  });

  it('that is not supported is refused by its own error, but for what is harmless', () => {
    const member = unsupported(
      (place) => new Error(`no ${place}`),
      (value) => value === false,
    );
    expect(take(member, false)).toEqual({ taken: undefined, faults: [] });
    expect(() => take(member, true)).toThrow('no m');
  });
});

describe('a request', () => {
  it('is read once for each member, which are its own', () => {
    let reads = 0;
    const request = {
      get m() {
        reads += 1;
        return 'x';
      },
    };
    expect(takeRequest('call', requestTable({ m: text() }), request, [])).toEqual({ m: 'x' });
    expect(reads).toBe(1);
  });

  it('is copied where it is a list, a record, a time or kept bytes', () => {
    const members = { l: list(text()), r: record({ a: text() }), t: time(), b: keptBlob({ least: 0, most: 9 }) };
    const request = { l: ['a'], r: { a: 'x' }, t: new Date(5), b: Uint8Array.of(1) };
    const taken = takeRequest('call', requestTable(members), request, []);
    request.l.push('b');
    request.r.a = 'y';
    request.t.setTime(6);
    request.b.fill(9);
    expect(taken).toEqual({ l: ['a'], r: { a: 'x' }, t: new Date(5), b: Uint8Array.of(1) });
  });

  it('of a million entries is refused without a look at them', () => {
    const entries = new Proxy(Array.from({ length: 1_000_000 }), {
      get: (target, name) => {
        if (name === '999999') throw new Error('looked at the last entry');
        return Reflect.get(target, name);
      },
    });
    expect(take(list(text(), { most: 10 }), entries).faults).toHaveLength(1);
  });

  it('with faults is refused once, with all of them', () => {
    const refuse = (name: 'ValidationException', message: string) => new ServiceError(name, 'CODE', message);
    expect(() => refuseFaults([], refuse)).not.toThrow();
    expect(() => refuseFaults(['a'], refuse)).toThrow('1 validation error detected: a');
    expect(() => refuseFaults(['a', 'b'], refuse)).toThrow('2 validation errors detected: a; b');
  });
});
