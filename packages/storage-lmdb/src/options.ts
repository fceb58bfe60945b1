/**
 * The options of both storages: in a file of their own, so that their types bring none of LMDB's along.
 * @module
 */

/** How a folder is used. */
export interface LmdbOptions {
  /**
   * Read the folder's file without LMDB up to the first change: for a process that reads little, and ends. LMDB takes
   * longer to be loaded and opened, and to have its whole file looked through before, than such a process needs for all
   * else. Each page is judged as it is read, and damage elsewhere is not seen. Without it, the first call opens LMDB.
   */
  readonly lazy?: boolean;
}
