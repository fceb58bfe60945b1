/** Parsers of decoded fields: what each takes, and how its error names the field. */

import { describe, expect, it } from 'vitest';
import { type FieldParsers, fieldParsers } from '../src/index.ts';

class Wrong extends Error {}

const parsers = fieldParsers((what) => new Wrong(what));

describe('a field', () => {
  it.each<[string, (p: FieldParsers) => unknown, unknown]>([
    ['a map', (p) => p.fields({ a: 1 }, ['a'], 'it'), { a: 1 }],
    ['a map with an added field', (p) => p.fields({ a: 1, b: 2 }, ['a'], 'it', ['b']), { a: 1, b: 2 }],
    ['a map without an added field', (p) => p.fields({ a: 1 }, ['a'], 'it', ['b']), { a: 1 }],
    ['a list', (p) => p.list([1], 'it'), [1]],
    ['a text', (p) => p.text('ü', 'it'), 'ü'],
    ['a text in bytes', (p) => p.text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'it'), '\ufeffa'],
    ['a flag', (p) => p.flag(false, 'it'), false],
    ['a count', (p) => p.count(1, 1, 'it'), 1],
    ['a time before 1970', (p) => p.time(-1, 'it'), -1],
    ['the last time', (p) => p.time(8.64e15, 'it'), 8.64e15],
    ['bytes', (p) => p.byteString(Uint8Array.of(1), 1, 'it'), Uint8Array.of(1)],
    ['one of some texts', (p) => p.oneOf('b', ['a', 'b'], 'it'), 'b'],
    ['no value', (p) => p.optional(undefined, 'it', p.text), undefined],
    ['a value that may be missing', (p) => p.optional('a', 'it', p.text), 'a'],
  ])('is taken: %s', (_, parse, expected) => {
    expect(parse(parsers)).toEqual(expected);
  });

  it.each<[string, (p: FieldParsers) => unknown]>([
    ['it is not a map', (p) => p.fields([], [], 'it')],
    ['it is not a map', (p) => p.fields(Uint8Array.of(1), [], 'it')],
    ['it has no field "a"', (p) => p.fields({}, ['a'], 'it')],
    ['it has no field "toString"', (p) => p.fields({}, ['toString'], 'it')],
    ['it has the unknown field "b"', (p) => p.fields({ a: 1, b: 2 }, ['a'], 'it')],
    ['it is not a list', (p) => p.list({}, 'it')],
    ['it is not text', (p) => p.text(Uint8Array.of(0xff), 'it')],
    ['it is neither true nor false', (p) => p.flag(0, 'it')],
    ['it is not a whole number from 1', (p) => p.count(0, 1, 'it')],
    ['it is not a whole number from 0', (p) => p.count(0.5, 0, 'it')],
    ['it is not a time in milliseconds', (p) => p.time(8.64e15 + 1, 'it')],
    ['it is not 2 bytes', (p) => p.byteString(Uint8Array.of(1), 2, 'it')],
    ['it is not one of a, b', (p) => p.oneOf('secret', ['a', 'b'], 'it')],
    ['it is not text', (p) => p.optional(null, 'it', p.text)],
  ])('is refused: %s', (words, parse) => {
    expect(() => parse(parsers)).toThrow(new Wrong(words));
  });
});
