/**
 * Dotenv files: what we write, as shells, dotenv and node read it; what we read, or refuse.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@securestring/test-support/required';
import dotenv from 'dotenv';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { toDotenv } from '../src/formats/dotenv.ts';
import { fromDotenv } from '../src/formats/dotenv-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-dotenv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Characters that some syntax gives a meaning, and a few that none does. */
const characters = fc.constantFrom(
  ...["'", '"', '`', '\\', '\n', '\r', '#', '$', '{', '}', '(', ')', '=', ':', ' ', '\t', 'n', 'r', 'A', 'é', '😀'],
  ...['\u2028', '\u00a0', '\ufeff', '\0', '!', '~', '*', '&', ';', '-'],
);
const values = fc.string({ unit: characters, minLength: 1, maxLength: 12 });
const readers = [dotenv.parse];

function variables(texts: readonly string[]) {
  return texts.map((value, i) => ({ name: `/app/v${i}`, variable: `V${i}`, value }));
}

/** Whether a dotenv file may hold a value. */
function isHeld(value: string): boolean {
  return !/[\r\0]/.test(value) && (!/'|\\$/.test(value) || !/["$`\\]/.test(value));
}

/** Prints the variables `V0` to `Vn` as JSON. */
const PRINT = `process.stdout.write(JSON.stringify(Object.entries(process.env).filter(([k]) => /^V\\d+$/.test(k))))`;

/** A program that reads a file of variables. */
interface Real {
  readonly name: string;
  readonly program: string;
  readonly probe: string;
  args(file: string): readonly string[];
}

const REAL: readonly Real[] = [
  ...['sh', 'dash', 'bash', 'zsh'].map((shell) => ({
    name: shell,
    program: shell,
    probe: '-c true',
    args: (file: string) => ['-c', `set -a; . ${file}; exec "${process.execPath}" -e '${PRINT.replaceAll("'", '"')}'`],
  })),
  {
    name: 'node --env-file',
    program: process.execPath,
    probe: '--version',
    args: (file) => [`--env-file=${file}`, '-e', PRINT],
  },
];

function readBy(program: string, args: Real['args'], text: string): readonly string[] {
  const file = join(folder, 'env');
  writeFileSync(file, text);
  // A shell keeps what is in its environment already: there is nothing of ours.
  const found: unknown = JSON.parse(execFileSync(program, args(file), { encoding: 'utf8', cwd: folder }));
  const pairs = (found as [string, string][]).map(([name, value]) => [Number(name.slice(1)), value] as const);
  return pairs.sort(([a], [b]) => a - b).map(([, value]) => value);
}

describe('a dotenv file', () => {
  it('is read back exactly by dotenv, and holds all values but those without a common form', () => {
    fc.assert(
      fc.property(fc.array(values.filter(isHeld), { maxLength: 5 }), (texts) => {
        expect(Object.values(dotenv.parse(toDotenv(variables(texts), readers)))).toEqual(texts);
      }),
    );
    fc.assert(
      fc.property(
        values.filter((value) => !isHeld(value)),
        (value) => {
          expect(() => toDotenv(variables([value]), readers)).toThrow('--format shell');
        },
      ),
    );
  });

  it.each([
    ['plain/value-1', 'plain/value-1'],
    ['a=b', 'a=b'],
    ['=ls', "'=ls'"],
    ['C:\\temp', "'C:\\temp'"],
    ['two\nlines', "'two\nlines'"],
    ['$(touch f)', "'$(touch f)'"],
    ["it's", '"it\'s"'],
  ])('writes %j as %j', (value, written) => {
    expect(toDotenv(variables([value]), readers)).toBe(`V0=${written}\n`);
  });

  it.each(["it's $(touch f)", 'C:\\temp\\', 'a\r\nb', '\'"', "'`"])('refuses %j, and names --format shell', (value) => {
    expect(() => toDotenv(variables([value]), readers)).toThrow(/value of \/app\/v0 .* Give --format shell/);
  });

  it('is refused by the names of what it cannot hold, without the value', () => {
    const [fine, bad] = variables(['fine', '\'"`secret\n\\']);
    if (fine === undefined || bad === undefined) throw new Error('two variables');
    expect(() => toDotenv([fine, bad], readers)).toThrow(/cannot hold the value of \/app\/v1 /);
    expect(() => toDotenv([fine, bad], readers)).not.toThrow(/secret/);
  });
});

for (const { name, program, probe, args } of REAL) {
  describeWithProgram(program, probe, `a dotenv file, in ${name}`, () => {
    it('is read back exactly', () => {
      fc.assert(
        fc.property(fc.array(values.filter(isHeld), { minLength: 50, maxLength: 60, size: 'max' }), (texts) => {
          expect(readBy(program, args, toDotenv(variables(texts), readers))).toEqual(texts);
        }),
        { numRuns: 5 },
      );
    });
  });
}

describe('reading a dotenv file', () => {
  const fromFile = (text: string) => fromDotenv(text, 'the file');
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
        // What this program writes for shells is read as a shell does.
        if (!/export\s.*\\'/s.test(text)) expect(Object.fromEntries(found)).toEqual(dotenv.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back all that we wrote as dotenv and for a shell, or refuses it', () => {
    fc.assert(
      fc.property(fc.array(values.filter(isHeld), { maxLength: 5 }), (texts) => {
        expect(fromFile(toDotenv(variables(texts), readers))).toEqual(texts.map((value, i) => [`V${i}`, value]));
      }),
    );
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (texts) => {
        const written = texts.map((value, i) => `export V${i}='${value.replaceAll("'", "'\\''")}'\n`).join('');
        if (texts.some((value) => value.includes('\r'))) {
          expect(() => fromFile(written)).toThrow('is ambiguous');
        } else {
          expect(fromFile(written)).toEqual(texts.map((value, i) => [`V${i}`, value]));
        }
      }),
    );
  });

  it.each([
    ['A=abc # a comment\n', 'abc'],
    ['A=hello world\n', 'hello world'],
    ['A="two\\nlines"', 'two\nlines'],
    ['A=`say "hi"`\n', 'say "hi"'],
    ['A="C:\\temp" # c\r\n', 'C:\\temp'],
    ["A='two\r\nlines'\r\n", 'two\nlines'],
    ["export A='it'\\''s'\n", "it's"],
    ['A: yes\n', 'yes'],
    ['A=\n', ''],
    ['A= # nothing\n', ''],
    ["A=''\n", ''],
  ])('%j: reads %j', (text, value) => {
    expect(fromFile(text)).toEqual([['A', value]]);
  });

  it.each([
    ['# a comment\n\nA=1\nBAD LINE secret\n', 4, 'is not NAME=VALUE'],
    ['A=1\r\nNOEQ\r\n', 2, 'is not NAME=VALUE'],
    ['my key=secret', 1, 'is not NAME=VALUE'],
    ['A="two\nlines"\nsecret\n', 3, 'is not NAME=VALUE'],
    ['A="never closed\nsecret\n', 1, 'is ambiguous. Its quote is not closed'],
    ['A=1\nB=2\nexport A=secret\n', 3, 'has the name of line 1'],
    ['B=1\nP=secret#123\n', 2, 'is ambiguous. The # begins a comment for some programs only. Put it in single quotes'],
    ['P=#secret\n', 1, 'is ambiguous. The #'],
    ['P=my secret #1\n', 1, 'is ambiguous. The #'],
    ['P="secret"#1\n', 1, 'is ambiguous. The #'],
    ['P="say \\"secret\\""\n', 1, 'is ambiguous.'],
    ['P="secret\\\\n"\n', 1, 'is ambiguous. A backslash'],
    ['P="secret$HOME"\n', 1, 'is ambiguous. A backslash, quote, backtick or $'],
    ['P=secret$HOME\n', 1, 'is ambiguous. A backslash, quote, backtick or $'],
    ['P=C:\\secret\n', 1, 'is ambiguous. A backslash'],
    ["P=secret's\n", 1, 'is ambiguous. A backslash, quote'],
    ["P='secret\\'s'\n", 1, 'is ambiguous.'],
    ["P='secret'\\''s'\n", 1, 'is ambiguous.'],
    ["P='secret\\'\n", 1, 'is ambiguous. A backslash'],
    ["P='secret\r\nlines'\n", 1, 'is ambiguous. Some programs drop a carriage return'],
    ['P=secret\u00a0\n', 1, 'is ambiguous. Some programs drop white space'],
  ])('%j: line %d %s', (text, line, what) => {
    expect(() => fromFile(text)).toThrow(`the file: line ${line} ${what}`);
    expect(() => fromFile(text)).not.toThrow(/secret/);
  });
});
