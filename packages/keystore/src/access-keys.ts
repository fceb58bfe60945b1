/**
 * The secrets of access keys: the interface between the keystore, which keeps them, and `@securestring/endpoint`, which
 * verifies signatures with them.
 * @module
 */

/**
 * The name of the member of a keystore that finds access keys. It is a registered symbol, so that two copies of this
 * package agree on it.
 */
export const ACCESS_KEYS: unique symbol = Symbol.for('@securestring/keystore/access-keys');

/** An access key with its secret. */
export interface AccessKeySecret {
  /** Signs the caller's requests; 40 characters. Secret. */
  readonly secretAccessKey: string;
  /** The account that the caller belongs to; 12 digits. */
  readonly accountId: string;
}

/** Finds access keys for the verification of signatures. */
export interface AccessKeySecrets {
  /**
   * Finds an access key by its id, as of the last call that read the storage. If it is unknown, a keystore whose
   * storage can be read at once is reread.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`).
   */
  find(accessKeyId: string): AccessKeySecret | undefined;
}
