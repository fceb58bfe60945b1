/**
 * The errors that every storage throws. A keystore reports them as its `KeystoreError`, a parameter store as its
 * `ParameterStoreError`, each with the same code and text.
 * @module
 */

import { SecureStringError } from '@securestring/core';

/** Every code of a {@link StorageError}. */
export type StorageErrorCode =
  | 'STORAGE_CONFLICT'
  | 'STORAGE_BUSY'
  | 'STORAGE_DAMAGED'
  | 'STORAGE_FAILED'
  | 'KEYSTORE_DAMAGED';

/**
 * A storage cannot be read or written. What was stored is as it was. Only after `STORAGE_FAILED` the change may have
 * been stored all the same, if the storage failed so late that it cannot know.
 */
export class StorageError extends SecureStringError<StorageErrorCode> {
  override readonly name = 'StorageError';
}

/** Makes the error of a commit that another writer was faster than. */
export function storageConflict(): StorageError {
  return new StorageError(
    'STORAGE_CONFLICT',
    'Another writer has changed an entry since it was read. Nothing was changed: read again and repeat the change.',
  );
}

/** Makes the error of a `replace` that another writer was faster than. */
export function documentConflict(): StorageError {
  return new StorageError(
    'STORAGE_CONFLICT',
    'Another writer has replaced the keystore document since it was read. Read it again and repeat the change.',
  );
}

/** Makes the error of a call after `close`. */
export function storageClosed(): StorageError {
  return new StorageError('STORAGE_FAILED', 'The storage has been closed. Make a new one.');
}

/** Returns whether an error says that another writer was faster. A storage of a user throws an error of any class. */
export function isConflict(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'STORAGE_CONFLICT';
}
