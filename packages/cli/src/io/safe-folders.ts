/**
 * Whether a folder can be this user's alone: who may write to one of the folders above can put another into its place.
 * @module
 */

import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

/** A path, and what is wrong with it. */
export interface Unsafe {
  readonly path: string;
  readonly what: string;
}

const ROOT = 0;
const STICKY = 0o1000;
const WRITE_OF_OTHERS = 0o022;

/**
 * Looks at every folder above one, by its path and with all links resolved. Those that are not there yet are passed
 * over. Windows has no such rights.
 *
 * @returns the first folder that another user than this one and root owns, or that others may change.
 */
export function unsafeAbove(folder: string): Unsafe | undefined {
  const self = process.geteuid?.();
  if (self === undefined) return undefined;
  const paths = above(folder);
  const nearest = paths.findLast((path) => stateOf(path) !== undefined) ?? '/';
  const real = join(realpathSync(nearest), 'x');
  for (const path of new Set([...paths, ...above(real)])) {
    const what = whatIsWrong(stateOf(path), self);
    if (what !== undefined) return { path, what };
  }
  return undefined;
}

/** All folders above a path, the outermost first. */
function above(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...above(parent), parent];
}

function stateOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function whatIsWrong(found: Stats | undefined, self: number): string | undefined {
  if (found === undefined) return undefined;
  if (found.uid !== ROOT && found.uid !== self) return `belongs to user ${found.uid}`;
  // What a link leads to is asked by itself. In a sticky folder, others cannot replace what is not theirs.
  if (found.isSymbolicLink() || (found.mode & STICKY) !== 0) return undefined;
  return (found.mode & WRITE_OF_OTHERS) === 0 ? undefined : 'can be changed by others';
}
