/**
 * Rows in columns, for people.
 * @module
 */

import { stripVTControlCharacters } from 'node:util';
import type { Colours } from './colour.ts';

/** Columns as wide as they must be, two spaces apart; no line ends in spaces. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], colour: Colours): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => shownLength(row[i]))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - shownLength(cell))))
      .join('  ')
      .trimEnd();
  return [colour.bold(line(headings)), ...rows.map(line)].join('\n');
}

/** Without its colours. */
function shownLength(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}

/** `name: value` lines, the values in one column; what is undefined is left out. */
export function facts(rows: readonly (readonly [string, string | undefined])[], colour: Colours): string {
  const told = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(...told.map(([name]) => name.length));
  return told.map(([name, value]) => `${colour.bold(name.padEnd(width))}  ${value}`.trimEnd()).join('\n');
}
