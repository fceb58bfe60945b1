/**
 * The short form of records, and the forms of output, which are those of the aws command line: expected texts of YAML
 * are what ruamel.yaml 0.17.21 writes, which its version 2 has.
 */

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseShorthand } from '../src/aws/shorthand.ts';
import { formOn, inForm } from '../src/output/forms.ts';
import { queryOf } from '../src/output/query.ts';

describe('the short form', () => {
  it.each([
    ['a=b', { a: 'b' }],
    ['a=', { a: '' }],
    ['a=,b=c', { a: '', b: 'c' }],
    ['a=b,c', { a: ['b', 'c'] }],
    ['a=b,c,d=e', { a: ['b', 'c'], d: 'e' }],
    ['a=b,c=d,e=f,g', { a: 'b', c: 'd', e: ['f', 'g'] }],
    ['a = b , c = d', { a: 'b', c: 'd' }],
    ['a=x y ,b=z', { a: 'x y', b: 'z' }],
    ['a="x,y=z",b=\'"\'', { a: 'x,y=z', b: '"' }],
    ['a="say \\"x\\" \\\\"', { a: 'say "x" \\' }],
    ['a=x\\,y', { a: 'x,y' }],
    ['a=[b,c],d=[]', { a: ['b', 'c'], d: [] }],
    ['a={b=c,d=[e,{f=g}]}', { a: { b: 'c', d: ['e', { f: 'g' }] } }],
    ['Key=tag:team,Values=/a,/b', { Key: 'tag:team', Values: ['/a', '/b'] }],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('%j is read', (text, record) => {
    expect(JSON.stringify(parseShorthand(text))).toBe(JSON.stringify(record));
  });

  it.each([
    ['', "Expected: '=', received: 'EOF' for input:\n\n^"],
    ['a', "Expected: '=', received: 'EOF' for input:\na\n ^"],
    ['a=b,', "Expected: '<second>', received: '<none>' for input:\na=b,\n    ^"],
    ['a=b,c=d,a=e', 'Second instance of key "a" encountered for input:\na=b,c=d,a=e\n        ^\nThis is often'],
    ['a=[b', "Expected: ',', received: 'EOF' for input:\na=[b\n    ^"],
    ['a="b', "Expected: '<double quoted>', received: '<none>' for input:\na=\"b\n  ^"],
  ])('%j is refused, and shown where', (text, message) => {
    expect(() => parseShorthand(text)).toThrow(message);
  });
});

const LONG = 'the quick brown fox jumps over the lazy dog and keeps running through the whole forest until it is dark';
const form = (value: unknown, name: 'json' | 'text' | 'table' | 'yaml') =>
  inForm(value, name, { title: 'Title', columns: 80 });

describe('YAML', () => {
  it.each([
    ['', "''"],
    ['yes', 'yes'],
    ['true', "'true'"],
    ['~', "'~'"],
    ['01', "'01'"],
    ['1e3', "'1e3'"],
    ['0x1f', "'0x1f'"],
    ['12:30', '12:30'],
    ['2026-01-01', "'2026-01-01'"],
    ['2026-01-01T00:00:00.123000+00:00', "'2026-01-01T00:00:00.123000+00:00'"],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['a #b', "'a #b'"],
    ["it's", "it's"],
    ["- it's", '"- it\'s"'],
    ['"q"', '\'"q"\''],
    [' lead', "' lead'"],
    ['multi\n\nline\n', '"multi\\n\\nline\\n"'],
    ['tab\tin', '"tab\\tin"'],
    ['größe 日本 💣', 'größe 日本 💣'],
    ['\x1b[0m\x7f', '"\\e[0m\\x7F"'],
    ['{"a":1}', '\'{"a":1}\''],
    ['=', "'='"],
    [
      `${LONG} `,
      "'the quick brown fox jumps over the lazy dog and keeps running through the whole\n  forest until it is dark '",
    ],
    [
      `${LONG}\t`,
      '"the quick brown fox jumps over the lazy dog and keeps running through the whole\\\n  \\ forest until it is dark\\t"',
    ],
  ])('quotes %j as it must', (text, quoted) => {
    expect(form({ a: text }, 'yaml')).toBe(`a: ${quoted}\n`);
    expect(parse(form({ a: text }, 'yaml'))).toEqual({ a: text });
  });

  it('has members by name, lists under their name, and what is empty in one line', () => {
    const value = { z: 1, A: [{ r: null, b: true }, [1, [2, { x: 1, y: [3] }]]], m: { q: [], s: {} } };
    const text =
      'A:\n- b: true\n  r: null\n- - 1\n  - - 2\n    - x: 1\n      y:\n      - 3\nm:\n  q: []\n  s: {}\nz: 1\n';
    expect(form(value, 'yaml')).toBe(text);
    expect(parse(text)).toEqual(value);
  });

  it('ends a plain text that is the whole document', () => {
    expect(form(null, 'yaml')).toBe('null\n...\n');
    expect(form('a', 'yaml')).toBe('a\n...\n');
    expect(form('1', 'yaml')).toBe("'1'\n");
    expect(form([], 'yaml')).toBe('[]\n');
  });

  it('writes a long name apart from its value', () => {
    const long = 'x'.repeat(127);
    expect(form({ [long]: 'v', y: 1 }, 'yaml')).toBe(`? ${long}\n: v\ny: 1\n`);
  });
});

describe('text', () => {
  it.each([
    [{ b: 1, a: 'x', c: { d: true, e: null } }, 'x\t1\nC\tTrue\tNone\n'],
    [['a', 'b'], 'a\tb\n'],
    [[['a', 'b'], ['c']], 'a\tb\nc\n'],
    [[{ a: 1 }, { b: 2, l: ['x', 'y'] }], '1\t\n\t2\nL\tx\nL\ty\n'],
    [null, 'None\n'],
    [[], ''],
    [[[]], ''],
    ['a\nb', 'a\nb\n'],
  ])('of %j has a line a record', (value, text) => {
    expect(form(value, 'text')).toBe(text);
  });
});

describe('a terminal', () => {
  const onTerminal = (value: unknown, name: 'text' | 'table' | 'yaml' | 'json') =>
    formOn({ isTTY: true, columns: 80 } as never, value, name, 'Title');

  it('gets nothing that it would obey, in cells that are as wide as what it gets, and tabs', () => {
    const value = [['a\x1b[31m', 'b']];
    expect(onTerminal(value, 'text')).toBe('a\\u001b[31m\tb\n');
    expect(onTerminal(value, 'json')).not.toContain('\x1b');
    const [first = '', ...others] = onTerminal(value, 'table').trimEnd().split('\n');
    expect(others.every((line) => line.length === first.length && !line.includes('\x1b'))).toBe(true);
    expect(form(value, 'text')).toContain('\x1b');
  });
});

describe('a query', () => {
  const ask = (expression: string, value: unknown) => queryOf(expression)(value);

  it('compares texts, and reads a text in backticks, as the aws command line does', () => {
    const list = [
      { n: 'a', t: '2026-01-01' },
      { n: 'b', t: '2026-02-01' },
    ];
    expect(ask('[?n==`b`].t', list)).toEqual(['2026-02-01']);
    expect(ask("[?t<'2026-01-15'].n", list)).toEqual(['a']);
    expect(ask('sort_by(@,&n)[-1].n', list)).toBe('b');
    expect(ask('nothing', {})).toBeNull();
  });

  it('finds no member that an object only inherits', () => {
    for (const name of ['toString', 'constructor', 'constructor.name', '__proto__', 'hasOwnProperty']) {
      expect(ask(name, { n: 1 })).toBeNull();
      expect(ask(`[].${name}`, [{ n: 1 }])).toEqual(name === 'hasOwnProperty' ? [null] : []);
    }
    const own: unknown = JSON.parse('{"hasOwnProperty":"a","__proto__":"b"}');
    expect(ask('[hasOwnProperty,__proto__]', own)).toEqual(['a', 'b']);
    expect(ask('[?n].n.m', [{ n: { m: 1 } }, { n: {} }])).toEqual([1]);
  });

  it('leaves what it is asked of as it is', () => {
    const value = { n: [3, 1, 2] };
    expect(ask('[sort(n),n,reverse(n),n]', value)).toEqual([
      [1, 2, 3],
      [3, 1, 2],
      [2, 1, 3],
      [3, 1, 2],
    ]);
  });

  it.each(['a[', 'a.b.', '[?a==]'])('that is not one is refused before it is asked: %s', (expression) => {
    expect(() => queryOf(expression)).toThrow(`Bad value for --query ${expression}: `);
  });
});
