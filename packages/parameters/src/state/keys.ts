/**
 * Keys of the entries in the storage. A space comes before every character of a name, and `~` behind, so that the
 * entries of a parameter, and those below a path, stand together.
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

/** `path` is a name with its slash in front, here and below. */
export function headKey(path: string): string {
  return `p${path}`;
}

/** A head's key, or one behind a sub-tree of them. */
export const HEAD_POSITION: RegExp = /^p\/[a-zA-Z0-9_./-]{0,1020}~?$/;

/** The name with its slash in front, of a head's key. */
export function pathOfHead(key: string): string {
  return key.slice(1);
}

export function versionKey(path: string, version: number): string {
  return `${versionsPrefix(path)}${version.toString(16).padStart(VERSION_DIGITS, '0')}`;
}

export function versionsPrefix(path: string): string {
  return `v${path} `;
}

/** A thousand labels, as many as there may be, are too many for one entry. */
export function labelsKey(path: string, version: number): string {
  return `${labelsPrefix(path)}${version % LABEL_GROUPS}`;
}

export function labelsPrefix(path: string): string {
  return `l${path} `;
}

export function tagsKey(path: string): string {
  return `t${path}`;
}

export function dueKey(path: string, time: number): string {
  return `${DUE}${String(time).padStart(TIME_DIGITS, '0')}${path}`;
}

/** What a key of {@link dueKey} was made of. */
export function readDueKey(key: string): { readonly time: number; readonly path: string } {
  const split = DUE.length + TIME_DIGITS;
  return { time: Number(key.slice(DUE.length, split)), path: key.slice(split) };
}

/** A key behind all that begin with `prefix`, and before all others that follow. */
export function behind(prefix: string): string {
  return `${prefix}~`;
}
