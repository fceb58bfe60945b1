/**
 * Folders that are made for their owner alone, and last.
 * @module
 */

import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './codes.ts';

/** Rights of a folder: its owner's alone. */
const PRIVATE = 0o700;
/** Codes of a system that cannot write a folder to its disk apart from its files. */
const NO_FOLDER_SYNC: readonly string[] = ['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES'];

/**
 * Makes a folder and those above it that are missing, as {@link makeFolder} does. (Node's recursive `mkdir` never
 * returns if the system answers ENOENT in a folder that is there, as it does in `/proc`.)
 *
 * @param folder a path without `..` after a name: `plainPath` makes one.
 */
export function makeFolders(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const above = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || above === folder) throw error;
    // Another process may have made the folder above meanwhile. Where it was there before, the second try fails alike.
    if (!isFolder(above)) makeFolders(above);
    makeFolder(folder);
  }
}

/**
 * Makes a folder with mode 0700 under every umask, durably. A folder that is there keeps its rights.
 *
 * @throws the system's error: `ENOENT` if the folder above is missing, `ENOTDIR` if the name is not a folder's.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, PRIVATE);
  } catch (error) {
    // In a folder that is read-only, some systems answer EROFS or EACCES for a name that is there.
    if (isFolder(folder)) return;
    if (codeOf(error) !== 'EEXIST') throw error;
    throw Object.assign(new Error(`ENOTDIR: ${folder} is not a folder`, { cause: error }), { code: 'ENOTDIR' });
  }
  // A umask takes rights away from the mode, and never adds any.
  chmodSync(folder, PRIVATE);
  syncFolderSync(dirname(folder));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Missing, or out of reach: the error of the making says why.
    return false;
  }
}

/** Makes the names in a folder outlive a power failure, if the system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    requireNoSync(error);
  }
}

/** Does the same synchronously. */
export function syncFolderSync(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    requireNoSync(error);
  }
}

/** Passes a system that cannot do it: there, a name is as durable as the system makes it. */
function requireNoSync(error: unknown): void {
  if (!NO_FOLDER_SYNC.includes(codeOf(error))) throw error;
}
