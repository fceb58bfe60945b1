/**
 * Java's `.properties`, as `java.util.Properties` reads them. Java reads such a file as ISO 8859-1 or as UTF-8,
 * depending on the caller, so that all characters beyond ASCII are written as `\uXXXX`, and read only so.
 * @module
 */

import { type Entry, type Keyed, lineRefused, namedOnce, type Written } from './format.ts';

/** Characters with an escape of their own. */
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };
const ESCAPE_OF = new Map(Object.entries(ESCAPES).map(([letter, character]) => [character, `\\${letter}`]));

/** Writes `key=value` lines. Every value has a form. */
export function writeProperties(entries: readonly Keyed[]): Written {
  const lines = entries.map(({ variable, value }) => {
    // White space ends a key; at the beginning of a value it would be left out.
    const key = escaped(variable).replaceAll(' ', '\\ ');
    return `${key}=${escaped(value).replace(/^ /, '\\ ')}\n`;
  });
  return { text: lines.join('') };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\=:#!]|[^ -~]/g, (character) =>
    /[ -~]/.test(character) ? `\\${character}` : (ESCAPE_OF.get(character) ?? unicodeEscape(character)),
  );
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Reads logical lines: a backslash at the end of a line goes on with the next one, without its white space. */
export function readProperties(text: string, file: string): readonly Entry[] {
  const lines = text.split(/\r\n|\r|\n/);
  const entries: Entry[] = [];
  const once = namedOnce(file);
  for (let at = 0; at < lines.length; at++) {
    const number = at + 1;
    let line = withoutIndent(lines[at]);
    if (line === '' || /^[#!]/.test(line)) continue;
    while (isContinued(line) && at < lines.length) line = line.slice(0, -1) + withoutIndent(lines[++at]);
    const { key = '', value = '' } = PROPERTY.exec(line)?.groups ?? {};
    const entry = [key, value].map((part) => unescaped(part, file, number)) as [string, string];
    if (entry[0] === '') throw lineRefused(file, number, 'has no name.');
    once(entry[0], number);
    entries.push(entry);
  }
  return entries;
}

/** A key up to white space, `=` or `:`, and what follows one of them. */
const PROPERTY = /^(?<key>(?:[^\\=: \t\f]|\\.)*)[ \t\f]*[=:]?[ \t\f]*(?<value>.*)$/s;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|(.))/gs;

function withoutIndent(line = ''): string {
  return line.replace(/^[ \t\f]+/, '');
}

function isContinued(line: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
}

function unescaped(part: string, file: string, line: number): string {
  if (/[^\0-\x7f]/.test(part)) {
    throw lineRefused(
      file,
      line,
      'is ambiguous. Java reads some characters in it as ISO 8859-1 or as UTF-8; write them as \\uXXXX.',
    );
  }
  if (/(?:^|[^\\])(?:\\\\)*\\u(?![0-9A-Fa-f]{4})/.test(part))
    throw lineRefused(file, line, 'has a \\u without four digits.');
  const text = part.replaceAll(ESCAPE, (_, digits: string | undefined, character: string) =>
    digits === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(digits, 16)),
  );
  if (!text.isWellFormed()) throw lineRefused(file, line, 'has half of a character, a \\uD8XX without its other half.');
  return text;
}
