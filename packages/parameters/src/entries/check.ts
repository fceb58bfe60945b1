/**
 * The result of a look at every entry.
 * @module
 */

/** An entry that is not what a store with this keystore wrote under its key. */
export interface RefusedEntry {
  /** The entry's key in the storage, such as `p/app/db`. */
  readonly key: string;
  readonly message: string;
}

export interface CheckEntriesResult {
  /** Number of entries in the storage. */
  readonly entries: number;
  /** Number of those that may lack a seal, and do: the first write seals them. */
  readonly unsealed: number;
  /** In the order of their keys. */
  readonly refused: readonly RefusedEntry[];
}
