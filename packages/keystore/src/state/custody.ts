/**
 * The custody of a keystore: its root key, and all that the document holds which was last read or written. It is made
 * from a document's bytes, and makes the next document's. `view.ts` has the other states.
 * @module
 */

import type { Provider } from '@securestring/core';
import { concatBytes, sameBytes } from '@securestring/core/bytes';
import { provider as defaultProvider } from '#platform';
import { decodeDocument, type KeystoreDocument } from '../document/header.ts';
import {
  grantTokenSealingKey,
  importSealingKey,
  materialWrappingKey,
  openDocument,
  sealDocument,
} from '../document/sealing.ts';
import { encodeSlot, makeSlot, openSlots, type UnlockSecret, type UnlockSlot } from '../document/slots.ts';
import { KeystoreError } from '../errors.ts';
import { ID_LENGTH, KEY_LENGTH } from '../limits.ts';
import { rewrapAccessKeys } from './access-keys.ts';
import { decodeState, encodeState } from './codec.ts';
import { rewrapMaterials } from './material.ts';
import type { KeystoreState } from './records.ts';
import { type UnwrappedState, unwrapState, wipeUnwrapped } from './unwrapped.ts';

/** A keystore's secrets, and what its document holds. The callers of a keystore never get it. */
export interface Custody extends RootKeys, UnwrappedState {
  /** The document's number, from 1. */
  readonly generation: number;
  /** The document's checksum, 32 bytes. */
  readonly checksum: Uint8Array;
  readonly slots: readonly UnlockSlot[];
}

interface RootKeys {
  readonly storeId: Uint8Array;
  /** 32 secret bytes. */
  readonly root: Uint8Array;
  /** Wraps the key material; 32 secret bytes, derived from the root. */
  readonly wrappingKey: Uint8Array;
  /** Seals import tokens and session tokens; 32 secret bytes, derived from the root. */
  readonly importTokenKey: Uint8Array;
  /** Seals grant tokens; 32 secret bytes, derived from the root. */
  readonly grantTokenKey: Uint8Array;
  /** Seals and wraps all of it. */
  readonly provider: Provider;
  /** The slot that opened the keystore, which may be gone; `undefined` after a change of the root key. */
  readonly openedBy: UnlockSlot | undefined;
}

/** The next custody, and its document, which is not stored yet. */
export interface Uncommitted {
  readonly custody: Custody;
  readonly bytes: Uint8Array;
}

/** Makes the first document of a keystore. `firstState` makes its records. */
export async function createCustody(
  unlock: UnlockSecret,
  firstState: (wrappingKey: Uint8Array) => KeystoreState,
  provider: Provider = defaultProvider,
): Promise<Uncommitted> {
  const storeId = new Uint8Array(ID_LENGTH);
  provider.randomFill(storeId);
  const keys = rootKeys(provider.randomKey(KEY_LENGTH), storeId, provider);
  try {
    const slot = await makeSlot(unlock, keys.root, provider);
    const before = { generation: 0, slots: [slot] };
    return nextDocument({ ...keys, openedBy: slot }, before, firstState(keys.wrappingKey));
  } catch (error) {
    // The caller's clock may throw, and so may scrypt if there is not enough memory.
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * Unlocks a document.
 *
 * @throws `KeystoreError`, with the code of what is wrong with the document, or `UNLOCK_FAILED`.
 */
export async function unlockCustody(
  unlock: UnlockSecret,
  bytes: Uint8Array,
  provider: Provider = defaultProvider,
): Promise<Custody> {
  const document = decodeDocument(bytes);
  const { root, slot } = await openSlots(unlock, document.slots, provider);
  const keys = rootKeys(root, Uint8Array.from(document.storeId), provider, slot);
  try {
    return openState(keys, document);
  } catch (error) {
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * Returns the custody after a reread: `present` itself if the document has not changed, else one that shares with it
 * all secrets that are still in use.
 *
 * @throws `KeystoreError` (`KEYSTORE_ROLLED_BACK`) if the document is older than the present one, or a different one of
 *   the same generation; (`KEYSTORE_REKEYED`) if it is sealed under another root key; and as {@link unlockCustody}
 *   except for `UNLOCK_FAILED`.
 */
export function rereadCustody(present: Custody, bytes: Uint8Array): Custody {
  const document = decodeDocument(bytes);
  if (sameBytes(document.checksum, present.checksum)) return present;
  const next = openNextState(present, document);
  if (document.generation > present.generation) return next;
  wipeUnwrapped(next, present);
  throw new KeystoreError(
    'KEYSTORE_ROLLED_BACK',
    `The keystore was rolled back: its document is of generation ${document.generation}, and generation ${present.generation} was in use already. An old copy was put in its place; restore the newest.`,
  );
}

/** Makes the next document, with `state` in it. */
export function commitState(present: Custody, state: KeystoreState): Uncommitted {
  return nextDocument(present, present, state, present);
}

/**
 * Makes the next document, with the same state under another root key. `root` is 32 bytes and belongs to the next
 * custody from then on.
 */
export function commitRootKey(custody: Custody, root: Uint8Array, slots: readonly UnlockSlot[]): Uncommitted {
  const { storeId, generation, provider } = custody;
  const keys = rootKeys(root, storeId, provider);
  try {
    const materials = rewrapMaterials(custody, keys.wrappingKey, provider);
    return nextDocument(keys, { generation, slots }, rewrapAccessKeys(materials, custody.wrappingKey, keys));
  } catch (error) {
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * Whether `next` no longer has an unlock slot, the root key, key material or an access key of `before`. No copy of
 * those may be left in the storage then.
 */
export function leavesOut(before: Custody, next: Custody): boolean {
  if (before.root !== next.root) return true;
  const slots = next.slots.map(encodeSlot);
  const kept = (slot: UnlockSlot) => slots.some((other) => sameBytes(other, encodeSlot(slot)));
  if (!before.slots.every(kept)) return true;
  for (const id of before.state.accessKeys?.keys() ?? []) if (!next.state.accessKeys?.has(id)) return true;
  for (const [id, { wrapped }] of before.materials) {
    if (wrapped !== undefined && next.materials.get(id)?.wrapped === undefined) return true;
  }
  return false;
}

/** Overwrites all secrets that `kept` does not share. */
export function wipeCustody(custody: Custody, kept?: Custody): void {
  if (custody.root !== kept?.root) wipeRootKeys(custody);
  wipeUnwrapped(custody, kept);
}

function nextDocument(
  keys: RootKeys,
  before: Pick<Custody, 'generation' | 'slots'>,
  state: KeystoreState,
  previous?: UnwrappedState,
): Uncommitted {
  const { root, wrappingKey, storeId, provider } = keys;
  const { slots } = before;
  const generation = before.generation + 1;
  // Both checks come before the document is stored: each record can be decoded, and each material can be unwrapped.
  const encoded = encodeState(state);
  const unwrapped = unwrapState(state, { wrappingKey, provider }, previous);
  const { bytes, checksum } = sealDocument(root, { storeId, generation, slots }, encoded, provider);
  return {
    custody: { ...onlyKeys(keys), generation, checksum, slots, ...unwrapped },
    bytes,
  };
}

function openNextState(present: Custody, document: KeystoreDocument): Custody {
  try {
    return openState(present, document, present);
  } catch (error) {
    if (!(error instanceof KeystoreError) || error.code !== 'KEYSTORE_TAMPERED') throw error;
    if (!sameBytes(document.storeId, present.storeId) || hasSameSlots(document.slots, present.slots)) throw error;
    throw new KeystoreError(
      'KEYSTORE_REKEYED',
      'The keystore has another root key and other unlock slots than when it was opened. Close it, and open it again with what unlocks it now; nothing was changed. If that does not open it either, it was tampered with: restore a copy of it.',
    );
  }
}

function hasSameSlots(some: readonly UnlockSlot[], others: readonly UnlockSlot[]): boolean {
  const encode = (slots: readonly UnlockSlot[]) => concatBytes(...slots.map(encodeSlot));
  return sameBytes(encode(some), encode(others));
}

function openState(keys: RootKeys, document: KeystoreDocument, previous?: UnwrappedState): Custody {
  const { provider } = keys;
  const state = decodeState(openDocument(keys.root, document, provider));
  const unwrapped = unwrapState(state, keys, previous);
  const { generation, slots } = document;
  // Not a view, which would keep the whole file in memory.
  const checksum = Uint8Array.from(document.checksum);
  return { ...onlyKeys(keys), generation, checksum, slots, ...unwrapped };
}

/** Returns the root keys of a custody, without all else that it has. */
function onlyKeys({
  storeId,
  root,
  wrappingKey,
  importTokenKey,
  grantTokenKey,
  provider,
  openedBy,
}: RootKeys): RootKeys {
  return { storeId, root, wrappingKey, importTokenKey, grantTokenKey, provider, openedBy };
}

function rootKeys(root: Uint8Array, storeId: Uint8Array, provider: Provider, openedBy?: UnlockSlot): RootKeys {
  return {
    storeId,
    root,
    provider,
    openedBy,
    wrappingKey: materialWrappingKey(root, storeId, provider),
    importTokenKey: importSealingKey(root, storeId, provider),
    grantTokenKey: grantTokenSealingKey(root, storeId, provider),
  };
}

function wipeRootKeys({ root, wrappingKey, importTokenKey, grantTokenKey }: RootKeys): void {
  for (const key of [root, wrappingKey, importTokenKey, grantTokenKey]) key.fill(0);
}
