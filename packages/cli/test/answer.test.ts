/**
 * What keys and pastes make of an answer, key by key.
 */

import { describe, expect, it } from 'vitest';
import { Answer } from '../src/io/answer.ts';

/** An answer of a line, after each piece that came and the silence at the end. */
function typed(...pieces: readonly string[]) {
  const answer = new Answer(false);
  let wish: string | undefined;
  for (const piece of pieces) wish ??= answer.take(piece);
  return { wish: wish ?? answer.quiet(), text: answer.text };
}

const wrapped = (text: string) => `\x1b[200~${text}\x1b[201~`;

describe('an answer', () => {
  it.each<[string, readonly string[], string]>([
    ['ends with Enter and silence', ['secret', '\r'], 'secret'],
    ['ends with a line feed that was typed before the question', ['secret\n'], 'secret'],
    ['has all lines of a paste that is there at once', ['one\rtwo\r\rfour\r'], 'one\ntwo\n\nfour'],
    [
      'has them where the paste comes in pieces, cut at a line end',
      ['one\r', 'two\r', '\nthree', '\r'],
      'one\ntwo\nthree',
    ],
    ['has all of a wrapped paste, and no line end for the Enter', [wrapped('one\r\ntwo\r'), '\r'], 'one\ntwo'],
    ['keeps empty lines at the end of a wrapped paste but the last', [wrapped('one\r\r\r'), '\r'], 'one\n\n'],
    ['has two pastes, and what is typed around them', ['a', wrapped('b\rc'), 'd', wrapped('e'), '\r'], 'ab\ncde'],
    ['takes keys inside a wrapped paste for text', [wrapped('\x03\x15\x7f\x1b[A'), '\r'], '\x03\x15\x7f\x1b[A'],
    ['joins a wrapped paste whose marks are cut', ['\x1b[2', '00~on', 'e\rtwo\x1b[20', '1~', '\r'], 'one\ntwo'],
    ['loses its last character as a person sees it', ['ab\u0065\u0301\x7f👩‍💻\x7f\bc', '\r'], 'ac'],
    ['is emptied by Ctrl-U', ['wrong\x15right', '\r'], 'right'],
    ['loses its last word by Ctrl-W', ['one two  \x17three', '\r'], 'one three'],
    ['ignores arrows and other keys', ['a\x1b[Db\x1bOHc\x1b[3~d\x1bxe\x01', '\r'], 'abcde'],
    ['keeps tabs', ['a\tb', '\r'], 'a\tb'],
    ['ends with Ctrl-D where something was typed', ['secret\x04'], 'secret'],
  ])('%s', (_, pieces, text) => {
    expect(typed(...pieces)).toEqual({ wish: 'end', text });
  });

  it.each([
    ['Ctrl-C', ['secret\x03\r']],
    ['Ctrl-\\', ['\x1c']],
    ['Ctrl-D at its beginning', ['\x04']],
    ['Ctrl-C in a paste that never ends', ['\x1b[200~abc', '\x03']],
  ])('is given up by %s', (_, pieces) => {
    expect(typed(...pieces).wish).toBe('interrupt');
  });

  it('goes on after Ctrl-Z with what came behind it', () => {
    const answer = new Answer(false);
    expect(answer.take('se\x1acret\r')).toBe('suspend');
    expect(answer.take('')).toBeUndefined();
    expect([answer.quiet(), answer.text]).toEqual(['end', 'secret']);
  });

  it('loses no character behind a lone Escape that silence ended', () => {
    const answer = new Answer(false);
    answer.take('a\x1b');
    answer.quiet();
    answer.take('bc\r');
    expect([answer.quiet(), answer.text]).toEqual(['end', 'abc']);
  });

  it('of lines ends with Ctrl-D alone, and has every line end', () => {
    const answer = new Answer(true);
    expect([answer.take('one\r'), answer.quiet(), answer.take('\x7f\rtwo\r'), answer.take('\x04')]).toEqual([
      undefined,
      undefined,
      undefined,
      'end',
    ]);
    expect(answer.text).toBe('one\ntwo\n');
    expect(new Answer(true).take('\x04')).toBe('end');
  });
});
