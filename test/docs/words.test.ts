/**
 * Words that a reader trips over: none of them is in a comment, a text of the program, or a document. CONTRIBUTING.md
 * has the list, and what to say instead.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Each word with what to say instead. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'tell, told: report, show, say': /\b(tells?|told|telling)\b/i,
  'whoever, nobody, anybody, somebody: name them': /\b(whoever|nobody|anybody|somebody)\b/i,
  'anew: again': /\banew\b/i,
  'besides: also, or a new sentence': /\bbesides\b/i,
  'stands: is, or the verb that fits': /\bstands?\b(?! (?:for|in for|out)\b)/i,
  'is none, that is one: name the thing': /\b(?:is|are|was|were) none\b|\bthat is one\b/i,
  'bygone: earlier': /\bbygone\b/i,
};

/** Files that are read: the rooms that were gone through so far (issue 17 has the others); and those that hold the list itself or others' words. */
const FILES = /^(?:(?:packages\/service|scripts|demo|bench)\/.*\.(?:ts|mjs|md)|(?:CHANGELOG|RELEASING)\.md)$/;
const EXCEPT = /^(?:LICENSE|test\/docs\/words\.test\.ts|docs\/decisions\/)/;

function files(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  return listed
    .toString()
    .split('\n')
    .filter((file) => FILES.test(file) && !EXCEPT.test(file));
}

/** Returns what a person reads of a source: comments and texts, each with its line. Names in code are left out. */
function prose(file: string): readonly (readonly [line: number, text: string])[] {
  const source = readFileSync(join(root, file), 'utf8');
  if (file.endsWith('.md')) return proseOfMarkdown(source);
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

/** Comments, texts in quotes; names, regular expressions behind a sign, and all else is passed over. */
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
});
