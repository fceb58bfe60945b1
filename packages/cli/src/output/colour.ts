/**
 * Colour on a terminal, and nowhere else: https://no-color.org, and `--no-color`.
 * @module
 */

import pico from 'picocolors';
import type { Terminal } from './terminal.ts';

export type Colours = ReturnType<typeof pico.createColors>;

export function colours(stream: { readonly isTTY?: boolean }, env: Terminal['env'], wanted = true): Colours {
  const refused = !wanted || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return pico.createColors(stream.isTTY === true && !refused);
}
