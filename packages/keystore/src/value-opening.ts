/**
 * Values opened one after the other: the interface between the keystore, which has the keys, and
 * `@securestring/parameters`, which has the values. A call of `decrypt` judges its request, and may leave an event; for
 * a thousand values that costs more than their cryptography.
 * @module
 */

/**
 * The name of the member of a keystore that opens values. It is a registered symbol, so that two copies of this package
 * agree on it.
 */
export const VALUE_OPENING: unique symbol = Symbol.for('@securestring/keystore/value-opening');

/**
 * Opens a blob, of which `context` is the canonical encryption context. The caller wipes the plaintext.
 *
 * @throws what `decrypt` of the account's root throws, but for the grammar of its request. It does not reread the
 *   storage for a key that it does not know.
 */
export type ValueOpener = (ciphertextBlob: Uint8Array, context: Uint8Array) => Uint8Array<ArrayBuffer>;

/** Makes openers. */
export interface ValueOpening {
  /**
   * Returns an opener over the state as of the last call that read the storage, to be used before anything else is
   * awaited; `undefined` if calls leave events, so that each value needs a call of its own.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`).
   */
  begin(): ValueOpener | undefined;
}
