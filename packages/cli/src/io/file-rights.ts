/**
 * What is asked of a file before it is used.
 * @module
 */

import { stat } from 'node:fs/promises';

/** Rights of the group and of others. */
const NOT_THE_OWNER = 0o077;

/** Whether others than its owner have any right to it. Windows has no such rights. */
export function isOpenToOthers({ mode }: { readonly mode: number }): boolean {
  return process.platform !== 'win32' && (mode & NOT_THE_OWNER) !== 0;
}

/** Whether there is such a file. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    // Not there, or not to be reached: either way it is of no use.
    return false;
  }
}
