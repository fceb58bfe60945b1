/**
 * Requests and answers of the operations on unlock slots.
 * @module
 */

import type { Unlock } from '../document/slots.ts';

/** A way to open a keystore. */
export interface UnlockSlotEntry {
  /** The slot's id: 16 hex digits, the same for as long as it exists. */
  readonly slot: string;
  /** Whether a passphrase or a root key opens it. */
  readonly kind: 'passphrase' | 'rootKey';
}

/** A request of `addUnlockSlot` or `removeUnlockSlot`. */
export interface UnlockSlotRequest {
  /** The passphrase or root key of the slot. */
  readonly unlock: Unlock;
}

/** A request of `changeUnlock`. */
export interface ChangeUnlockRequest {
  /** The passphrase or root key that opens the keystore now. */
  readonly from: Unlock;
  /** The passphrase or root key that will open it. */
  readonly to: Unlock;
}

/** A request of `rotateRootKey`. */
export interface RotateRootKeyRequest {
  /** All passphrases and root keys that will open the keystore, 1 to 16. */
  readonly unlocks: readonly Unlock[];
}

/** The operations on a keystore's unlock slots, of which it has 1 to 16. AWS has none like these. */
export interface UnlockSlots {
  /** Lists the slots in the order in which they are tried. Nothing in the answer reveals what opens them. */
  listUnlockSlots(): Promise<UnlockSlotEntry[]>;
  /**
   * Lets `unlock` open the keystore too. If it does already, nothing changes, and its slot is returned.
   *
   * @throws `KeystoreError` (`UNLOCK_SLOTS`) if there are 16 slots; as `openKeystore` for an `unlock` that is not
   *   valid.
   */
  addUnlockSlot(request: UnlockSlotRequest): Promise<UnlockSlotEntry>;
  /**
   * Removes the slot that `unlock` opens. It then no longer opens this document; older copies of the file it still
   * does. Each process that had the keystore open has seen the root key, which stays the same: `rotateRootKey` changes
   * it.
   *
   * @throws `KeystoreError`: it opens no slot (`UNLOCK_FAILED`), or nothing else would open the keystore
   *   (`UNLOCK_SLOTS`).
   */
  removeUnlockSlot(request: UnlockSlotRequest): Promise<void>;
  /**
   * Replaces `from` by `to`, in one commit. If both are the same passphrase, it gets a fresh salt.
   *
   * @throws `KeystoreError` (`UNLOCK_FAILED`) if `from` opens no slot.
   */
  changeUnlock(request: ChangeUnlockRequest): Promise<void>;
  /**
   * Replaces the root key by a fresh one, and wraps all key material again, in one commit. Keys, ARNs and ciphertexts
   * stay the same. Only `unlocks` open it afterwards: the secrets of other slots are not known here. Other processes
   * that have it open get `KEYSTORE_REKEYED` from their next call that reads. Earlier import tokens are no longer
   * valid.
   *
   * @throws `RangeError` if `unlocks` has no element, or more than 16.
   */
  rotateRootKey(request: RotateRootKeyRequest): Promise<void>;
}
