/**
 * A keystore in hand: its root key, and what the document that was last read or written holds. Made of a document's
 * bytes, and made into the next document's.
 * @module
 */

import type { Provider } from '@securestring/core';
import { concatBytes, sameBytes } from '@securestring/core/bytes';
import { provider as defaultProvider } from '#platform';
import { decodeDocument, type KeystoreDocument } from '../document/header.ts';
import { importSealingKey, materialWrappingKey, openDocument, sealDocument } from '../document/sealing.ts';
import { encodeSlot, makeSlot, openSlots, type UnlockSecret, type UnlockSlot } from '../document/slots.ts';
import { KeystoreError } from '../errors.ts';
import { ID_LENGTH, KEY_LENGTH } from '../limits.ts';
import { decodeState, encodeState } from './codec.ts';
import { rewrapMaterials } from './material.ts';
import type { KeystoreState } from './records.ts';
import { type Snapshot, takeSnapshot, wipeSnapshot } from './snapshot.ts';

/** Holds secrets: no caller ever gets it. */
export interface Custody extends RootKeys {
  readonly generation: number;
  /** Of the document, 32 bytes. */
  readonly checksum: Uint8Array;
  readonly slots: readonly UnlockSlot[];
  readonly snapshot: Snapshot;
}

interface RootKeys {
  readonly storeId: Uint8Array;
  /** 32 secret bytes. */
  readonly root: Uint8Array;
  /** 32 secret bytes, derived from the root: wraps the key material. */
  readonly wrappingKey: Uint8Array;
  /** 32 secret bytes, derived from the root: seals import tokens. */
  readonly importTokenKey: Uint8Array;
  /** What all of it is sealed and wrapped with. */
  readonly provider: Provider;
}

/** A custody, and the document that is yet to be stored for it. */
export interface Uncommitted {
  readonly custody: Custody;
  readonly bytes: Uint8Array;
}

/** The first document of a new keystore, whose state `firstState` makes. */
export async function createCustody(
  unlock: UnlockSecret,
  firstState: (wrappingKey: Uint8Array) => KeystoreState,
  provider: Provider = defaultProvider,
): Promise<Uncommitted> {
  const storeId = new Uint8Array(ID_LENGTH);
  provider.randomFill(storeId);
  const keys = rootKeys(provider.randomKey(KEY_LENGTH), storeId, provider);
  try {
    const slots = [await makeSlot(unlock, keys.root, provider)];
    return commitState({ ...keys, generation: 0, slots }, firstState(keys.wrappingKey));
  } catch (error) {
    // What the caller's own clock may throw, or a scrypt that finds no memory.
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * Unlocks a document.
 *
 * @throws `KeystoreError`: whatever can be wrong with a document or with what is to unlock it.
 */
export async function unlockCustody(
  unlock: UnlockSecret,
  bytes: Uint8Array,
  provider: Provider = defaultProvider,
): Promise<Custody> {
  const document = decodeDocument(bytes);
  const root = await openSlots(unlock, document.slots, provider);
  const keys = rootKeys(root, Uint8Array.from(document.storeId), provider);
  try {
    return readState(keys, document);
  } catch (error) {
    // Tampered with, or not readable: either way nothing is left to be used.
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * The same keystore as a document has it now, which may be as it was. Takes over the secrets of `present`.
 *
 * @throws `KeystoreError` (`KEYSTORE_ROLLED_BACK`) where the document is older than the present one, or another one of
 *   the same generation; (`KEYSTORE_REKEYED`) where it is under another root key; and as {@link unlockCustody} but for
 *   what unlocks.
 */
export function rereadCustody(present: Custody, bytes: Uint8Array): Custody {
  const document = decodeDocument(bytes);
  if (sameBytes(document.checksum, present.checksum)) return present;
  const next = readNextState(present, document);
  if (document.generation > present.generation) return next;
  wipeSnapshot(next.snapshot, present.snapshot);
  throw new KeystoreError(
    'KEYSTORE_ROLLED_BACK',
    `The keystore was rolled back: its document is of generation ${document.generation}, and generation ${present.generation} was in use already. An old copy was put in its place; restore the newest.`,
  );
}

/** The document that follows, with `state` in it. */
export function commitState(
  present: RootKeys & Pick<Custody, 'generation' | 'slots'> & { readonly snapshot?: Snapshot },
  state: KeystoreState,
): Uncommitted {
  const { root, wrappingKey, importTokenKey, storeId, slots, provider } = present;
  const generation = present.generation + 1;
  // Before it is stored, so that no material is ever stored that could not be used; no record, encodeState sees to.
  const snapshot = takeSnapshot(state, wrappingKey, present.snapshot, provider);
  const { bytes, checksum } = sealDocument(root, { storeId, generation, slots }, encodeState(state), provider);
  const custody = { root, wrappingKey, importTokenKey, storeId, provider, slots, generation, checksum, snapshot };
  return { custody, bytes };
}

/** The document that follows, with the same state under another root key, 32 bytes, which it takes over. */
export function commitRootKey(
  { storeId, generation, snapshot, provider }: Custody,
  root: Uint8Array,
  slots: readonly UnlockSlot[],
): Uncommitted {
  const keys = rootKeys(root, storeId, provider);
  try {
    return commitState({ ...keys, generation, slots }, rewrapMaterials(snapshot, keys.wrappingKey, provider));
  } catch (error) {
    wipeRootKeys(keys);
    throw error;
  }
}

/**
 * Whether something of `before` must not be found any more once `next` is stored: an unlock slot, the root key, key
 * material.
 */
export function leavesOut(before: Custody, next: Custody): boolean {
  if (before.root !== next.root) return true;
  const slots = next.slots.map(encodeSlot);
  const kept = (slot: UnlockSlot) => slots.some((other) => sameBytes(other, encodeSlot(slot)));
  if (!before.slots.every(kept)) return true;
  for (const [id, { wrapped }] of before.snapshot.materials) {
    if (wrapped !== undefined && next.snapshot.materials.get(id)?.wrapped === undefined) return true;
  }
  return false;
}

/** Overwrites every secret, but for those that are another's too. */
export function wipeCustody(custody: Custody, kept?: Custody): void {
  if (custody.root !== kept?.root) wipeRootKeys(custody);
  wipeSnapshot(custody.snapshot, kept?.snapshot);
}

function readNextState(present: Custody, document: KeystoreDocument): Custody {
  try {
    return readState(present, document, present.snapshot);
  } catch (error) {
    if (!(error instanceof KeystoreError) || error.code !== 'KEYSTORE_TAMPERED') throw error;
    if (!sameBytes(document.storeId, present.storeId) || sameSlots(document.slots, present.slots)) throw error;
    throw new KeystoreError(
      'KEYSTORE_REKEYED',
      'The keystore is under another root key than when it was opened, and has other unlock slots. Close it, and open it again with what unlocks it now; nothing was changed. If that opens it neither, it was tampered with: restore a copy of it.',
    );
  }
}

function sameSlots(some: readonly UnlockSlot[], others: readonly UnlockSlot[]): boolean {
  const encode = (slots: readonly UnlockSlot[]) => concatBytes(...slots.map(encodeSlot));
  return sameBytes(encode(some), encode(others));
}

function readState(keys: RootKeys, document: KeystoreDocument, previous?: Snapshot): Custody {
  const state = decodeState(openDocument(keys.root, document, keys.provider));
  const snapshot = takeSnapshot(state, keys.wrappingKey, previous, keys.provider);
  const { root, wrappingKey, importTokenKey, storeId, provider } = keys;
  const { generation, slots } = document;
  // Not a view, which would keep the whole file.
  const checksum = Uint8Array.from(document.checksum);
  return { root, wrappingKey, importTokenKey, storeId, provider, generation, slots, checksum, snapshot };
}

function rootKeys(root: Uint8Array, storeId: Uint8Array, provider: Provider): RootKeys {
  return {
    storeId,
    root,
    provider,
    wrappingKey: materialWrappingKey(root, storeId, provider),
    importTokenKey: importSealingKey(root, storeId, provider),
  };
}

function wipeRootKeys({ root, wrappingKey, importTokenKey }: RootKeys): void {
  root.fill(0);
  wrappingKey.fill(0);
  importTokenKey.fill(0);
}
