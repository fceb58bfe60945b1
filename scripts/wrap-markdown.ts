/**
 * Wraps the running text of every document at 120 columns: `npm run fix` calls it. Tables, code and headings stay as
 * they are, and code in backquotes is not broken.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COLUMNS = 120;
/** Lines that are not running text. */
const APART = /^\s*$|^\s*\||^[#<]/;
const ITEM = /^\s*(?:[-*]|\d+\.) /;
/** Words that would begin a list, a table, a quotation or a heading, if they were the first of a line. */
const BEGINS = /^(?:[-+*>|#]+|\d+[.)])$/;

/** A paragraph or an item of a list, on one line. */
interface Paragraph {
  /** Its indentation, and the mark of an item. */
  readonly start: string;
  text: string;
}

/** Wraps a document. */
export function wrapMarkdown(source: string): string {
  const wrapped: string[] = [];
  let paragraph: Paragraph | undefined;
  let isCode = false;
  const end = () => {
    if (paragraph !== undefined) wrapped.push(...fill(paragraph));
    paragraph = undefined;
  };
  for (const line of source.split('\n')) {
    const isFence = /^\s*```/.test(line);
    if (isFence) isCode = !isCode;
    if (isFence || isCode || APART.test(line)) {
      end();
      wrapped.push(isCode ? line : line.trimEnd());
    } else if (paragraph === undefined || ITEM.test(line)) {
      end();
      const [start] = ITEM.exec(line) ?? /^\s*/.exec(line) ?? [''];
      paragraph = { start, text: line.slice(start.length) };
    } else {
      paragraph.text += ` ${line.trim()}`;
    }
  }
  end();
  return wrapped.join('\n');
}

function fill({ start, text }: Paragraph): string[] {
  const lines: string[] = [];
  let line = start;
  for (const word of wordsOf(text)) {
    if (line === start) line += word;
    else if (line.length + 1 + word.length <= COLUMNS || BEGINS.test(word)) line += ` ${word}`;
    else {
      lines.push(line);
      line = ' '.repeat(start.length) + word;
    }
  }
  return [...lines, line];
}

function wordsOf(text: string): readonly string[] {
  return text.match(/(?:`[^`]*`|\S)+/g) ?? [];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const patterns = ['--cached', '--others', '--exclude-standard', '*.md'];
  for (const path of execFileSync('git', ['ls-files', ...patterns], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')) {
    const file = `${root}${path}`;
    if (!existsSync(file)) continue;
    const source = readFileSync(file, 'utf8');
    const wrapped = wrapMarkdown(source);
    if (wrapped !== source) writeFileSync(file, wrapped);
  }
}
