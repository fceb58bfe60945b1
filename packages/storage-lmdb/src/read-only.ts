/**
 * Reading an LMDB folder in which this process may not write: on a read-only disk, or of another user.
 *
 * LMDB's readers announce in its lock file what they read. A process that may not write cannot, so a writer elsewhere
 * does not know of it, and the pages are read without LMDB (`page-reader.ts`). A writer overwrites pages of snapshot N
 * in commit N + 3 at the earliest: commit N + 1 gives them up, and a commit takes what was given up before the last one
 * (mdb.c, mdb_page_alloc). So a reader that reads snapshot N, and finds commit N + 1 or an earlier one at the head of
 * the file afterwards, has read what was committed. Else it reads again.
 * @module
 */

import { accessSync, closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '@securestring/storage/paths';
import type { DatabaseName, ReadableEntries } from './databases.ts';
import { damaged } from './failures.ts';
import { dataFile } from './files.ts';
import { isSameHead, readNewestHead } from './heads.ts';
import { entriesFrom, findEntry, type Snapshot, snapshotOf, visitEntries } from './page-reader.ts';
import { mapPages } from './pages.ts';

/** Those of a folder, to be read. */
type Databases = Readonly<Record<DatabaseName, ReadableEntries>>;

/** Codes that a system answers if a process may not write. */
const FORBIDDEN = ['EROFS', 'EACCES', 'EPERM'];
/** Most attempts at one reading, each of them overtaken by three commits. */
const MAX_ATTEMPTS = 100;

/** What the system answers to a process that would write in a folder with data; `undefined` if it may. */
export function whyReadOnly(folder: string): Error | undefined {
  const data = dataFile(folder);
  if (statSync(data, { throwIfNoEntry: false }) === undefined) return undefined;
  for (const path of [folder, data, join(folder, 'lock.mdb')]) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      const code = codeOf(error);
      if (FORBIDDEN.includes(code)) return error as Error;
      // A process that may write makes a missing lock file.
      if (code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** Makes what reads the databases of a folder without LMDB, each time at the newest moment. */
export function readOnlyDatabases(folder: string): Databases {
  const now = <Result>(use: (snapshot: Snapshot) => Result) => withDataFile(folder, (file) => use(snapshotOf(file)));
  return databasesOf(now);
}

/** The databases that are read where `lend` says. */
function databasesOf(lend: <Result>(use: (snapshot: Snapshot) => Result) => Result): Databases {
  const database = (name: DatabaseName): ReadableEntries => ({
    getEntry: (key) => lend((snapshot) => findEntry(snapshot, name, key)),
    getRange: (range) => lend((snapshot) => [...entriesFrom(snapshot, name, range)]),
    visit: (range, see) => lend((snapshot) => visitEntries(snapshot, name, range, see)),
  });
  return { parameters: database('parameters'), keystore: database('keystore') };
}

/** Throws where LMDB could not map all pages of a folder's data file, or not follow them. */
export function checkReadable(folder: string): void {
  withDataFile(folder, (descriptor) => {
    const { pages, pageSize } = readNewestHead(descriptor);
    if (pages * pageSize > fstatSync(descriptor).size) throw damaged();
    readUndisturbed(folder, () => mapPages(descriptor));
  });
}

/** Reads one snapshot with `look`, and reads again where commits elsewhere may have overwritten it meanwhile. */
export function readUndisturbed<Result>(folder: string, look: () => Result): Result {
  for (let attempts = 1; ; attempts++) {
    const commit = newestCommit(folder);
    const outcome = tryTo(look);
    if (newestCommit(folder) <= commit + 1) return outcome();
    // What was overwritten may look damaged, too.
    if (attempts === MAX_ATTEMPTS) throw overtaken();
  }
}

/** A function that returns, or throws, what `work` did. */
function tryTo<Result>(work: () => Result): () => Result {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    // Thrown by the returned function.
    return () => {
      throw error;
    };
  }
}

/** What a {@link PlaceReader} says of a folder that it does not read. */
export const NOT_READ: unique symbol = Symbol('not read');
/** Attempts at reading without LMDB, each of them overtaken by a commit, before LMDB is asked. */
const FEW_ATTEMPTS = 3;

/** Reads snapshots without LMDB, of a folder in which this process may also write. */
export interface PlaceReader {
  /**
   * Reads one snapshot. One that a commit replaces meanwhile does not count: LMDB can still be asked where there is
   * nothing yet, or where others commit all the time.
   */
  read<Result>(look: (databases: Databases) => Result): Result | typeof NOT_READ;
  close(): void;
}

/** What a {@link PlaceReader} has open: as long as nothing is committed, what it read is read no more. */
interface OpenPlace {
  readonly descriptor: number;
  /** The file's device and inode: another file may have come into its place. */
  readonly identity: string;
  snapshot: Snapshot;
}

export function placeReader(folder: string): PlaceReader {
  let place: OpenPlace | undefined;
  const close = () => {
    if (place !== undefined) closeSync(place.descriptor);
    place = undefined;
  };
  return {
    read: (look) => {
      const found = statSync(dataFile(folder), { throwIfNoEntry: false });
      // What has no bytes is in the making, or damaged.
      if (found === undefined || found.size === 0) return NOT_READ;
      const identity = `${found.dev}:${found.ino}`;
      if (place?.identity !== identity) {
        close();
        place = openPlace(folder, identity);
      }
      return readFrom(place, look);
    },
    close,
  };
}

function openPlace(folder: string, identity: string): OpenPlace {
  const descriptor = openSync(dataFile(folder), constants.O_RDONLY);
  try {
    return { descriptor, identity, snapshot: snapshotOf(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function readFrom<Result>(place: OpenPlace, look: (databases: Databases) => Result): Result | typeof NOT_READ {
  for (let attempts = 0; attempts < FEW_ATTEMPTS; attempts++) {
    const { snapshot } = place;
    const outcome = tryTo(() => look(databasesOf((use) => use(snapshot))));
    const now = snapshotOf(place.descriptor);
    if (isSameHead(now.head, snapshot.head)) return outcome();
    place.snapshot = now;
  }
  return NOT_READ;
}

function newestCommit(folder: string): number {
  return withDataFile(folder, (descriptor) => readNewestHead(descriptor).commit);
}

function withDataFile<Result>(folder: string, use: (descriptor: number) => Result): Result {
  const descriptor = openSync(dataFile(folder), constants.O_RDONLY);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function overtaken(): Error {
  return new Error(
    `others committed to it again and again while it was read, ${MAX_ATTEMPTS} times, and without write access a reader cannot make them wait. Try again when less is written`,
  );
}
