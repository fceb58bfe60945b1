/**
 * The simplest storage: entries in memory.
 * @module
 */

import { checkKey, checkRequest, storageClosed, storageConflict, takeChanges } from './changes.ts';
import { type SortedKeys, sortedKeys } from './sorted-keys.ts';
import type { Change, ParameterStorage, StoredEntry } from './storage.ts';

/** Keeps entries in memory, for as long as this object lives. Several stores may share it. */
export function memoryStorage(): ParameterStorage {
  const entries = new Map<string, StoredEntry>();
  const keys = sortedKeys();
  /** The greatest version of all that were deleted: what is made anew begins behind it. */
  let bygone = 0;
  let closed = false;
  const open = () => {
    if (closed) throw storageClosed();
  };
  return {
    get: async (key) => {
      open();
      checkKey(key);
      return own(entries.get(key));
    },
    list: async (request) => {
      open();
      checkRequest(request);
      return keys.list(request).flatMap((key) => own(entries.get(key)) ?? []);
    },
    commit: async (changes) => {
      open();
      const taken = takeChanges(changes);
      if (taken.some(({ key, expectedVersion }) => (entries.get(key)?.version ?? 0) !== expectedVersion)) {
        throw storageConflict();
      }
      bygone = Math.max(
        bygone,
        ...taken.flatMap(({ value, expectedVersion }) => (value === undefined ? [expectedVersion] : [])),
      );
      for (const change of taken) apply(entries, keys, change, 1 + (change.expectedVersion || bygone));
    },
    close: async () => {
      closed = true;
      entries.clear();
      keys.clear();
    },
  };
}

function apply(
  entries: Map<string, StoredEntry>,
  keys: SortedKeys,
  { key, value, expectedVersion }: Change,
  version: number,
): void {
  if (value !== undefined) {
    if (expectedVersion === 0) keys.add(key);
    entries.set(key, { key, value, version });
  } else if (expectedVersion > 0) {
    keys.delete(key);
    entries.delete(key);
  }
}

function own(entry: StoredEntry | undefined): StoredEntry | undefined {
  return entry === undefined ? undefined : { ...entry, value: entry.value.slice() };
}
