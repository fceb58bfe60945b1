/**
 * The keystore document as a file.
 * @module
 */

import { documentFile, type FileStorageOptions } from '@securestring/storage/document-file';
import { GENERATION_END, parseGeneration } from '../document/header.ts';
import { type KeystoreStorage, keystoreStorage } from './storage.ts';

/**
 * Makes a storage that keeps the document in the file `path`, whose folder must exist. Processes on one machine may
 * share the file; each commit holds a lock beside it, `PATH.lock`, which is taken over at once from a process that
 * died.
 *
 * @throws `TypeError` if `path` is not a text, or empty; `RangeError` if `patience` is negative. The storage itself
 *   throws `KeystoreError` (`STORAGE_FAILED`, `STORAGE_BUSY`, `STORAGE_CONFLICT`).
 * @example
 * const keystore = await openKeystore({ storage: fileStorage('keys.store'), unlock: { passphrase } });
 */
export function fileStorage(path: string, options?: FileStorageOptions): KeystoreStorage {
  return keystoreStorage(documentFile(path, { end: GENERATION_END, parse: parseGeneration }, options));
}
