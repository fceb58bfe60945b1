/**
 * Terraform's `.tfvars`: texts in quotes, as HCL reads them.
 * HCL Native Syntax Specification, "Template Expressions", "Quoted Template Expressions".
 * @module
 */

import { type Entry, type Keyed, lineRefused, namedOnce, refuseValues, type Written } from './format.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const ESCAPE_OF = new Map(Object.entries(ESCAPES).map(([letter, character]) => [character, `\\${letter}`]));

/** Writes `name = "value"` lines. */
export function writeTfvars(entries: readonly Keyed[]): Written {
  const lost = entries.filter(({ value }) => value !== value.normalize('NFC'));
  refuseValues(lost, 'A tfvars file', ': Terraform changes its characters to their composed form (Unicode NFC).');
  const lines = entries.map(({ variable, value }) => `${variable} = "${escaped(value)}"\n`);
  return { text: lines.join('') };
}

/** A template begins with a dollar or percent sign before a brace, and a doubled sign there is a plain one. */
function escaped(value: string): string {
  return value
    .replaceAll(/[\\"\p{C}\p{Z}]/gu, (character) =>
      character === ' ' ? character : (ESCAPE_OF.get(character) ?? unicodeEscape(character)),
    )
    .replaceAll(/[$%](?=[$%]*\{)/g, (sign, at: number, text: string) =>
      text[at + 1] === '{' ? sign + sign : unicodeEscape(sign),
    );
}

function unicodeEscape(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

const ASSIGNMENT =
  /^\s*(?:"([\p{L}_][\p{L}\p{N}_-]*)"|([\p{L}_][\p{L}\p{N}_-]*))\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:(?:#|\/\/).*)?$/u;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt"\\]))|\\|[$%]{3,}\{|([$%])\4\{|[$%]\{/g;

/** Reads texts in quotes, one on a line: no lists, maps, numbers, templates or texts of several lines. */
export function readTfvars(text: string, file: string): readonly Entry[] {
  const entries: Entry[] = [];
  const once = namedOnce(file);
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:(?:#|\/\/).*)?$/.test(line)) continue;
    const [, inQuotes, bare, value] = ASSIGNMENT.exec(line) ?? [];
    const name = inQuotes ?? bare;
    if (name === undefined || value === undefined) {
      throw lineRefused(file, at + 1, 'is not NAME = "VALUE": only texts in quotes can be imported, each on one line.');
    }
    once(name, at + 1);
    entries.push([
      name,
      unescaped(value, () => lineRefused(file, at + 1, 'has a template or an escape in it that is not a text.')),
    ]);
  }
  return entries;
}

function unescaped(value: string, refusal: () => Error): string {
  const text = value.replaceAll(ESCAPE, (_, short?: string, long?: string, letter?: string, sign?: string) => {
    const digits = short ?? long;
    const code = digits === undefined ? undefined : Number.parseInt(digits, 16);
    if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
    if (letter !== undefined) return ESCAPES[letter] ?? '';
    if (sign !== undefined) return `${sign}{`;
    throw refusal();
  });
  // Terraform would compose characters, and would not take half of one.
  if (!text.isWellFormed() || text !== text.normalize('NFC')) throw refusal();
  return text;
}
