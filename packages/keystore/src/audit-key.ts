/**
 * The key that signs digests of audit logs: the interface between the keystore, which has the key, and
 * `@securestring/audit`, which has the digests. The key itself never leaves the keystore.
 * @module
 */

/**
 * The name of the member of a keystore that signs digests. It is a registered symbol, so that two copies of this
 * package agree on it. The member is enumerable, so that a caller's `{ ...keystore }` has it too.
 */
export const AUDIT_KEY: unique symbol = Symbol.for('@securestring/keystore/audit-key');

/** Signs digests with a key that is derived from the one that seals entries. A new root key does not change it. */
export interface AuditKey {
  /**
   * Makes the HMAC-SHA256 of a digest: 32 bytes; `undefined` if the keystore is of a release that sealed no entries,
   * and no parameter store has written since.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`).
   */
  sign(digest: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
}
