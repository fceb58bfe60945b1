/**
 * What the parameter store asks of a place to keep its entries.
 * @module
 */

/** An entry as it is stored: opaque bytes under a key, with a number that tells this value from all others of the key. */
export interface StoredEntry {
  /** 1 to 1500 characters of printable ASCII (0x20 to 0x7e). */
  readonly key: string;
  /** The caller's own; at most 64 KiB. */
  readonly value: Uint8Array;
  /**
   * A safe integer from 1, another one with each commit to the entry. One that the key has had never comes again, even if the
   * entry is deleted and made anew: whoever read the old one must not take the new one for it.
   */
  readonly version: number;
}

/** Which entries, in byte order of their keys. */
export interface ListRequest {
  /** Only keys that begin so. */
  readonly prefix: string;
  /** Only keys that come after this one in byte order; it need not be there, nor begin with the prefix. */
  readonly after?: string;
  /** At most so many. Default all. */
  readonly limit?: number;
}

/** One entry's change within a commit. */
export interface Change {
  readonly key: string;
  /** The new value; `undefined` deletes the entry. */
  readonly value: Uint8Array | undefined;
  /** The version that the entry has now; 0: there is none. */
  readonly expectedVersion: number;
}

/**
 * Keeps many small entries, in order, and changes several of them at once. All that stands here holds between processes
 * too, where a storage serves several.
 */
export interface ParameterStorage {
  /** The entry as of the last commit, in bytes of the caller's own; `undefined` where there is none. */
  get(key: string): Promise<StoredEntry | undefined>;
  /** Entries in byte order of their keys: all of one moment, never half of a commit. */
  list(request: ListRequest): Promise<readonly StoredEntry[]>;
  /**
   * Makes all changes or none: whoever reads, at any moment and after any crash, sees all of a commit or nothing of it.
   * When it resolves, it outlives a power failure. A change without a value whose `expectedVersion` is 0 only demands
   * that there is no such entry. At most 500 changes stand in a commit, and no key twice.
   *
   * @throws an error with code `STORAGE_CONFLICT` where an entry has another version than expected; nothing is changed.
   *   The store reads again and repeats what it did. Any other error says that nothing was changed, or, where that cannot
   *   be known, that it may be. One with code `EROFS`, `EACCES` or `EPERM`, or with such a cause, says that this process
   *   may only read: the store then answers as if due policies had been carried out.
   */
  commit(changes: readonly Change[]): Promise<void>;
  /** Frees what the storage holds, once what is under way is done; later calls are refused, but `close` itself. */
  close(): Promise<void>;
}
