/**
 * Parameters and keys in an LMDB folder: many entries, several processes, no server.
 * @module
 */

export { type KeystoreCopy, type LmdbKeystoreStorage, lmdbKeystoreStorage } from './lmdb-keystore-storage.ts';
export { lmdbStorage } from './lmdb-storage.ts';
export type { LmdbOptions } from './options.ts';
