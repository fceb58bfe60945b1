/**
 * The key of an unlock slot: scrypt's result, for a program that opens the same keystore again and again.
 * @module
 */

import { type Members, members, takeOptions, text } from '@securestring/core/options';
import { decodeDocument } from './document/header.ts';
import { keyOfSlot, parseUnlock } from './document/slots.ts';
import { missing, readDocument } from './storage/document.ts';
import { asKeystoreStorage, type EntryStorage, type KeystoreStorage, keystoreStorage } from './storage/storage.ts';

/** The options of {@link slotKeyOf}. */
export interface SlotKeyOptions {
  /** The place of the document, as `openKeystore` takes it. */
  readonly storage: KeystoreStorage | EntryStorage;
  /** A passphrase that opens the document. */
  readonly passphrase: string;
}

const OPTIONS: Members<SlotKeyOptions> = members<SlotKeyOptions>({ storage: asKeystoreStorage, passphrase: text });

/**
 * Runs scrypt once, and returns the key of the slot that the passphrase opens: 32 secret bytes, which the caller wipes.
 * `openKeystore({ storage, unlock: { slotKey } })` then takes as long as with a root key. The key opens this keystore
 * until the slot is removed or changed, or the root key is rotated: guard it as the passphrase.
 *
 * @throws `KeystoreError`: `UNLOCK_FAILED` if the passphrase opens no slot, `KEYSTORE_MISSING` if the storage holds no
 *   keystore, and as `openKeystore` for a document that is damaged.
 * @throws `TypeError`, `RangeError` if an option is unknown, or the passphrase is empty or not a string.
 * @example
 * const slotKey = await slotKeyOf({ storage, passphrase });
 * const keystore = await openKeystore({ storage, unlock: { slotKey } });
 */
export async function slotKeyOf(options: SlotKeyOptions): Promise<Uint8Array> {
  const { storage, passphrase } = takeOptions('slotKeyOf', options, OPTIONS);
  const unlock = parseUnlock({ passphrase });
  try {
    const bytes = await readDocument(keystoreStorage(storage));
    if (bytes === undefined) throw missing();
    return await keyOfSlot(unlock, decodeDocument(bytes).slots);
  } finally {
    unlock.secret.fill(0);
  }
}
