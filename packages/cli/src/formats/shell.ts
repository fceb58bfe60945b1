/**
 * Commands for a POSIX shell, to be evaluated. Nothing means anything within single quotes; only they themselves have
 * to step out of them.
 * @module
 */

import { type Keyed, refuseValues, type Written } from './format.ts';

export function writeShell(entries: readonly Keyed[]): Written {
  const lost = entries.filter(({ value }) => value.includes('\0'));
  refuseValues(lost, 'A variable of a shell', ', which has a zero byte in it.');
  const lines = entries.map(({ variable, value }) => `export ${variable}='${value.replaceAll("'", "'\\''")}'\n`);
  return { text: lines.join('') };
}
