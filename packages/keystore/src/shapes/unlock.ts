/**
 * The ways to open a keystore.
 * @module
 */

import type { Unlock } from '../document/slots.ts';

/** One way to open a keystore. */
export interface UnlockSlotEntry {
  /** 16 hex digits, which name the slot for as long as it exists. */
  readonly slot: string;
  readonly kind: 'passphrase' | 'rootKey';
}

export interface UnlockSlotRequest {
  readonly unlock: Unlock;
}

export interface ChangeUnlockRequest {
  readonly from: Unlock;
  readonly to: Unlock;
}

export interface RotateRootKeyRequest {
  /** 1 to 16: all that will open the keystore. */
  readonly unlocks: readonly Unlock[];
}

/** A keystore's unlock slots, 1 to 16. Not operations of AWS's. */
export interface UnlockSlots {
  /** Lists the slots in the order in which they are tried. Nothing in the answer says what opens them. */
  listUnlockSlots(): Promise<UnlockSlotEntry[]>;
  /**
   * Lets `unlock` open the keystore too. If it does already, nothing changes, and its slot is returned.
   *
   * @throws `KeystoreError` (`UNLOCK_SLOTS`) where there are 16 slots; as `openKeystore` for what `unlock` may not be.
   */
  addUnlockSlot(request: UnlockSlotRequest): Promise<UnlockSlotEntry>;
  /**
   * Removes the slot that `unlock` opens. It then no longer opens this document; older copies of the file it still does.
   * Everyone who had the keystore open has seen the root key, which stays the same: `rotateRootKey` changes it.
   *
   * @throws `KeystoreError`: it opens no slot (`UNLOCK_FAILED`), or nothing else would open the keystore (`UNLOCK_SLOTS`).
   */
  removeUnlockSlot(request: UnlockSlotRequest): Promise<void>;
  /**
   * Lets `to` open the keystore in the place of `from`, in one commit. The same passphrase twice gives it a fresh salt.
   *
   * @throws `KeystoreError` (`UNLOCK_FAILED`) where `from` opens no slot.
   */
  changeUnlock(request: ChangeUnlockRequest): Promise<void>;
  /**
   * Puts the keystore under a fresh root key, and wraps all key material again, in one commit. Keys, ARNs and ciphertexts
   * stay as they are. Only `unlocks` open it afterwards: the secrets of other slots are not known here. Other keystores
   * that have it open get `KEYSTORE_REKEYED` from their next call that reads. Earlier import tokens are no longer valid.
   *
   * @throws `RangeError` where `unlocks` are none or more than 16.
   */
  rotateRootKey(request: RotateRootKeyRequest): Promise<void>;
}
