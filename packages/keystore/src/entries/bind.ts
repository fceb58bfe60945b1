/**
 * The seals of entries over the store, which has their key.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { type EntryMac, entryMac, hexOf, provider } from '#platform';
import type { EntrySeals } from '../entry-seals.ts';
import { type Custody, commitState, type Uncommitted } from '../state/custody.ts';
import { newEntries } from '../state/material.ts';
import type { EntriesRecord } from '../state/records.ts';
import type { Draft, Store } from '../store.ts';

const LABEL = encodeUtf8('securestring parameter entries v1');

/** A storage's MAC, and what its key was derived from. */
interface StorageMac {
  readonly storageId: Uint8Array;
  readonly entryKey: Uint8Array;
  readonly mac: EntryMac;
}

/** Binds the seals to a store. `wipe` overwrites the keys that were derived; the store wipes its own. */
export function bindEntrySeals(store: Store): EntrySeals & { wipe(): void } {
  const macs = new Map<string, StorageMac>();
  let latest: StorageMac | undefined;
  const macOf = (storageId: Uint8Array, entryKey: Uint8Array): EntryMac => {
    // Most often the very array of the call before, which spares the look-up.
    if (latest?.storageId !== storageId || latest.entryKey !== entryKey) latest = find(storageId, entryKey);
    return latest.mac;
  };
  const find = (storageId: Uint8Array, entryKey: Uint8Array): StorageMac => {
    const name = hexOf(storageId);
    const known = macs.get(name);
    if (known?.entryKey === entryKey) return { ...known, storageId };
    known?.mac.wipe();
    const found = { storageId, entryKey, mac: storageMac(entryKey, storageId) };
    macs.set(name, found);
    return found;
  };
  return {
    sealing: () => ({ hasKey: store.entryKey() !== undefined, unsealed: store.state().entries?.unsealed ?? [] }),
    refresh: async () => {
      await store.refresh();
    },
    newStorageId: () => store.current().randomness.storageId(),
    begin: ({ storageId, isTrusted }) =>
      changeEntries(store, (entries, present) => {
        const ids = storageId === undefined ? [] : [storageId];
        if (entries === undefined) return newEntries(present, ids);
        return isTrusted ? { ...entries, unsealed: [...without(entries.unsealed, storageId), ...ids] } : entries;
      }),
    finish: (storageId) =>
      changeEntries(store, (entries) => entries && { ...entries, unsealed: [...without(entries.unsealed, storageId)] }),
    seal: (storageId, key, value) => {
      const entryKey = store.entryKey();
      if (entryKey === undefined) throw new TypeError('The keystore has no key that seals entries: call begin first.');
      return macOf(storageId, entryKey).tag(key, value);
    },
    verify: (storageId, key, value, seal) => {
      const entryKey = store.entryKey();
      if (entryKey === undefined) return false;
      return provider.equalConstantTime(macOf(storageId, entryKey).tag(key, value), seal);
    },
    wipe: () => {
      for (const { mac } of macs.values()) mac.wipe();
      macs.clear();
      latest = undefined;
    },
  };
}

/** Derives a key of the storage's own, so that an entry of one storage does not pass in another. */
function storageMac(entryKey: Uint8Array, storageId: Uint8Array): EntryMac {
  const macKey = deriveKey(provider, entryKey, LABEL, storageId);
  try {
    return entryMac(macKey);
  } finally {
    macKey.fill(0);
  }
}

/** Commits what `edit` makes of the record; nothing where it lists the same storages as before. */
function changeEntries(
  store: Store,
  edit: (entries: EntriesRecord | undefined, present: Draft) => EntriesRecord | undefined,
): Promise<void> {
  return store.changeCustody(async (custody, present) => {
    const before = custody.snapshot.state.entries;
    const entries = edit(before, present);
    const isSame =
      entries === undefined || (before !== undefined && entries.unsealed.length === before.unsealed.length);
    return { next: isSame ? undefined : withEntries(custody, entries, present.now), result: undefined };
  });
}

function withEntries(custody: Custody, entries: EntriesRecord, now: number): Uncommitted {
  return commitState(custody, { ...custody.snapshot.state, entries, highestClock: now });
}

function without(ids: readonly Uint8Array[], storageId: Uint8Array | undefined): readonly Uint8Array[] {
  return storageId === undefined ? ids : ids.filter((id) => !sameBytes(id, storageId));
}
