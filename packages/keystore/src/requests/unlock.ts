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
  /** The slot's name; absent from a slot without one. */
  readonly name?: string;
  /** Whether this slot opened the keystore that is asked. */
  readonly current: boolean;
}

/** A request of `addUnlockSlot`. */
export interface AddUnlockSlotRequest {
  /** The passphrase or root key of the slot. */
  readonly unlock: Unlock;
  /**
   * The slot's name, which no other slot has: 1 to 64 letters and digits of ASCII, spaces, and the characters `_.-/@`.
   * It begins with a letter or a digit, does not end with a space, and does not look like the id of a slot. Default
   * none. Without unlocking the keystore, the name cannot be read in its document.
   */
  readonly name?: string;
}

/** A request of `removeUnlockSlot`: the slot by its passphrase or root key, by its name, or by its id. */
export type RemoveUnlockSlotRequest =
  | {
      /** The passphrase or root key of the slot. */
      readonly unlock: Unlock;
    }
  | {
      /** The slot's name. */
      readonly name: string;
    }
  | {
      /** The slot's id. */
      readonly slot: string;
    };

/** A request of `renameUnlockSlot`: the slot by its name or by its id, and `to` as `addUnlockSlot` takes a name. */
export type RenameUnlockSlotRequest =
  | {
      /** The slot's name. */
      readonly name: string;
      /** Its new name. */
      readonly to: string;
    }
  | {
      /** The slot's id. */
      readonly slot: string;
      /** Its new name. */
      readonly to: string;
    };

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
   * Lets `unlock` open the keystore too. If it does already, its slot is returned, with `name` as its name if one is
   * given, and nothing else changes. Releases that know no names refuse a document with one: `KEYSTORE_RECORD`.
   *
   * @throws `KeystoreError` (`UNLOCK_SLOTS`) if there are 16 slots, or another one has the name; as `openKeystore` for
   *   an `unlock` that is not valid.
   * @throws `RangeError` if a slot may not have that name.
   * @example
   * await keystore.addUnlockSlot({ unlock: { passphrase }, name: 'laptop' });
   * await keystore.removeUnlockSlot({ name: 'laptop' });
   */
  addUnlockSlot(request: AddUnlockSlotRequest): Promise<UnlockSlotEntry>;
  /**
   * Removes a slot. What opened it then no longer opens this document; older copies of the file it still does. Each
   * process that had the keystore open has seen the root key, which stays the same: `rotateRootKey` changes it. By its
   * name or its id, the slot is removed without its secret: also the slot that opened this keystore, so make sure that
   * you have what opens another one.
   *
   * @throws `KeystoreError`: `unlock` opens no slot (`UNLOCK_FAILED`), no slot has that name or id, or nothing else
   *   would open the keystore (both `UNLOCK_SLOTS`).
   */
  removeUnlockSlot(request: RemoveUnlockSlotRequest): Promise<void>;
  /**
   * Gives a slot another name, without its secret, and returns it. If it has that name, nothing is written.
   *
   * @throws `KeystoreError` (`UNLOCK_SLOTS`) if no slot has that name or id, or another one has the new name.
   * @throws `RangeError` if a slot may not have that name.
   */
  renameUnlockSlot(request: RenameUnlockSlotRequest): Promise<UnlockSlotEntry>;
  /**
   * Replaces `from` by `to`, in one commit. The slot keeps its name. If both are the same passphrase, it gets a fresh
   * salt.
   *
   * @throws `KeystoreError` (`UNLOCK_FAILED`) if `from` opens no slot.
   */
  changeUnlock(request: ChangeUnlockRequest): Promise<void>;
  /**
   * Replaces the root key by a fresh one, and wraps all key material again, in one commit. Keys, ARNs and ciphertexts
   * stay the same. Only `unlocks` open it afterwards: the secrets of other slots are not known here. Those that opened
   * a slot with a name keep it. Other processes that have it open get `KEYSTORE_REKEYED` from their next call that
   * reads. Earlier import tokens are no longer valid.
   *
   * @throws `RangeError` if `unlocks` has no element, or more than 16.
   */
  rotateRootKey(request: RotateRootKeyRequest): Promise<void>;
}
