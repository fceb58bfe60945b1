/**
 * What the keystore asks of a place to keep its document, and the simplest such place.
 * @module
 */

import { copyBytes } from '@securestring/core/bytes';
import { KeystoreError } from '../errors.ts';

/**
 * Keeps one document, a few kilobytes to some megabytes, whole.
 *
 * Documents carry a generation: the first one is 1, each other one more than the document it replaced. Only whoever
 * names the present generation may replace the document, so that of two writers who started from the same document one
 * fails, and nothing is lost.
 */
export interface KeystoreStorage {
  /** The document as it is now, in bytes of the caller's own; `undefined` where there is none yet. */
  read(): Promise<Uint8Array | undefined>;
  /**
   * The same at once, where the place can. With it, a synchronous operation that meets a key or key material which the
   * keystore does not know looks once whether another keystore has made it since; without it, such a key is unknown
   * until the next awaited call.
   */
  readSync?(): Uint8Array | undefined;
  /**
   * Puts `bytes` in the place of the document whose generation is `expectedGeneration` (0: there is none), atomically:
   * whoever reads, at any moment and after any crash, gets the old document or the new one. When it returns, the new
   * one outlives a power failure. `bytes` then are the document of generation `expectedGeneration + 1`.
   *
   * @throws an error with code `STORAGE_CONFLICT` where the document has another generation; nothing is written. The
   *   keystore reads again and repeats its change. Any other error says that the old document is still there, or,
   *   where that cannot be known, that it may be.
   */
  replace(bytes: Uint8Array, expectedGeneration: number, options?: ReplaceOptions): Promise<void>;
}

/** What `replace` does beside that. A storage that wraps another hands it on. */
export interface ReplaceOptions {
  /**
   * The new document no longer opens with something that opened an older one, or leaves out key material. No older
   * document can be read from the place any more when `replace` returns: what is merely free is overwritten. Where that
   * fails after the new document was stored, `replace` throws, and the storage does it later.
   */
  readonly eraseOlder?: boolean;
}

/** The error that `replace` throws where somebody else was faster. */
export function storageConflict(): KeystoreError {
  return new KeystoreError(
    'STORAGE_CONFLICT',
    'Another writer has replaced the keystore document since it was read. Read it again and repeat the change.',
  );
}

/** Keeps the document in memory, for as long as this object lives. Several keystores may share it. */
export function memoryStorage(): KeystoreStorage {
  let document: Uint8Array | undefined;
  let generation = 0;
  return {
    read: async () => document && copyBytes(document),
    readSync: () => document && copyBytes(document),
    replace: async (bytes, expectedGeneration) => {
      if (expectedGeneration !== generation) throw storageConflict();
      document?.fill(0);
      document = copyBytes(bytes);
      generation = expectedGeneration + 1;
    },
  };
}
