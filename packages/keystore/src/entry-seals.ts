/**
 * The seals of a parameter storage's entries: the interface between the keystore, which has the key, and
 * `@securestring/parameters`, which has the entries. A seal shows that a store with this keystore wrote the entry.
 * @module
 */

/**
 * The name of the member of a keystore that has its seals. It is a registered symbol, so that two copies of this
 * package agree on it. The member is enumerable, so that a caller's `{ ...keystore }` has it too.
 */
export const ENTRY_SEALS: unique symbol = Symbol.for('@securestring/keystore/entry-seals');

/** A keystore's knowledge of the entries that it seals. */
export interface EntrySealing {
  /** Whether there is a key to seal with. A keystore of an older release has none until a parameter store writes. */
  readonly hasKey: boolean;
  /** Ids of the storages that may hold entries without a seal. */
  readonly unsealed: readonly Uint8Array[];
}

/** Functions that seal entries. A caller's own keystore may lack them; the entries of its store have no seals then. */
export interface EntrySeals {
  /** Shows how far sealing is, as of the last call that read the keystore's storage. */
  sealing(): EntrySealing;
  /**
   * Returns an object that names the key: another one as soon as the key is another one, and `undefined` if there is no
   * key. It has nothing of the key. With it, a seal that was verified need not be verified again.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`).
   */
  keyName?(): object | undefined;
  /** Rereads the keystore's storage. */
  refresh(): Promise<void>;
  /** Makes the id of a new storage: 16 bytes. */
  newStorageId(): Uint8Array<ArrayBuffer>;
  /**
   * Makes the key if it is missing. Lets `storageId` hold entries without a seal if there was no key, or if `isTrusted`
   * is true. Else it does not: an unsealed entry in a storage that was sealed must not pass for an old one.
   */
  begin(request: { readonly storageId?: Uint8Array; readonly isTrusted: boolean }): Promise<void>;
  /** Ends what `begin` allowed: from now on each entry of the storage must carry a seal. */
  finish(storageId: Uint8Array): Promise<void>;
  /**
   * Makes the seal of an entry: 32 bytes. The caller must not change the bytes of `storageId` later. `key` is at most
   * 65,535 characters of ASCII.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`); `TypeError` if there is no key.
   */
  seal(storageId: Uint8Array, key: string, value: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Whether `seal` is the entry's, in constant time. False if there is no key. */
  verify(storageId: Uint8Array, key: string, value: Uint8Array, seal: Uint8Array): boolean;
}
