/**
 * Colour on a terminal, and nowhere else: https://no-color.org, and `--no-color`.
 * @module
 */

import pico from 'picocolors';
import type { Terminal } from './terminal.ts';

export type Colours = ReturnType<typeof pico.createColors> & {
  /** Columns of the terminal that tables are fitted to. Without it, they are as wide as they must be. */
  readonly columns?: number;
};

export function colours(stream: { readonly isTTY?: boolean }, env: Terminal['env'], wanted = true): Colours {
  const refused = !wanted || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return pico.createColors(stream.isTTY === true && !refused);
}

/** The same of a terminal, with its width; one that does not know its width takes every row. */
export function fitting(colour: Colours, stream: { readonly isTTY?: boolean; readonly columns?: number }): Colours {
  if (stream.isTTY !== true) return colour;
  return { ...colour, columns: stream.columns || Number.POSITIVE_INFINITY };
}
