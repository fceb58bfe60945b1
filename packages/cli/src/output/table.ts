/**
 * Rows in columns, for people.
 * @module
 */

import type { Colours } from './colour.ts';

/** Columns as wide as they must be, two spaces apart; no line ends in spaces. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], colour: Colours): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [colour.bold(line(headings)), ...rows.map(line)].join('\n');
}

/** `name: value` lines, the values in one column; what is undefined is left out. */
export function facts(rows: readonly (readonly [string, string | undefined])[], colour: Colours): string {
  const told = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(...told.map(([name]) => name.length));
  return told.map(([name, value]) => `${colour.bold(name.padEnd(width))}  ${value}`.trimEnd()).join('\n');
}
