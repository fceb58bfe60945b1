/**
 * Rows in columns, for people. Cells may hold text of strangers: it is escaped, so that it forges no row. On a terminal
 * a row fits into a line.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Colours } from './colour.ts';
import { cut, fittedWidths, shortMoment, widthOf } from './width.ts';

/** A text, or one with its colour. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** A cell as it is shown. */
interface ShownCell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** Columns as wide as they must be, two spaces apart; no line ends in spaces. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], colour: Colours): string {
  const { columns } = colour;
  const width = columns === undefined ? (text: string) => text.length : widthOf;
  const lines = [headings, ...rows].map((row) => row.map((cell) => shownCell(cell, colour)));
  const natural = headings.map((_, i) => Math.max(...lines.map((line) => width(line[i]?.text ?? ''))));
  const widths = columns === undefined ? natural : fittedWidths(natural, columns);
  const [first = '', ...others] = lines.map((line) =>
    line
      .map(({ text, paint }, i) => {
        const most = widths[i] ?? 0;
        const whole = columns === undefined ? text : cut(text, most);
        return paint(whole) + ' '.repeat(Math.max(0, most - width(whole)));
      })
      .join('  ')
      .trimEnd(),
  );
  return [colour.bold(first), ...others].join('\n');
}

/** `name: value` lines, the values in one column; what is undefined is left out. */
export function facts(rows: readonly (readonly [string, Cell | undefined])[], colour: Colours): string {
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [[shown(name), shownCell(value, colour)] as const],
  );
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines
    .map(([name, { text, paint }]) => `${colour.bold(name.padEnd(width))}  ${paint(text)}`.trimEnd())
    .join('\n');
}

function shownCell(cell: Cell, { columns }: Colours): ShownCell {
  const { text, paint } = typeof cell === 'string' ? { text: cell, paint: (whole: string) => whole } : cell;
  return { text: shown(columns === undefined ? text : shortMoment(text)), paint };
}
