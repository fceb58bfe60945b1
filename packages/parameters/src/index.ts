/**
 * The offline Parameter Store.
 * @module
 */

export type { Change, ListRequest, ParameterStorage, StoredEntry } from './storage/storage.ts';
