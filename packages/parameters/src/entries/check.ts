/**
 * The result of a check of every entry.
 * @module
 */

/** An entry that no store with this keystore has written under its key. */
export interface RefusedEntry {
  /** The entry's key in the storage, such as `p/app/db`. */
  readonly key: string;
  /** What is wrong with it, and what to do. */
  readonly message: string;
}

/** The result of `checkEntries`. */
export interface CheckEntriesResult {
  /** Number of entries in the storage. */
  readonly entries: number;
  /** Number of entries that lack a seal, and may: the first write seals them. */
  readonly unsealed: number;
  /** The refused entries, in the order of their keys. */
  readonly refused: readonly RefusedEntry[];
}
