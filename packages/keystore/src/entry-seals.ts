/**
 * The seals of a parameter storage's entries, between the keystore, which has the key, and `@securestring/parameters`,
 * which has the entries. A seal shows that a store with this keystore wrote the entry.
 * @module
 */

/**
 * The member of a keystore under which its seals are. It is a registered symbol, so that two copies of this package
 * agree on it, and an enumerable member, so that a caller's `{ ...keystore }` has it too.
 */
export const ENTRY_SEALS: unique symbol = Symbol.for('@securestring/keystore/entry-seals');

/** What a keystore knows of the entries that it seals. */
export interface EntrySealing {
  /** Whether there is a key to seal with. A keystore of an older release has none until a parameter store writes. */
  readonly hasKey: boolean;
  /** Ids of the storages that may hold entries without a seal. */
  readonly unsealed: readonly Uint8Array[];
}

/** Functions that seal entries. A keystore of a caller's own may lack them: its store's entries stay without seals. */
export interface EntrySeals {
  /** Shows how far sealing is, as of the last call that read the keystore's storage. */
  sealing(): EntrySealing;
  /** Takes in what other processes have committed. */
  refresh(): Promise<void>;
  /** Makes the id of a new storage: 16 bytes. */
  newStorageId(): Uint8Array<ArrayBuffer>;
  /**
   * Makes the key where it is missing. Lets `storageId` hold entries without a seal, but only where there was no key or
   * `isTrusted` says so: what is in a storage that was sealed before must not pass for an old one's.
   */
  begin(request: { readonly storageId?: Uint8Array; readonly isTrusted: boolean }): Promise<void>;
  /** Ends what `begin` allowed: from now on each entry of the storage must carry a seal. */
  finish(storageId: Uint8Array): Promise<void>;
  /**
   * Makes the seal of an entry: 32 bytes. The caller leaves the bytes of `storageId` as they are. `key` is at most
   * 65,535 characters of ASCII.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`); `TypeError` where the key is missing.
   */
  seal(storageId: Uint8Array, key: string, value: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Checks whether that is the entry's seal, in the same time wherever it differs. Without a key it is not. */
  verify(storageId: Uint8Array, key: string, value: Uint8Array, seal: Uint8Array): boolean;
}
