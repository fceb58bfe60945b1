/**
 * Paths as the system resolves them.
 *
 * Node's `join`, `resolve` and `relative` work on text: to them `link/../f` is `f`. To the system it is a file beside
 * the folder that the link leads to. So a path goes through here before any of them gets it.
 * @module
 */

import { realpathSync } from 'node:fs';
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { codeOf } from './codes.ts';

/** Codes of a system that finds nothing, or no symbolic link. */
const NO_LINK: readonly string[] = ['ENOENT', 'EINVAL', 'UNKNOWN'];

/**
 * Makes a path absolute, so that it does not change with the working directory. `..` after a name stays in it, for
 * {@link plainPath} or the system to resolve.
 */
export function absolutePath(path: string): string {
  // The working directory is a true path: `..` at the beginning of a relative one goes to the folder above it.
  if (isPlain(path)) return resolve(path);
  return isAbsolute(path) ? path : `${process.cwd()}/${path}`;
}

/**
 * Returns a path to the same place that text operations do not change: it has no `..` after a name. A path that is so
 * already is returned as it is, links included.
 *
 * @throws the system's error, such as `ENOENT`, where what precedes such a `..` is missing or not a folder.
 */
export function plainPath(path: string): string {
  if (isPlain(path)) return path;
  const names = path.split('/');
  const end = names.lastIndexOf('..') + 1;
  return [realpathSync.native(names.slice(0, end).join('/')), ...names.slice(end)].join('/');
}

/** Whether `..` comes at the beginning only. Windows itself resolves `..` in the text, before it looks at a link. */
function isPlain(path: string): boolean {
  // Every path comes this way. Checked without core, whose code every start of the command line would have to load.
  if (typeof path !== 'string')
    throw new TypeError(`path must be a string, not ${path === null ? 'null' : typeof path}.`);
  if (process.platform === 'win32') return true;
  const names = path.split('/');
  const last = names.lastIndexOf('..');
  return names.slice(0, last + 1).every((name) => name === '' || name === '.' || name === '..');
}

/**
 * Returns where a file is, or would be made, behind every symbolic link: two paths of one file have one true path.
 * Folders may be missing, and the file too, also if a link leads to it.
 *
 * @throws the system's error, such as `ELOOP` for links in a circle.
 */
export async function truePath(path: string): Promise<string> {
  const absolute = resolve(plainPath(path));
  try {
    return await realpath(absolute);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const [folder, target] = [dirname(absolute), await linkTarget(absolute)];
  if (target !== undefined) return truePath(isAbsolute(target) ? target : `${folder}/${target}`);
  return join(await truePath(folder), basename(absolute));
}

/** Returns where a symbolic link leads, as its text has it; `undefined` if there is no link. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (!NO_LINK.includes(codeOf(error))) throw error;
    return undefined;
  }
}
