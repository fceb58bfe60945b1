/**
 * One storage's use of an environment: opened by the first call, or by the first change, until it is closed.
 * @module
 */

import { storageClosed } from '@securestring/storage';
import { absolutePath, plainPath } from '@securestring/storage/paths';
import type { PlacedChange } from './commits.ts';
import type { DatabaseName, Entries, ReadableEntries } from './databases.ts';
import { type Environment, shareEnvironment } from './environment.ts';
import { eraseUnused } from './erase.ts';
import type { LmdbOptions } from './options.ts';
import { NOT_READ, type PlaceReader, placeReader, readUndisturbed } from './read-only.ts';

export interface Session {
  readonly folder: string;
  /** Reads, without a pause, what was committed last. Throws what the file system or LMDB answers. */
  read<Result>(work: (entries: ReadableEntries) => Result): Promise<Result>;
  /** Throws `STORAGE_CONFLICT`, or what the file system or LMDB answers. */
  commit(changes: readonly PlacedChange[]): Promise<void>;
  /**
   * Overwrites all that the folder's data file holds beside its entries, and returns what `look` sees of these
   * meanwhile. Throws `STORAGE_BUSY` if another process reads an older state for longer than `patience`, in ms; and
   * what the file system or LMDB answers.
   */
  erase<Seen>(patience: number, look: (entries: ReadableEntries) => Seen): Promise<Seen>;
  /** Closes once its commits are done. */
  close(): Promise<void>;
}

/** Reads what was committed last. */
function readNow<Result>(entries: Entries, work: (entries: ReadableEntries) => Result): Result {
  // A moment that was fixed by an earlier call of the same turn would be too old.
  entries.resetReadTxn();
  return work(entries);
}

export function session(path: string, database: DatabaseName, { lazy = false }: LmdbOptions = {}): Session {
  if (typeof path !== 'string' || path === '') throw new TypeError('path must be the path of the storage folder.');
  // Not to change with the working directory.
  let folder = absolutePath(path);
  let environment: Promise<Environment> | undefined;
  let closing: Promise<void> | undefined;
  let reader: PlaceReader | undefined;
  const running = new Set<Promise<unknown>>();
  const opened = async () => {
    // Once: what is open stays so, wherever a link leads later. The names of files are joined to this path as text.
    folder = plainPath(folder);
    reader?.close();
    environment ??= shareEnvironment(folder).catch((error: unknown) => {
      // The next call tries again.
      environment = undefined;
      throw error;
    });
    return environment;
  };
  const call = async <Result>(work: (environment: Environment) => Promise<Result>): Promise<Result> => {
    if (closing !== undefined) throw storageClosed();
    const done = opened().then(work);
    running.add(done);
    try {
      return await done;
    } finally {
      running.delete(done);
    }
  };
  return {
    get folder() {
      return folder;
    },
    read: async (work) => {
      if (lazy && environment === undefined && closing === undefined) {
        folder = plainPath(folder);
        reader ??= placeReader(folder);
        const found = reader.read((databases) => work(databases[database]));
        if (found !== NOT_READ) return found;
      }
      return call(readWith(folder, database, work));
    },
    erase: (patience, look) => call(eraseWith(folder, database, patience, look)),
    commit: (changes) => call(({ commits }) => commits.commit(database, changes)),
    close: () => {
      reader?.close();
      closing ??= Promise.allSettled(running).then(async () => (await environment)?.release());
      return closing;
    },
  };
}

function eraseWith<Seen>(
  folder: string,
  database: DatabaseName,
  patience: number,
  look: (entries: ReadableEntries) => Seen,
) {
  return async ({ use }: Environment): Promise<Seen> => {
    const open = await use();
    if (open.readOnly !== undefined) throw open.readOnly;
    return eraseUnused(folder, open.root, patience, () => readNow(open.databases[database], look));
  };
}

function readWith<Result>(folder: string, database: DatabaseName, work: (entries: ReadableEntries) => Result) {
  return async ({ use }: Environment): Promise<Result> => {
    const open = await use();
    if (open.readOnly === undefined) return readNow(open.databases[database], work);
    return readUndisturbed(folder, () => work(open.databases[database]));
  };
}

/** Returns what LMDB gave as an array that owns its whole buffer; without a copy, if it does already. */
export function ownBytes(found: Uint8Array): Uint8Array {
  return found.buffer.byteLength === found.length ? new Uint8Array(found.buffer) : new Uint8Array(found);
}
