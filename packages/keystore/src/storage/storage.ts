/**
 * What a keystore uses as its storage: a place for one document, or any storage of entries. A storage may be the user's
 * own: whatever it throws is reported as the keystore's error here, and nowhere else.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { type Take, withMethods } from '@securestring/core/options';
import {
  DEFAULT_BOUNDS,
  type DocumentStorage,
  type EntryStorage,
  isConflict,
  memoryStorage as memoryEntries,
  StorageError,
} from '@securestring/storage';
import { KeystoreError } from '../errors.ts';
import { asEntry } from './as-entry.ts';

export type { DocumentStorage as KeystoreStorage, EntryStorage, ReplaceOptions } from '@securestring/storage';

/**
 * Makes a keystore's storage of a place for one document, or of a storage of entries, which then keeps the document as
 * one of them.
 */
export function keystoreStorage(storage: DocumentStorage | EntryStorage): DocumentStorage {
  const place = 'replace' in storage ? storage : asEntry(storage);
  if (OWN.has(place)) return place;
  const { readSync } = place;
  const own: DocumentStorage = {
    read: () => fromStorage(() => place.read()),
    ...(readSync && { readSync: () => fromStorageSync(() => readSync.call(place)) }),
    replace: (bytes, expectedGeneration, options) =>
      fromStorage(() => place.replace(bytes, expectedGeneration, options)),
  };
  OWN.add(own);
  return own;
}

/** In bytes. In memory a document is never in pieces, which would cost time at each commit. */
const MAX_DOCUMENT_LENGTH = 2 ** 31;

/** Storages whose errors are the keystore's already: `memoryStorage()` and `fileStorage(path)` of this package. */
const OWN = new WeakSet<DocumentStorage>();

const takeDocuments = withMethods<DocumentStorage>(
  ['read', 'replace'],
  'a place to keep the keystore, such as fileStorage(path) or memoryStorage() of this package',
);

/** Takes the option `storage`: either kind of storage. */
export const asKeystoreStorage: Take<DocumentStorage | EntryStorage> = (value, name) =>
  isEntryStorage(value) ? value : takeDocuments(value, name);

function isEntryStorage(value: unknown): value is EntryStorage {
  const { get, list, commit } = Object(value) as Partial<Record<keyof EntryStorage, unknown>>;
  return [get, list, commit].every((method) => typeof method === 'function');
}

/**
 * Makes a storage that keeps the document in memory, for as long as this object lives. Several keystores may share it.
 */
export function memoryStorage(): DocumentStorage {
  return keystoreStorage(memoryEntries({ bounds: { ...DEFAULT_BOUNDS, valueLength: MAX_DOCUMENT_LENGTH } }));
}

async function fromStorage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

function fromStorageSync<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storageError(error);
  }
}

function storageError(error: unknown): SecureStringError {
  if (error instanceof StorageError) {
    const code = error.code === 'STORAGE_DAMAGED' ? 'KEYSTORE_DAMAGED' : error.code;
    return new KeystoreError(code, error.message, error);
  }
  if (error instanceof SecureStringError) return error;
  if (isConflict(error)) return new KeystoreError('STORAGE_CONFLICT', error.message, { cause: error });
  const what = error instanceof Error ? error.message : String(error);
  return new KeystoreError('STORAGE_FAILED', `The keystore's storage failed: ${what}.`, { cause: error });
}
