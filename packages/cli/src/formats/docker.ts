/**
 * `docker run --env-file`: a line is a variable up to `=`, and all behind it is the value, quotes and spaces too.
 * @module
 */

import { type Entry, type Keyed, lineRefused, namedOnce, refuseValues, type Written } from './format.ts';

/** Docker's reader takes no longer line, in bytes. */
const MAX_LINE_LENGTH = 65_535;

/** Writes `NAME=value` lines. */
export function writeDocker(entries: readonly Keyed[]): Written {
  const what = 'A file for docker --env-file';
  const broken = entries.filter(({ value }) => /[\n\r\0]/.test(value));
  refuseValues(broken, what, ', which has a line end, a carriage return or a zero byte in it.');
  const lines = entries.map(({ variable, value }) => `${variable}=${value}\n`);
  const long = entries.filter((_, at) => Buffer.byteLength(lines[at] ?? '') > MAX_LINE_LENGTH);
  refuseValues(long, what, ': Docker takes no line of more than 64 KiB.');
  return { text: lines.join('') };
}

/** Reads lines as Docker does. A line without `=` would take its value from Docker's own environment. */
export function readDocker(text: string, file: string): readonly Entry[] {
  const entries: Entry[] = [];
  const once = namedOnce(file);
  for (const [at, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([^\s=]+)=(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) throw lineRefused(file, at + 1, 'is not NAME=VALUE.');
    if (value.includes('\r')) throw lineRefused(file, at + 1, 'has a carriage return in it.');
    once(name, at + 1);
    entries.push([name, value]);
  }
  return entries;
}
