/**
 * The code and links in the Markdown files, made checkable. The conventions are in `CONTRIBUTING.md`, "Examples in
 * documents".
 * @module
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Document {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly language: string;
  /** Whether it goes on from the block before it, as ```` ```ts continued ```` says. */
  readonly continued: boolean;
  /** Index of its first line of code, and of the fence behind its last. */
  readonly start: number;
  readonly end: number;
  /** The heading above it. */
  readonly heading: string;
}

/** Returns every document for people: of the root, of the packages, and all under `docs/`. */
export function documents(): Document[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    // What the API reference brings along, and what it makes.
    .filter((name) => !/^api\/(node_modules|html)\//.test(name))
    .map((name) => `docs/${name}`);
  return [...readdirSync(root), ...packages, ...docs]
    .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
    .sort()
    .map(readDocument);
}

/**
 * Returns a block as a module that checks what its comments state. The lines of the text and of other blocks are empty
 * in it, so that the line of an error is that of the document.
 */
export function moduleOf(document: Document, block: Block): string {
  const lines = document.lines.map(() => '');
  for (const { start, end } of chain(document, block)) {
    for (let at = start; at < end; at++) lines[at] = document.lines[at] ?? '';
    if (start === block.start) checkStatements(document.path, lines, start, end);
    else dropFailures(lines, start, end);
  }
  return [`import { fails, gives } from '../outcome.ts';${lines[0]}`, ...lines.slice(1)].join('\n');
}

/** Returns the text between a document's blocks. */
export function proseOf(document: Document): string {
  const lines = [...document.lines];
  for (const { start, end } of document.blocks) lines.fill('', start - 1, end + 1);
  return lines.join('\n');
}

/** Returns the cells of each row of a document's tables, without the lines under their heads. */
export function rowsOf(path: string): string[][] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('|') && !/^\|[-:| ]+\|$/.test(line)).map(cellsOf);
}

export function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Returns the name that a heading's anchor has on GitHub. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

const FENCE = /^```(\S*)( continued)?(?: [\w,-]+:\S+)?\s*$/;

function readDocument(path: string): Document {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  const blocks: Block[] = [];
  let heading = '';
  let open: Omit<Block, 'end'> | undefined;
  for (const [at, line] of lines.entries()) {
    const fence = FENCE.exec(line);
    if (fence !== null && open === undefined) {
      open = { language: fence[1] ?? '', continued: fence[2] !== undefined, start: at + 1, heading };
    } else if (fence !== null && open !== undefined) {
      blocks.push({ ...open, end: at });
      open = undefined;
    } else if (open === undefined && line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.start}: the code block never ends`);
  return { path, lines, blocks };
}

/** The blocks that a block goes on from, itself last. */
function chain(document: Document, block: Block): Block[] {
  const blocks = document.blocks.filter(({ language }) => language === block.language);
  let first = blocks.indexOf(block);
  const last = first;
  while (blocks[first]?.continued === true && first > 0) first--;
  return blocks.slice(first, last + 1);
}

/** A line that fails on purpose is a comment, so that a block goes on where it is pasted. */
const STATED_BESIDE = /^(\s*)(?:\/\/ (?=.*;\s+\/\/ throws ))?(\S.*);\s+\/\/ (=>|throws) (.+)$/;
/** What a reader is to see: it is the value inside that is compared. */
const PRINTED = /^console\.log\((.*)\)$/;
const FAILS_WHERE_PASTED = /^(?!\s*\/\/ ).*\/\/ throws /;
const STATED_BELOW = /^\s*\/\/ => (.+)$/;
const COMMENT = /^\s*\/\/ ?(.*)$/;
/** Text that looks like the convention and misses it: it would go unchecked. */
const MISSPELT = /\/\/\s*(→|->|=[^>]|>|Throws)|\/\/=>|[^;\s]\s*\/\/ (=>|throws) /;

function checkStatements(path: string, lines: string[], start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const line = lines[at] ?? '';
    if (FAILS_WHERE_PASTED.test(line))
      throw new Error(`${path}:${at + 1} ends a block that is pasted: put // before it`);
    if (MISSPELT.test(line)) throw new Error(`${path}:${at + 1} states a result in a form that nobody checks: ${line}`);
    const [, indent = '', expression = '', kind, outcome = ''] = STATED_BESIDE.exec(line) ?? [];
    if (kind === '=>') {
      lines[at] = `${indent}gives(${PRINTED.exec(expression)?.[1] ?? expression}, ${outcome});`;
    } else if (kind === 'throws') {
      lines[at] = `${indent}await fails(async () => ${expression}, ${JSON.stringify(outcome)});`;
    } else if (STATED_BELOW.test(line)) {
      at = checkBelow(path, lines, at, end);
    }
  }
}

/** What a block fails with on purpose would stop those that go on from it. */
function dropFailures(lines: string[], start: number, end: number): void {
  for (let at = start; at < end; at++) if (STATED_BESIDE.exec(lines[at] ?? '')?.[3] === 'throws') lines[at] = '';
}

/** A value on its own lines: comments from `// =>` on, below the expression's only line. Returns the next line. */
function checkBelow(path: string, lines: string[], first: number, end: number): number {
  const expression = lines[first - 1]?.replace(/;\s*$/, '') ?? '';
  lines[first - 1] = `gives(${PRINTED.exec(expression.trim())?.[1] ?? expression},`;
  lines[first] = STATED_BELOW.exec(lines[first] ?? '')?.[1] ?? '';
  let at = first + 1;
  for (; at < end && COMMENT.test(lines[at] ?? ''); at++) lines[at] = COMMENT.exec(lines[at] ?? '')?.[1] ?? '';
  if (at < end && lines[at] !== '') throw new Error(`${path}:${at + 1} must be empty: the stated value ends before it`);
  // On a line of its own, since the value may end with a comment.
  lines[at] = ');';
  return at;
}
