/**
 * The keystore's document in an LMDB folder.
 * @module
 */

import { KeystoreError, type KeystoreStorage } from '@securestring/keystore';
import { ParameterStoreError } from '@securestring/parameters';
import { explainFailure } from './failures.ts';
import { ownBytes, session } from './session.ts';

/** A keystore's document, to be kept in another place. */
export interface KeystoreCopy {
  /** Sealed, as it is stored. */
  readonly bytes: Uint8Array;
  /** The document's, which its storage counts on with. */
  readonly generation: number;
}

/** A {@link KeystoreStorage} that holds something open. */
export interface LmdbKeystoreStorage extends KeystoreStorage {
  /** The document as it is now, with its generation; `undefined` where there is none. */
  copy(): Promise<KeystoreCopy | undefined>;
  /**
   * Puts a copy where there is no document.
   *
   * @throws `KeystoreError` (`STORAGE_CONFLICT`) where there is one.
   */
  restore(copy: KeystoreCopy): Promise<void>;
  /** Frees it, once what is under way is done; later calls are refused, but `close` itself. */
  close(): Promise<void>;
}

const DOCUMENT = 'document';

/**
 * Keeps the keystore's document in the LMDB folder `path`, with all the guarantees of {@link lmdbStorage}, whose folder it
 * may be: parameters and keys are then in one place.
 *
 * @throws `TypeError` where `path` is not a text, or empty. The storage itself throws `KeystoreError` (`STORAGE_FAILED`,
 *   `STORAGE_CONFLICT`).
 */
export function lmdbKeystoreStorage(path: string): LmdbKeystoreStorage {
  const entries = session(path, 'keystore');
  const told = <Result>(what: string, work: () => Promise<Result>) => tell(what, entries.folder, work);
  const copy = () =>
    told('read', async () => {
      const found = await entries.read((database) => database.getEntry(Buffer.from(DOCUMENT)));
      return found && { bytes: ownBytes(found.value), generation: found.version ?? 0 };
    });
  return {
    read: async () => (await copy())?.bytes,
    copy,
    restore: ({ bytes, generation }) =>
      told('written', () =>
        entries.commit([{ key: DOCUMENT, value: bytes.slice(), expectedVersion: 0, version: generation }]),
      ),
    replace: (bytes, expectedGeneration) =>
      told('written', () =>
        // An entry's version is the document's generation.
        entries.commit([
          {
            key: DOCUMENT,
            value: bytes.slice(),
            expectedVersion: expectedGeneration,
            version: expectedGeneration + 1,
          },
        ]),
      ),
    close: () => told('closed', entries.close),
  };
}

async function tell<Result>(what: string, folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ParameterStoreError && error.code === 'STORAGE_CONFLICT') {
      throw new KeystoreError(
        'STORAGE_CONFLICT',
        'Another writer has replaced the keystore document since it was read. Read it again and repeat the change.',
      );
    }
    const reason = error instanceof ParameterStoreError ? error.message : explainFailure(error, folder);
    throw new KeystoreError('STORAGE_FAILED', `The keystore in ${folder} cannot be ${what}: ${reason}`, {
      cause: error,
    });
  }
}
