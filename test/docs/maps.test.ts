/**
 * `docs/known-attacks.md` and `docs/format-map.md` name tests and files that exist, and no pitfall is without its test;
 * the map in `CONTRIBUTING.md` names every folder.
 * @module
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../structure/levels.ts';
import { cellsOf, root, rowsOf } from './markdown.ts';

/** The folders of the pitfalls' tests: of core alone, and of those that need a peer or a keystore. */
const PITFALLS = ['packages/core/test/pitfalls', 'test/pitfalls'];

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('known attacks', () => {
  let file = '';
  const named = read('docs/known-attacks.md')
    .split('\n')
    .flatMap((line) => {
      file = /^Tests in `(\S+)`$/.exec(line)?.[1] ?? file;
      const [number = '', , test = ''] = cellsOf(line);
      const title = /^"(.+)"$/.exec(test)?.[1];
      return title === undefined ? [] : [[file, title, number] as const];
    });

  it.each(named)('%s has the test "%s"', (file, title, number) => {
    const source = read(file);
    expect([`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => source.includes(literal))).toBe(true);
    if (number !== '') expect(title.startsWith(`${number}: `)).toBe(true);
  });

  it('lack no row: each names its test', () => {
    const rows = rowsOf('docs/known-attacks.md').filter(([, , test]) => test !== 'Test');
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
  const rows = rowsOf('docs/format-map.md').filter((cells) => cells.at(-1) !== 'File');

  it('has every field, each with a file that exists', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const cells of rows) {
      const paths = [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
      expect(paths, cells.join(' ')).not.toEqual([]);
      for (const path of paths) expect(existsSync(join(root, 'packages/core/src', path)), path).toBe(true);
    }
  });
});

describe('the map in CONTRIBUTING.md', () => {
  const map = read('CONTRIBUTING.md').split('## The map')[1]?.split('\n## ')[0] ?? '';
  const named = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = '']) => path);
  const rooms = readdirSync(join(root, 'packages')).flatMap((name) => [
    `packages/${name}`,
    ...readdirSync(join(root, 'packages', name, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `packages/${name}/src/${entry.name}`),
  ]);

  it('has a line for every package, and for every folder of its sources', () => {
    expect(rooms.filter((path) => !named.includes(path))).toEqual([]);
  });

  it('has no line for a folder that is gone', () => {
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('the levels of core in CONTRIBUTING.md', () => {
  const src = join(root, 'packages/core/src');
  const rows = rowsOf('CONTRIBUTING.md').filter(
    ([level = '', , , between]) => /^\d$/.test(level) && between !== undefined,
  );
  const levelOf = (path: string) => (LEVELS['core'] ?? []).findIndex((pattern) => pattern.test(path));
  const named = rows.flatMap(([level, modules = '']) =>
    [...modules.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, Number(level)] as const),
  );

  it.each(named)('have %s on level %i', (name, level) => {
    const isFolder = name.endsWith('/');
    expect(existsSync(join(src, isFolder ? name : `${name}.ts`))).toBe(true);
    const files = isFolder ? readdirSync(join(src, name)).map((file) => `${name}${file}`) : [`${name}.ts`];
    for (const file of files) expect(levelOf(file), file).toBe(level);
  });

  it('have every module but those on top', () => {
    const names = named.map(([name]) => name);
    const modules = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const missing = modules
      .filter((file) => levelOf(file) >= 0 && levelOf(file) < (LEVELS['core'] ?? []).length - 1)
      .filter((file) => !names.some((name) => file === `${name}.ts` || (name.endsWith('/') && file.startsWith(name))));
    expect(missing).toEqual([]);
  });
});
