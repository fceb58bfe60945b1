/**
 * Keys of the entries in the storage. A space sorts before every character of a name, and `~` after it, so that the
 * entries of a parameter, and those below a path, follow one another.
 *
 *     p/NAME              the parameter's head, with its current version
 *     v/NAME VERSION      an older version; 8 hexadecimal digits
 *     l/NAME GROUP        labels, and the versions that they are on: one entry for every fourth version, from 0 to 3
 *     t/NAME              tags
 *     d/TIME/NAME         a parameter whose policies have something to do then; 16 digits, ms
 *     counts, settings
 *     seal                names the storage, for the seals of all entries
 *
 * @module
 */

export const COUNTS_KEY = 'counts';
export const SETTINGS_KEY = 'settings';
export const THROUGHPUT_KEY = 'throughput';
export const SEAL_KEY = 'seal';
export const HEADS = 'p/';
export const DUE = 'd/';

const VERSION_DIGITS = 8;
const TIME_DIGITS = 16;
const LABEL_GROUPS = 4;

/** Builds the key of a head. `path` is a name with its slash in front, here and below. */
export function headKey(path: string): string {
  return `p${path}`;
}

/** A head's key, or a key behind a sub-tree of heads. */
export const HEAD_POSITION: RegExp = /^p\/[a-zA-Z0-9_./-]{0,1020}~?$/;

/** Returns the path in a head's key. */
export function pathOfHead(key: string): string {
  return key.slice(1);
}

/** Builds the key of an older version. */
export function versionKey(path: string, version: number): string {
  return `${versionsPrefix(path)}${version.toString(16).padStart(VERSION_DIGITS, '0')}`;
}

/** Builds the beginning of the keys of older versions. */
export function versionsPrefix(path: string): string {
  return `v${path} `;
}

/** Builds the key of the labels of a version. A parameter may have a thousand labels, too many for one entry. */
export function labelsKey(path: string, version: number): string {
  return `${labelsPrefix(path)}${version % LABEL_GROUPS}`;
}

/** Builds the beginning of the keys of labels. */
export function labelsPrefix(path: string): string {
  return `l${path} `;
}

/** Builds the key of the tags. */
export function tagsKey(path: string): string {
  return `t${path}`;
}

/** Builds the key that says when policies are due. */
export function dueKey(path: string, time: number): string {
  return `${DUE}${String(time).padStart(TIME_DIGITS, '0')}${path}`;
}

/** Parses a key of {@link dueKey}. */
export function parseDueKey(key: string): { readonly time: number; readonly path: string } {
  const split = DUE.length + TIME_DIGITS;
  return { time: Number(key.slice(DUE.length, split)), path: key.slice(split) };
}

/** Returns a key behind all that begin with `prefix`, and before all others that follow. */
export function behind(prefix: string): string {
  return `${prefix}~`;
}
