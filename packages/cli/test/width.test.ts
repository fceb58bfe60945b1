/**
 * Tables on a terminal: in its width, without milliseconds, and in a pipe as they always were.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visibleInColour } from '../src/output/visible.ts';
import { cut, fittedWidths, widthOf } from '../src/output/width.ts';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

const LONG = '/applications/production/eu-central-1/database/replica/password';
const CONTROLS = 'a\x1b[2Jb\rc\x9bd\u202ee\n/forged  String  Standard';

let folder: string;
const on = (columns: number | undefined, ...words: readonly string[]) =>
  here(words, { env: { SECURESTRING_HOME: join(folder, 'store') }, ...(columns !== undefined && { columns }) });

beforeAll(async () => {
  folder = makeFolder();
  await on(undefined, 'init', '--generate-root-key');
  await on(undefined, 'put', LONG, 'x', '--type', 'String');
  await on(undefined, 'put', '/s', CONTROLS, '--type', 'String', '--description', CONTROLS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a table', () => {
  it.each([40, 60, 80])('has lines of at most %i columns on such a terminal, cut in the middle', async (columns) => {
    const { out } = await on(columns, 'list');
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.map(widthOf).filter((width) => width > Math.max(columns, 48))).toEqual([]);
    expect(lines[1]).toMatch(/^\/app.*….*ord /);
  });

  it('is as wide as it must be on a wide terminal, with --wide, and in a pipe', async () => {
    const [wide, asked, piped] = [await on(200, 'list'), await on(80, 'list', '--wide'), await on(undefined, 'list')];
    for (const { out } of [wide, asked, piped]) expect(out).toContain(LONG);
    expect(wide.out).toMatch(/T\d\d:\d\d:\d\dZ$/m);
    expect(asked.out).toBe(piped.out);
    expect(piped.out).toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z$/m);
  });

  it('facts have no milliseconds on a terminal, and are never cut', async () => {
    expect((await on(40, 'describe', LONG)).out).toMatch(/T\d\d:\d\d:\d\dZ\n/);
    expect((await on(40, 'describe', LONG)).out).toContain(`parameter${LONG}`);
    expect((await on(undefined, 'describe', LONG)).out).toMatch(/\.\d{3}Z\n/);
  });
});

describe('what a terminal obeys', () => {
  it.each([
    ['get', '/s'],
    ['get', '/s', '/s'],
    ['list', '-d'],
    ['describe', '/s'],
    ['history', '/s', '-d'],
    ['export', '/', '--format', 'json'],
    ['get', '/s', '--json'],
    ['list', '-d', '--json'],
  ])('is escaped: %s %s %s', async (...words) => {
    const { code, out } = await on(100, ...words.filter((word) => word !== undefined));
    expect(code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it('forges no row, and goes into a pipe as it is', async () => {
    for (const words of [
      ['list', '-d'],
      ['describe', '/s'],
      ['history', '/s', '-d'],
    ])
      expect((await on(100, ...words)).out).not.toMatch(/^\/forged/m);
    expect((await on(undefined, 'get', '/s')).out).toBe(CONTROLS);
  });
});

it('a text in colour keeps that, and what a terminal obeys is escaped beside it', () => {
  const text = '\x1b[1mNAME\x1b[22m \x1b[31m\x1b[8mhidden\x1b[39m\x1b]0;title\x07';
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  expect(visibleInColour(terminal, text)).toBe(
    '\x1b[1mNAME\x1b[22m \x1b[31m\\u001b[8mhidden\x1b[39m\\u001b]0;title\\u0007',
  );
  expect(visibleInColour(new PassThrough(), text)).toBe(text);
});

describe('widths', () => {
  it('are those of the characters on a terminal', () => {
    expect(['abc', '秘密', 'e\u0301', '🔑', 'ｆ', ''].map(widthOf)).toEqual([3, 4, 1, 2, 2, 0]);
  });

  it('narrow the widest column first, and none below what can be read', () => {
    expect(fittedWidths([30, 10, 5], 49)).toEqual([30, 10, 5]);
    expect(fittedWidths([30, 10, 5], 48)).toEqual([29, 10, 5]);
    expect(fittedWidths([30, 20], 30)).toEqual([14, 14]);
    expect(fittedWidths([30, 20], 3)).toEqual([8, 8]);
  });

  it.each([
    ['abcdefgh', 8, 'abcdefgh'],
    ['abcdefghi', 8, 'abcd…ghi'],
    ['秘密秘密秘密', 8, '秘密…密'],
    ['ab', 1, '…'],
  ])('%s is cut to %i', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
    expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
  });
});
