/**
 * The seals of a parameter storage's entries, made with the key that the store holds.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { type EntryMac, entryMac, hexOf, provider } from '#platform';
import type { EntrySeals } from '../entry-seals.ts';
import { commitState } from '../state/custody.ts';
import { newEntries } from '../state/material.ts';
import type { EntriesRecord } from '../state/records.ts';
import type { Draft } from '../state/view.ts';
import type { Store } from '../store.ts';

const LABEL = encodeUtf8('securestring parameter entries v1');

/** The MAC of a storage, and what its key was derived from. */
interface StorageMac {
  readonly storageId: Uint8Array;
  readonly entryKey: Uint8Array;
  readonly mac: EntryMac;
}

/** Binds the seals to a store. `wipe` overwrites the derived keys; the store wipes its own. */
export function bindEntrySeals(store: Store): EntrySeals & { wipe(): void } {
  const macs = storageMacs();
  const names = keyNames();
  return {
    sealing: () => ({ hasKey: store.entryKey() !== undefined, unsealed: store.custody.state.entries?.unsealed ?? [] }),
    keyName: () => names.of(store.entryKey()),
    refresh: async () => {
      await store.refresh();
    },
    newStorageId: () => store.current().randomness.storageId(),
    begin: ({ storageId, isTrusted }) =>
      changeEntries(store, (entries, draft) => {
        const ids = storageId === undefined ? [] : [storageId];
        if (entries === undefined) return newEntries(draft, ids);
        return isTrusted ? { ...entries, unsealed: [...without(entries.unsealed, storageId), ...ids] } : entries;
      }),
    finish: (storageId) =>
      changeEntries(store, (entries) => entries && { ...entries, unsealed: [...without(entries.unsealed, storageId)] }),
    seal: (storageId, key, value) => {
      const entryKey = store.entryKey();
      if (entryKey === undefined) throw new TypeError('The keystore has no key that seals entries: call begin first.');
      return macs.of(storageId, entryKey).tag(key, value);
    },
    verify: (storageId, key, value, seal) => {
      const entryKey = store.entryKey();
      if (entryKey === undefined) return false;
      return provider.equalConstantTime(macs.of(storageId, entryKey).tag(key, value), seal);
    },
    wipe: macs.wipe,
  };
}

/** Names keys: the same object until the key is another one. */
function keyNames(): { of(entryKey: Uint8Array | undefined): object | undefined } {
  let last: { readonly entryKey: Uint8Array; readonly name: object } | undefined;
  return {
    of: (entryKey) => {
      if (entryKey === undefined) return undefined;
      if (last?.entryKey !== entryKey) last = { entryKey, name: {} };
      return last.name;
    },
  };
}

/** Keeps the MAC of each storage until the entry key changes. */
function storageMacs(): { of(storageId: Uint8Array, entryKey: Uint8Array): EntryMac; wipe(): void } {
  const macs = new Map<string, StorageMac>();
  let last: StorageMac | undefined;
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
    of: (storageId, entryKey) => {
      // Most calls pass the same array as the call before, and so need no look-up.
      if (last?.storageId !== storageId || last.entryKey !== entryKey) last = find(storageId, entryKey);
      return last.mac;
    },
    wipe: () => {
      for (const { mac } of macs.values()) mac.wipe();
      macs.clear();
      last = undefined;
    },
  };
}

/** Derives a key for one storage, so that an entry of another storage does not pass in it. */
function storageMac(entryKey: Uint8Array, storageId: Uint8Array): EntryMac {
  const macKey = deriveKey(provider, entryKey, LABEL, storageId);
  try {
    return entryMac(macKey);
  } finally {
    macKey.fill(0);
  }
}

/** Commits the record that `edit` makes. If it lists the same storages as before, nothing is committed. */
function changeEntries(
  store: Store,
  edit: (entries: EntriesRecord | undefined, draft: Draft) => EntriesRecord | undefined,
): Promise<void> {
  return store.changeCustody(async (draft) => {
    const { state } = draft;
    const before = state.entries;
    const entries = edit(before, draft);
    const isSame = entries === undefined || entries.unsealed.length === before?.unsealed.length;
    return { next: isSame ? undefined : commitState(draft, { ...state, entries }), result: undefined };
  });
}

function without(ids: readonly Uint8Array[], storageId: Uint8Array | undefined): readonly Uint8Array[] {
  return storageId === undefined ? ids : ids.filter((id) => !sameBytes(id, storageId));
}
