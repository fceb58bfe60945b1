/**
 * Dotenv files that we write, as dotenv reads them.
 */

import dotenv from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromDotenv, toDotenv } from '../src/parameters/dotenv.ts';

/** What its syntax stumbles over, and a few that it does not. */
const characters = fc.constantFrom(
  ...["'", '"', '`', '\\', '\n', '\r', '#', '$', '{', '}', '=', ':', ' ', '\t', 'n', 'r', 'A', 'é', '😀'],
  ...['\u2028', '\u00a0', '\ufeff', '\0'],
);
const values = fc.string({ unit: characters, minLength: 1, maxLength: 12 });

function variables(texts: readonly string[]) {
  return texts.map((value, i) => ({ name: `/app/v${i}`, variable: `V${i}`, value }));
}

function read(text: string): readonly string[] {
  return Object.values(dotenv.parse(text));
}

describe('a dotenv file', () => {
  it('is read back exactly, whatever the values are, or not written', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (texts) => {
        let text: string;
        try {
          text = toDotenv(variables(texts), dotenv.parse);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CliError' });
          return;
        }
        expect(read(text)).toEqual(texts);
      }),
    );
  });

  it('holds whatever lacks single quotes, backticks or double quotes, has no carriage return and ends in no backslash', () => {
    const holdable = values
      .filter((value) => !/\r|\\$/.test(value))
      .filter((value) => !value.includes("'") || !value.includes('`') || !/"|\\[nr]/.test(value));
    fc.assert(
      fc.property(fc.array(holdable, { maxLength: 5 }), (texts) => {
        expect(read(toDotenv(variables(texts), dotenv.parse))).toEqual(texts);
      }),
    );
  });

  it.each([
    ['C:\\temp\\', 'C:\\temp\\'],
    ['two\r\nlines', '"two\\r\n' + 'lines"'],
    ['a#b\'"c', '`a#b\'"c`'],
    ['plain/value-1', 'plain/value-1'],
  ])('writes %j as %j', (value, written) => {
    expect(toDotenv(variables([value]), dotenv.parse)).toBe(`V0=${written}\n`);
    expect(read(`V0=${written}\n`)).toEqual([value]);
  });

  it('is refused by the names of what it cannot hold, and the value is not told', () => {
    const [fine, bad] = variables(['fine', '\'"`secret\n\\']);
    if (fine === undefined || bad === undefined) throw new Error('two variables');
    expect(() => toDotenv([fine, bad], dotenv.parse)).toThrow(/cannot hold the value of \/app\/v1:/);
    expect(() => toDotenv([fine, bad], dotenv.parse)).not.toThrow(/secret/);
  });
});

describe('reading a dotenv file', () => {
  const fromFile = (text: string) => fromDotenv(text, dotenv.parse, 'the file');
  const pieces = fc.constantFrom(
    ...[
      'A',
      'B',
      'c.d',
      'export ',
      '=',
      ': ',
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\r',
      '#',
      "'",
      '"',
      '`',
      '\\',
      '\\n',
      'é',
      '1',
    ],
    ...['A=', '\nB=', "'two\nlines'", '"', '# '],
  );

  it('gives what dotenv gives, or refuses a line, whatever the file is', () => {
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 20 }), (text) => {
        let found: readonly (readonly [string, string])[];
        try {
          found = fromFile(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CliError' });
          return;
        }
        expect(Object.fromEntries(found)).toEqual(dotenv.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back all that we wrote', () => {
    fc.assert(
      fc.property(
        fc.array(
          values.filter((value) => !/['\r]|\\$/.test(value)),
          { maxLength: 5 },
        ),
        (texts) => {
          expect(fromFile(toDotenv(variables(texts), dotenv.parse))).toEqual(texts.map((value, i) => [`V${i}`, value]));
        },
      ),
    );
  });

  it.each([
    ['# a comment\n\nA=1\nBAD LINE secret\n', 4, 'is no NAME=VALUE'],
    ['A=1\r\nNOEQ\r\n', 2, 'is no NAME=VALUE'],
    ['my key=secret', 1, 'is no NAME=VALUE'],
    ['A="two\nlines"\nsecret\n', 3, 'is no NAME=VALUE'],
    ['A="never closed\nsecret\n', 2, 'is no NAME=VALUE'],
    ['A=1\nB=2\nexport A=secret\n', 3, 'has the name of line 1'],
  ])('%j: line %d %s', (text, line, what) => {
    expect(() => fromFile(text)).toThrow(`the file: line ${line} ${what}`);
    expect(() => fromFile(text)).not.toThrow(/secret/);
  });
});
