/**
 * The way to the storage: reads, and the one way that it changes. A change reads, makes up its mind, and commits if
 * nobody was faster; else it begins again.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import {
  type Change,
  type EntryStorage,
  isConflict,
  type ListRequest,
  StorageError,
  type StoredEntry,
  untilCommitted,
} from '@securestring/storage';
import { ParameterStoreError, SsmError } from './errors.ts';
import type { Codec } from './state/codec.ts';
import { type Reads, Transaction } from './transaction.ts';

/** Decides on a change. May run several times; what it does beyond the transaction, it must be able to do again. */
export type Edit<Result> = (transaction: Transaction) => Promise<Result>;

export class Store {
  readonly #storage: EntryStorage;
  readonly #clock: () => number;
  readonly #reads: Reads;
  /** What `close` waits for. */
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;
  /** The end of the changes that were beaten once and now queue up, so that they do not beat each other. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(storage: EntryStorage, clock: () => number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#reads = {
      get: (key) => fromStorage(() => storage.get(key)),
      list: (request) => fromStorage(() => storage.list(request)),
    };
  }

  /** The clock's milliseconds, whole. */
  now(): number {
    const now = Math.floor(this.#clock());
    if (Number.isNaN(new Date(now).getTime())) {
      throw new RangeError(`clock must return milliseconds since 1970, as Date.now does, not ${now}.`);
    }
    return now;
  }

  /** An entry as the storage has it. */
  async getEntry(key: string): Promise<StoredEntry | undefined> {
    return this.#reads.get(key);
  }

  async get<Record>(key: string, codec: Codec<Record>): Promise<Record | undefined> {
    const entry = await this.getEntry(key);
    return entry === undefined ? undefined : codec.decode(entry.value, key);
  }

  async list(request: ListRequest): Promise<readonly StoredEntry[]> {
    return this.#reads.list(request);
  }

  /**
   * Commits what `edit` decides on, and runs it again where another writer was faster.
   *
   * @throws what `edit` throws; `SsmError` (`TooManyUpdates`), `ParameterStoreError` (`STORAGE_FAILED`, `STORAGE_BUSY`).
   */
  async change<Result>(edit: Edit<Result>): Promise<Result> {
    const first = await this.#attempt(edit);
    if (first !== undefined) return first.result;
    const retried = this.#tail.then(() => untilCommitted(() => this.#attempt(edit), tooManyUpdates, 1));
    // The caller that awaits the result gets the failure; the next change begins all the same.
    this.#tail = retried.catch(() => undefined);
    return retried;
  }

  /**
   * What `edit` gives, for an operation that only reads: commits as {@link Store.change} does, and goes without where this
   * process may only read the storage.
   */
  async changeIfAllowed<Result>(edit: Edit<Result>): Promise<Result> {
    try {
      return await this.change(edit);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      // The next that may write the storage commits it. What happened then is reported then, too.
      return edit(new Transaction(this.#reads, this.now()));
    }
  }

  /** Runs an operation, unless the store was closed. */
  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.#closed !== undefined) {
      throw new ParameterStoreError('STORE_CLOSED', 'The parameter store was closed. Open it again.');
    }
    const running = operation();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /** Refuses everything from now on, waits for what is under way, and closes the storage. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled([...this.#underWay]).then(() => fromStorage(() => this.#storage.close()));
    return this.#closed;
  }

  async #attempt<Result>(edit: Edit<Result>): Promise<{ readonly result: Result } | undefined> {
    const transaction = new Transaction(this.#reads, this.now());
    const result = await edit(transaction);
    if (!(await this.#commit(transaction.changes()))) return undefined;
    transaction.committed();
    return { result };
  }

  /** False where somebody else was faster. */
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

/** What a file system answers where a process may not write. */
const FORBIDDEN = ['EROFS', 'EACCES', 'EPERM'];

function isForbidden(error: unknown): boolean {
  if (!(error instanceof SecureStringError) || error.code !== 'STORAGE_FAILED') return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && FORBIDDEN.includes(String(cause.code));
}

/** What is said to whom others were faster than, again and again. */
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
