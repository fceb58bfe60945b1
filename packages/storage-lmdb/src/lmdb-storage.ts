/**
 * Parameters in an LMDB folder: many entries, several processes, no server.
 * @module
 */

import {
  checkKey,
  checkRequest,
  type EntryStorage,
  type EntryVisitor,
  type ListRequest,
  LOCAL_BOUNDS,
  StorageError,
  type StoredEntry,
  takeChanges,
} from '@securestring/storage';
import { explainFailure, isDamage } from './failures.ts';
import type { LmdbOptions } from './options.ts';
import { ownBytes, type Session, session } from './session.ts';

/** Longest wait for processes that read an older state, in ms. */
const PATIENCE = 10_000;

/**
 * Makes a storage of entries in the LMDB folder `path`, which is made if it is missing; the folder above must exist.
 * Processes of one machine may share it, and so may storages, {@link lmdbKeystoreStorage} too, within a process. The
 * folder is opened by the first call, or with `lazy` by the first change, and kept open until `close`; an open one does
 * not keep a process from ending.
 *
 * A commit that has resolved is on the disk (`fdatasync`, then a synchronous write of the head), before any reader sees
 * it. Reading never waits. A writer that was killed leaves nothing behind, and its lock is free at once. New folders
 * have mode 0700, and the files 0600. Needs a local disk, not a network one, and 64 bits.
 *
 * @throws `TypeError` if `path` is not a text, or empty. The storage itself throws `StorageError`
 *   (`STORAGE_FAILED`, `STORAGE_DAMAGED`, `STORAGE_CONFLICT`), a parameter store over it `ParameterStoreError` with the
 *   same code.
 */
export function lmdbStorage(
  path: string,
  options?: LmdbOptions,
): EntryStorage & Required<Pick<EntryStorage, 'bounds'>> {
  const entries = session(path, 'parameters', options);
  const explained = <Result>(what: string, work: () => Promise<Result>) => explain(what, entries, work);
  return {
    bounds: LOCAL_BOUNDS,
    get: (key) =>
      explained('read', async () => {
        checkKey(key);
        const found = await entries.read((database) => database.getEntry(Buffer.from(key, 'latin1')));
        return found && stored(key, found);
      }),
    list: (request) =>
      explained('read', async () => {
        checkRequest(request);
        return listEntries(entries, request);
      }),
    visit: (request, begin) =>
      explained('read', async () => {
        checkRequest(request);
        await visitEntries(entries, request, begin);
      }),
    commit: (changes) =>
      explained('written', async () => {
        const taken = takeChanges(changes, LOCAL_BOUNDS);
        if (taken.length > 0) await entries.commit(taken);
      }),
    eraseOlder: () => explained('erased', () => entries.erase(PATIENCE, () => undefined)),
    close: () => explained('closed', entries.close),
  };
}

/** The part of the database that a request is about. */
function rangeOf({ prefix, after, limit }: ListRequest) {
  const start = after !== undefined && after >= prefix ? `${after}\0` : prefix;
  return {
    ...(start === '' ? {} : { start: Buffer.from(start, 'latin1') }),
    ...(prefix === '' ? {} : { end: Buffer.from(behind(prefix), 'latin1') }),
    ...(limit === undefined ? {} : { limit }),
    versions: true as const,
  };
}

/** Lists in one go, so that all of it is of one moment. */
function listEntries(entries: Session, request: ListRequest): Promise<readonly StoredEntry[]> {
  const range = rangeOf(request);
  return entries.read((database) => {
    const found: StoredEntry[] = [];
    for (const entry of database.getRange(range)) found.push(stored(Buffer.from(entry.key).toString('latin1'), entry));
    return found;
  });
}

function visitEntries(entries: Session, request: ListRequest, begin: () => EntryVisitor): Promise<void> {
  const range = rangeOf(request);
  return entries.read((database) => {
    const see = begin();
    if (database.visit !== undefined) return database.visit(range, see);
    for (const { key, value } of database.getRange(range)) see(Buffer.from(key).toString('latin1'), value);
  });
}

/** Returns the first text that comes after all that begin with this one, whose last character is printable ASCII. */
function behind(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function stored(key: string, { value, version }: { value: Uint8Array; version?: number }): StoredEntry {
  return { key, value: ownBytes(value), version: version ?? 0 };
}

async function explain<Result>(what: string, { folder }: Session, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // A refusal of our own, misuse, or what the file system or LMDB answers.
    if (error instanceof StorageError || error instanceof TypeError || error instanceof RangeError) throw error;
    throw new StorageError(
      isDamage(error) ? 'STORAGE_DAMAGED' : 'STORAGE_FAILED',
      `The parameter storage ${folder} cannot be ${what}: ${explainFailure(error, folder)}`,
      { cause: error },
    );
  }
}
