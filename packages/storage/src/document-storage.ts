/**
 * The interface of a place to keep one document.
 * @module
 */

/**
 * A place that keeps one document, a few kilobytes to some megabytes, whole.
 *
 * Documents carry a generation: the first one is 1, each other one more than the document it replaced. Only a writer
 * that names the present generation may replace the document, so that of two writers who started from the same document
 * one fails, and nothing is lost.
 */
export interface DocumentStorage {
  /** Returns the document as it is now, in bytes that the caller owns; `undefined` if there is no document yet. */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Does what {@link DocumentStorage.read} does, synchronously, if the place can. With it, a synchronous operation that
   * meets a key or key material which the keystore does not know looks once whether another keystore has made it since.
   * Without it, such a key is unknown until the next awaited call.
   */
  readSync?(): Uint8Array | undefined;
  /**
   * Puts `bytes` in the place of the document whose generation is `expectedGeneration` (0: there is no document),
   * atomically: a reader, at any moment and after any crash, gets the old document or the new one. When it returns, the
   * new one outlives a power failure. `bytes` then are the document of generation `expectedGeneration + 1`.
   *
   * @throws an error with code `STORAGE_CONFLICT` if the document has another generation; nothing is written. The
   *   keystore reads again and repeats its change. Any other error says that the old document is still there, or, if
   *   that cannot be known, that it may be.
   */
  replace(bytes: Uint8Array, expectedGeneration: number, options?: ReplaceOptions): Promise<void>;
}

/** What `replace` does in addition. A storage that wraps another passes it on. */
export interface ReplaceOptions {
  /**
   * The new document no longer opens with something that opened an older one, or leaves out key material. No older
   * document can be read from the place any more when `replace` returns: what is merely free is overwritten. If that
   * fails after the new document was stored, `replace` throws, and the storage does it later.
   */
  readonly eraseOlder?: boolean;
}
