/**
 * `docs/known-attacks.md` and `docs/format-map.md` name tests, files and functions that exist, and no pitfall is without
 * its test.
 * @module
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './markdown.ts';

/** The folders of the pitfalls' tests: of core alone, and of those that need a peer or a keystore. */
const PITFALLS = ['packages/core/test/pitfalls', 'test/pitfalls'];

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Cells of the table rows below each line that matches, the first group of which is what they belong to. */
function rowsOf(path: string): { readonly under: string; readonly cells: readonly string[] }[] {
  let under = '';
  return read(path)
    .split('\n')
    .flatMap((line) => {
      under = /^Tests in `(\S+)`$/.exec(line)?.[1] ?? under;
      const cells = line.split('|').map((cell) => cell.trim());
      const isRow = line.startsWith('|') && !/^\|[-|]+\|$/.test(line);
      return isRow ? [{ under, cells: cells.slice(1, -1) }] : [];
    });
}

describe('known attacks', () => {
  const named = rowsOf('docs/known-attacks.md').flatMap(({ under, cells }) => {
    const title = /^"(.+)"$/.exec(cells[2] ?? '')?.[1];
    return title === undefined ? [] : [[under, title, cells[0] ?? ''] as const];
  });

  it.each(named)('%s has the test "%s"', (file, title, number) => {
    const source = read(file);
    expect([`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => source.includes(literal))).toBe(true);
    if (number !== '') expect(title.startsWith(`${number}: `)).toBe(true);
  });

  it('lack no row: each names its test', () => {
    const rows = rowsOf('docs/known-attacks.md').filter(({ cells }) => cells[2] !== 'Test');
    expect(rows.length).toBe(named.length);
    expect(named.length).toBeGreaterThan(50);
  });

  it('have a test for each of the thirty pitfalls, and a row for each such test', () => {
    const titles = PITFALLS.flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
      .flatMap((file) => [...read(file).matchAll(/['"`](P\d+): /g)])
      .map(([, number]) => number);
    const numbers = Array.from({ length: 30 }, (_, i) => `P${i + 1}`);
    expect(numbers.filter((number) => !titles.includes(number))).toEqual([]);
    expect(numbers.filter((number) => !named.some(([, , listed]) => listed === number))).toEqual([]);
  });
});

describe('the format map', () => {
  const rows = rowsOf('docs/format-map.md')
    .map(({ cells }) => cells.slice(-2))
    .filter(([file]) => file !== 'File');

  it.each(rows)('%s has %s', (file = '', functions = '') => {
    // One file for both, or one each.
    const paths = [...file.matchAll(/`([^`]+)`/g)].map(([, path]) => `packages/core/src/${path}`);
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
    const names = [...functions.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect([names.length, 2 % paths.length]).toEqual([2, 0]);
    for (const [i, name] of names.entries())
      expect(read(paths[i] ?? paths[0] ?? '')).toMatch(new RegExp(`function\\*? ${name}\\b`));
  });

  it('has every field', () => {
    expect(rows.length).toBeGreaterThan(40);
  });
});
