/**
 * The lock between processes that the file storage uses, for storages of other packages.
 * @module
 */

export { withFileLock } from './storage/file-lock.ts';
export {
  decodeHolder,
  encodeHolder,
  heldBy,
  isAlive,
  type Life,
  type LockHolder,
  lifeOf,
  thisProcess,
  UNSEEN_PATIENCE,
} from './storage/lock-holder.ts';
export { readRegularFile } from './storage/regular-file.ts';
