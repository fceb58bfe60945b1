/**
 * The way to the storage: reads, and the one way to change it. A change reads, decides, and commits if no other writer
 * was faster; else it begins again.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import {
  type Change,
  DEFAULT_BOUNDS,
  type EntryVisitor,
  isConflict,
  type ListRequest,
  StorageError,
  type StoredEntry,
  untilCommitted,
} from '@securestring/storage';
import type { SealedStorage } from './entries/sealed-storage.ts';
import { ParameterStoreError, SsmError } from './errors.ts';
import type { Codec } from './state/codec.ts';
import { type Reads, Transaction } from './transaction.ts';

/**
 * A function that decides on a change. It may run several times, so all that it does outside the transaction must be
 * repeatable.
 */
export type Edit<Result> = (transaction: Transaction) => Promise<Result>;

/** The entries of a parameter store. */
export class EntryStore {
  readonly #storage: SealedStorage;
  readonly #clock: () => number;
  readonly #reads: Reads;
  /** Records of entries. A key's entries have one codec, so an entry has one record. */
  readonly #records = new WeakMap<StoredEntry, unknown>();
  /** Calls that `close` waits for. */
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;
  /** The end of the queue of changes that met a conflict: they run one by one, so that they do not conflict again. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(storage: SealedStorage, clock: () => number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#reads = {
      get: (key) => fromStorage(() => storage.get(key)),
      list: (request) => fromStorage(() => storage.list(request)),
    };
  }

  /** Most entries that one commit changes. */
  get maxChanges(): number {
    return (this.#storage.bounds ?? DEFAULT_BOUNDS).changes;
  }

  /** Returns the clock's time in whole milliseconds. */
  now(): number {
    const now = Math.floor(this.#clock());
    if (Number.isNaN(new Date(now).getTime())) {
      throw new RangeError(`clock must return milliseconds since 1970, as Date.now does, not ${now}.`);
    }
    return now;
  }

  /** Reads an entry as the storage has it. */
  getEntry(key: string): Promise<StoredEntry | undefined> {
    return this.#reads.get(key);
  }

  /** Reads the record of an entry. An entry that is the same object as before has the same record. */
  async get<Record>(key: string, codec: Codec<Record>): Promise<Record | undefined> {
    const entry = await this.getEntry(key);
    if (entry === undefined) return undefined;
    const known = this.#records.get(entry);
    if (known !== undefined) return known as Record;
    const record = codec.decode(entry.value, key);
    this.#records.set(entry, record);
    return record;
  }

  /** Lists entries as the storage has them. */
  async list(request: ListRequest): Promise<readonly StoredEntry[]> {
    return this.#reads.list(request);
  }

  /** Shows entries one after the other: see {@link SealedStorage.visit}. */
  visit(prefix: string, begin: () => EntryVisitor): Promise<void> {
    return fromStorage(() => this.#storage.visit({ prefix }, begin));
  }

  /**
   * Commits what `edit` decides on, and runs it again if another writer was faster.
   *
   * @throws the errors of `edit`; `SsmError` (`TooManyUpdates`); `ParameterStoreError` (`STORAGE_FAILED`,
   *   `STORAGE_BUSY`).
   */
  async change<Result>(edit: Edit<Result>): Promise<Result> {
    const first = await this.#attempt(edit);
    if (first !== undefined) return first.result;
    const retried = this.#tail.then(() => untilCommitted(() => this.#attempt(edit), tooManyUpdates, 1));
    // The caller of this change gets its failure. The next change in the queue runs all the same.
    this.#tail = retried.catch(() => undefined);
    return retried;
  }

  /**
   * Does what {@link EntryStore.change} does, for an operation that only reads. If this process may not write the
   * storage, returns the result of `edit` without the commit.
   */
  async changeIfAllowed<Result>(edit: Edit<Result>): Promise<Result> {
    try {
      return await this.change(edit);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      // The next process that may write commits this, and publishes its events.
      return this.preview(edit);
    }
  }

  /** Returns what `edit` decides on, and commits nothing. */
  preview<Result>(edit: Edit<Result>): Promise<Result> {
    return edit(new Transaction(this.#reads, this.now()));
  }

  /** Runs an operation, unless the store was closed. */
  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.#closed !== undefined) {
      throw new ParameterStoreError('STORE_CLOSED', 'The parameter store was closed. Open it again.');
    }
    const running = operation();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Refuses all later calls, waits for the running ones, and closes the storage. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled([...this.#running]).then(() => fromStorage(() => this.#storage.close()));
    return this.#closed;
  }

  async #attempt<Result>(edit: Edit<Result>): Promise<{ readonly result: Result } | undefined> {
    const transaction = new Transaction(this.#reads, this.now());
    const result = await edit(transaction);
    if (!(await this.#commit(transaction.changes()))) return undefined;
    transaction.committed();
    return { result };
  }

  /** Returns false if another writer was faster. */
  async #commit(changes: readonly Change[]): Promise<boolean> {
    if (changes.length === 0) return true;
    try {
      await fromStorage(() => this.#storage.commit(changes));
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }
}

/** Codes of a file system for a process that may not write. */
const FORBIDDEN = ['EROFS', 'EACCES', 'EPERM'];

function isForbidden(error: unknown): boolean {
  if (!(error instanceof SecureStringError) || error.code !== 'STORAGE_FAILED') return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && FORBIDDEN.includes(String(cause.code));
}

/** Makes the error of a change that other writers were faster than again and again. */
export function tooManyUpdates(): SsmError {
  return new SsmError(
    'TooManyUpdates',
    'There are concurrent updates for a resource that supports one update at a time.',
  );
}

/** Does `work` on the storage, and reports its failure as the error that callers get. */
export async function fromStorage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** Makes the error that callers get of what a storage threw, which may be anything if the storage is the user's own. */
function storageError(error: unknown): SecureStringError {
  if (error instanceof StorageError) {
    const code = error.code === 'KEYSTORE_DAMAGED' ? 'STORAGE_DAMAGED' : error.code;
    return new ParameterStoreError(code, error.message, error);
  }
  if (error instanceof SecureStringError) return error;
  if (isConflict(error)) return new ParameterStoreError('STORAGE_CONFLICT', error.message, { cause: error });
  const what = error instanceof Error ? error.message : String(error);
  return new ParameterStoreError('STORAGE_FAILED', `The parameters' storage failed: ${what.replace(/\.$/, '')}.`, {
    cause: error,
  });
}
