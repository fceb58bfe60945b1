/**
 * Rows in columns, for people. Cells may hold text of strangers: it is escaped, so that it forges no row.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Colours } from './colour.ts';

/** A text, or one with its colour. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** Columns as wide as they must be, two spaces apart; no line ends in spaces. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], colour: Colours): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => textOf(row[i]).length)));
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, i) => painted(cell) + ' '.repeat(Math.max(0, (widths[i] ?? 0) - textOf(cell).length)))
      .join('  ')
      .trimEnd();
  return [colour.bold(line(headings)), ...rows.map(line)].join('\n');
}

function textOf(cell: Cell = ''): string {
  return shown(typeof cell === 'string' ? cell : cell.text);
}

function painted(cell: Cell): string {
  return typeof cell === 'string' ? shown(cell) : cell.paint(shown(cell.text));
}

/** `name: value` lines, the values in one column; what is undefined is left out. */
export function facts(rows: readonly (readonly [string, Cell | undefined])[], colour: Colours): string {
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [[shown(name), painted(value)] as const]));
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${colour.bold(name.padEnd(width))}  ${value}`.trimEnd()).join('\n');
}
