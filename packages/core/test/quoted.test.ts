/**
 * Text of other people in error messages: characters that a terminal obeys, or that hide or reorder text, are escaped,
 * and long text is cut.
 */

import { counted, excerpt, quoted, shown, shownLines } from '@securestring/core/quoted';
import { describe, expect, it } from 'vitest';

const HOSTILE = [
  ['a control sequence', '\u001b[31m', '\\u001b[31m'],
  ['a control sequence in one character', '\u009b31m', '\\u009b31m'],
  ['delete', '\u007f', '\\u007f'],
  ['a line end', 'a\r\nb', 'a\\r\\nb'],
  ['a separator of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['a bidirectional override', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['a mark without width', 'a\u200bb\ufeffc', 'a\\u200bb\\ufeffc'],
  ['a tag character', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
  ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
] as const;

describe('text of a stranger', () => {
  it.each(HOSTILE)('is escaped: %s', (_, text, escaped) => {
    expect(shown(text)).toBe(escaped);
    expect(excerpt(text)).toBe(escaped);
    expect(quoted(text)).toBe(`"${escaped}"`);
    expect(JSON.parse(quoted(text))).toBe(text);
  });

  it('is left as it is where it is harmless', () => {
    for (const text of ['/app/db', 'C:\\x "y"', 'Ünïcødé', '日本', '👩‍👧', 'می‌خواهم']) expect(shown(text)).toBe(text);
  });

  it('keeps its line ends where it may have lines, and JSON keeps its meaning', () => {
    expect(shownLines('a\n\u001bb')).toBe('a\n\\u001bb');
    const value = { name: 'a\u202eb\u{e0041}\u007f' };
    const json = shownLines(JSON.stringify(value, undefined, 2));
    expect(json).not.toMatch(/[\p{Cf}\u007f]/u);
    expect(JSON.parse(json)).toEqual(value);
  });

  it('is cut after 256 characters in a message', () => {
    expect(quoted('x'.repeat(256))).toBe(`"${'x'.repeat(256)}"`);
    expect(quoted('x'.repeat(10_000))).toBe(`"${'x'.repeat(256)}…"`);
    expect(excerpt('x'.repeat(10_000))).toBe(`${'x'.repeat(256)}…`);
    expect(shown('x'.repeat(10_000))).toHaveLength(10_000);
  });
});

it('a count has its noun in the plural, but for one', () => {
  expect([0, 1, 2].map((count) => counted(count, 'unexpected byte'))).toEqual([
    '0 unexpected bytes',
    '1 unexpected byte',
    '2 unexpected bytes',
  ]);
});
