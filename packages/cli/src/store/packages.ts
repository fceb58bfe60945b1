/**
 * What opens a store, and nothing else of the packages that it is from: a module that is imported when it is needed
 * brings all that it exports.
 * @module
 */

export { documentGeneration, isUnlockSlotName, openKeystore, slotKeyOf } from '@securestring/keystore';
export { openLockedParameters, openParameterStore } from '@securestring/parameters';
export { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
