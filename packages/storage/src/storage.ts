/**
 * The interface of a place to keep many small entries.
 * @module
 */

/** An entry as it is stored: opaque bytes under a key, and a number that no other value of that key ever has. */
export interface StoredEntry {
  /** 1 to 1500 characters of printable ASCII (0x20 to 0x7e). */
  readonly key: string;
  /** Bytes that the caller owns; at most as many as the storage's {@link StorageBounds} allow. */
  readonly value: Uint8Array;
  /**
   * A safe integer from 1, another one with each commit to the entry. A version that the key has had never comes again,
   * even if the entry is deleted and created again: a caller that read the old entry must not take the new one for it.
   */
  readonly version: number;
}

/** A request for entries, in byte order of their keys. */
export interface ListRequest {
  /** The beginning of every key that is listed. */
  readonly prefix: string;
  /** A key; only those after it in byte order are listed. It need not exist, nor begin with the prefix. */
  readonly after?: string;
  /** The largest number of entries. Default all. */
  readonly limit?: number;
}

/** Sees an entry. */
export type EntryVisitor = (key: string, value: Uint8Array) => void;

/** One entry's change within a commit. */
export interface Change {
  /** The entry's key. */
  readonly key: string;
  /** The new value; `undefined` deletes the entry. */
  readonly value: Uint8Array | undefined;
  /** The version that the entry has now; 0 if it does not exist. */
  readonly expectedVersion: number;
}

/** How much a storage takes at once. */
export interface StorageBounds {
  /** The largest value, in bytes. A parameter store needs 65,536. */
  readonly valueLength: number;
  /**
   * The largest number of changes in one commit. A parameter store needs 500; an import of parameters takes as many as
   * one commit does.
   */
  readonly changes: number;
  /** The largest commit: all its values together, in bytes. */
  readonly commitLength: number;
}

/** The bounds of a storage that names none: values of 64 KiB, 500 changes a commit, each with the largest value. */
export const DEFAULT_BOUNDS: StorageBounds = { valueLength: 65_536, changes: 500, commitLength: 500 * 65_536 };

/**
 * The bounds of a storage that makes a commit of any size at once, since it has all entries on this machine: values of
 * 64 KiB, a million changes. A parameter store that puts 110,000 parameters again changes a third of that.
 */
export const LOCAL_BOUNDS: StorageBounds = { valueLength: 65_536, changes: 1_000_000, commitLength: 2 ** 32 };

/**
 * A place that keeps many small entries, in order, and changes several of them at once. Everything said here holds
 * between processes too, if the storage serves several.
 */
export interface EntryStorage {
  /** How much the storage takes at once. Default {@link DEFAULT_BOUNDS}. */
  readonly bounds?: StorageBounds;
  /** Returns the entry as of the last commit, in bytes that the caller owns; `undefined` if it does not exist. */
  get(key: string): Promise<StoredEntry | undefined>;
  /** Does what {@link EntryStorage.get} does, synchronously. Only a storage that can has it. */
  getSync?(key: string): StoredEntry | undefined;
  /** Returns entries in byte order of their keys: all of one moment, never half of a commit. */
  list(request: ListRequest): Promise<readonly StoredEntry[]>;
  /**
   * Shows the entries that {@link EntryStorage.list} returns, in the same order, without a copy of each: `begin` makes
   * what sees them, one after the other. The bytes are to be read at once, and hold something else afterwards. Where a
   * commit comes in between, it begins again. What is thrown there ends it. Only a storage that can has it.
   */
  visit?(request: Omit<ListRequest, 'limit'>, begin: () => EntryVisitor): Promise<void>;
  /**
   * Makes all changes or none: a reader, at any moment and after any crash, sees all of a commit or nothing of it.
   * When it resolves, it outlives a power failure. A change without a value whose `expectedVersion` is 0 only demands
   * that the entry does not exist. No key is in a commit twice.
   *
   * @throws an error with code `STORAGE_CONFLICT` if an entry has another version than expected; nothing is changed.
   *   The caller reads again and repeats what it did. Any other error says that nothing was changed, or, if that cannot
   *   be known, that it may be. One with code `EROFS`, `EACCES` or `EPERM`, or with such a cause, says that this
   *   process may only read: a parameter store then answers as if due policies had been carried out.
   */
  commit(changes: readonly Change[]): Promise<void>;
  /**
   * Makes sure that no value which was replaced or deleted before can be read from the place any more. Only a storage
   * that leaves such values in its files needs it.
   */
  eraseOlder?(): Promise<void>;
  /** Frees what the storage holds, once the calls that are under way are done. Later calls but `close` are refused. */
  close(): Promise<void>;
}
