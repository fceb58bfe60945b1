/**
 * The lock between processes that the file storage uses, for storages of other packages.
 * @module
 */

export { readRegularFile } from './files/regular-file.ts';
export { withFileLock } from './lock/file-lock.ts';
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
} from './lock/lock-holder.ts';
