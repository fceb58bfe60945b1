/**
 * Places to keep bytes: the interface of a storage of entries and of a storage of one document, entries in memory, and
 * what every storage needs to keep its contract. Nothing of Node's is in here.
 * @module
 */

export { checkKey, checkRequest, takeChanges } from './changes.ts';
export type { DocumentStorage, ReplaceOptions } from './document-storage.ts';
export {
  documentConflict,
  isConflict,
  StorageError,
  type StorageErrorCode,
  storageClosed,
  storageConflict,
} from './errors.ts';
export { type MemoryStorageOptions, memoryStorage } from './memory.ts';
export {
  type Change,
  DEFAULT_BOUNDS,
  type EntryStorage,
  type EntryVisitor,
  type ListRequest,
  LOCAL_BOUNDS,
  type StorageBounds,
  type StoredEntry,
} from './storage.ts';
export { type Attempt, untilCommitted } from './until-committed.ts';
