/**
 * The files of an LMDB folder, as LMDB must find them.
 *
 * LMDB maps its files into memory: what it finds missing there, or has no room for, ends the process instead of being
 * an error. So both files are made, checked and given room here, with calls that only fail.
 * @module
 */

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@securestring/storage/paths';
import { damaged } from './failures.ts';
import { readNewestHead } from './heads.ts';
import { mapPages } from './pages.ts';

/** Of the lock file in bytes; its length decides how many may read at once: 64 bytes each. */
const LOCK_LENGTH = 65_536;
/** What a new data file takes at first, and more. */
const FIRST_ROOM = 131_072;
/** By how much a data file grows at least. */
const GROWTH = 1_048_576;
/** Room that is never taken from a disk, in bytes: a process that opens the folder makes some small files. */
const SPARE = 65_536;

/** The path of a folder's data file. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

/**
 * Makes the folder's files fit for LMDB to open, while no other process opens it. Once LMDB has, {@link filesAreMade}.
 * Throws what the file system answers.
 */
export function prepareFiles(folder: string): void {
  const [data, lock, making] = [dataFile(folder), join(folder, 'lock.mdb'), makingFile(folder)];
  for (const file of [data, lock]) makePrivate(file);
  if (statOf(lock) === undefined) makeLockFile(folder, lock);
  accessSync(lock, constants.R_OK | constants.W_OK);
  const length = statOf(data)?.size;
  if (length === undefined) writeFileSync(making, '', { mode: 0o600 });
  // LMDB would make an empty file a new one, as if there had never been an entry.
  if (length === 0 && statOf(making) === undefined) throw damaged();
  if ((length ?? 0) > 0) checkDataFile(data);
  else withTemporaryFile(folder, FIRST_ROOM, () => undefined);
}

/** Says that the data file is one of LMDB's: an empty one is damaged from now on. */
export function filesAreMade(folder: string): void {
  rmSync(makingFile(folder), { force: true });
}

/**
 * Makes the data file at least so long, with room on the disk for all of it. Appends only: what another process writes
 * at the same time comes before that, or on it.
 */
export async function makeRoom(folder: string, length: number): Promise<void> {
  const file = dataFile(folder);
  const missing = length - statSync(file).size;
  if (missing <= 0) return;
  const { bavail, bsize } = statfsSync(folder);
  const room = bavail * bsize - SPARE;
  if (room < missing) throw Object.assign(new Error('No room on the disk.'), { code: 'ENOSPC' });
  const handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
  try {
    await handle.appendFile(new Uint8Array(Math.min(Math.max(missing, GROWTH), room)));
  } finally {
    await handle.close();
  }
}

/** There while LMDB makes the data file, which is empty then, for the first time. */
function makingFile(folder: string): string {
  return join(folder, '.making');
}

/** LMDB makes its files so; this is for files that were copied. */
function makePrivate(file: string): void {
  const found = statOf(file);
  if (found !== undefined && (found.mode & 0o077) !== 0 && found.uid === process.geteuid?.()) chmodSync(file, 0o600);
}

/**
 * Makes the lock file by a link, so that it appears whole, and never in the place of one that is in use. Only LMDB may
 * open it: closing it would free this process's locks on it. fcntl(2), "Record locks".
 */
function makeLockFile(folder: string, lock: string): void {
  withTemporaryFile(folder, LOCK_LENGTH, (temporary) => {
    try {
      linkSync(temporary, lock);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
}

function withTemporaryFile(folder: string, length: number, use: (file: string) => void): void {
  const file = join(folder, `.${process.pid}.${crypto.randomUUID()}.tmp`);
  try {
    writeFileSync(file, new Uint8Array(length), { flag: 'wx', mode: 0o600 });
    use(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Both heads of the data file must be LMDB's, and all pages must be there. The last ones may be missing, where they
 * were never used; zeros stand for them, which LMDB does not take for pages of its own.
 */
function checkDataFile(file: string): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_APPEND);
  try {
    const { pages, pageSize } = readNewestHead(descriptor);
    const missing = pages * pageSize - fstatSync(descriptor).size;
    if (missing > GROWTH) throw damaged();
    if (missing > 0) writeFileSync(descriptor, new Uint8Array(missing));
    mapPages(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
