/**
 * Words that are hard to read: no comment, text of the program or document has one. CONTRIBUTING.md has the list, and
 * what to say instead.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, rowsOf } from './markdown.ts';

/** Each word with what to say instead. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'tell, told: report, show, say': /\b(tells?|told|telling)\b/i,
  'whoever, nobody, anybody, somebody: name them': /\b(whoever|nobody|anybody|somebody)\b/i,
  'anew: again': /\banew\b/i,
  'besides: also, or a new sentence': /\bbesides\b/i,
  'stands: is, or the verb that fits': /\bstands?\b(?! (?:for|in for|out)\b)/i,
  'is none, that is one: name the thing': /\b(?:is|are|was|were) none\b|\bthat is one\b/i,
  'is no X: is not an X':
    /(?<!\bthere )\b(?:is|are|was|were|be) no (?!longer|more|less|larger|fewer|later|other|way|such|better|worse|one)[a-z]/i,
  'bygone: earlier': /\bbygone\b/i,
  'byte(s): 1 byte, 2 bytes': /\b[a-z]{2,}\(e?s\)/i,
};

/** Files of which comments and texts are read. Of every other text file, all lines are. */
const SOURCES = /\.(?:js|mjs|ts)$/;
/** Files that no person wrote to be read: the list itself, a license, word lists and hashes, and bytes. */
const EXCEPT =
  /^(?:.*\.(?:keystore|lock|sum)|.*-lock\.yaml|LICENSE|packages\/cli\/words\.txt|test\/docs\/words\.test\.ts)$/;

function files(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  return listed
    .toString()
    .split('\n')
    .filter((file) => file !== '' && !EXCEPT.test(file));
}

/** Returns what a person reads of a file, each with its line: of a source, comments and texts without names in code. */
function prose(file: string): readonly (readonly [line: number, text: string])[] {
  const source = readFileSync(join(root, file), 'utf8');
  if (file.endsWith('.md')) return proseOfMarkdown(source);
  if (!SOURCES.test(file)) return source.split('\n').map((text, i) => [i + 1, text] as const);
  const found: (readonly [number, string])[] = [];
  let line = 1;
  let counted = 0;
  for (const match of source.matchAll(TOKEN)) {
    for (; counted < match.index; counted++) if (source[counted] === '\n') line++;
    if (match.groups?.['code'] !== undefined) continue;
    for (const [i, text] of match[0].split('\n').entries()) found.push([line + i, withoutCode(text)]);
  }
  return found;
}

/** Comments and texts in quotes. Names and regular expressions match as code, and all else is skipped. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<code>[\w$]+|\/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/g;

function proseOfMarkdown(source: string): readonly (readonly [number, string])[] {
  let isCode = false;
  return source.split('\n').flatMap((text, i) => {
    if (/^\s*```/.test(text)) {
      isCode = !isCode;
      return [];
    }
    return isCode ? [] : [[i + 1, withoutCode(text)] as const];
  });
}

/** Names in backquotes and in `{@link}` are names. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`|\{@link [^}]*\}|\]\([^)]*\)/g, '');
}

describe('what a reader reads', () => {
  const lines = files().flatMap((file) => prose(file).map(([line, text]) => ({ at: `${file}:${line}`, text })));

  it.each(Object.entries(WORDS))('has not one word of: %s', (_, pattern) => {
    expect(lines.filter(({ text }) => pattern.test(text)).map(({ at, text }) => `${at} ${text.trim()}`)).toEqual([]);
  });

  it('is held to the words that CONTRIBUTING.md lists', () => {
    const rows = rowsOf('CONTRIBUTING.md').filter((cells) => cells[0]?.startsWith('`') && cells.length === 2);
    const listed = rows.map(([words = '', instead]) => `${words.replaceAll('`', '')}: ${instead}`);
    for (const words of Object.keys(WORDS)) expect(listed).toContain(words);
  });
});
