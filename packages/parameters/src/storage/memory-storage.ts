/**
 * The simplest storage: entries in memory.
 * @module
 */

import { checkKey, checkRequest, storageClosed, storageConflict, takeChanges } from './changes.ts';
import type { Change, ListRequest, ParameterStorage, StoredEntry } from './storage.ts';

/** Keeps entries in memory, for as long as this object lives. Several stores may share it. */
export function memoryStorage(): ParameterStorage {
  const entries = new Map<string, StoredEntry>();
  /** All of them, in order. Of printable ASCII, the order of texts is the order of bytes. */
  const keys: string[] = [];
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
      return keysIn(keys, request).flatMap((key) => own(entries.get(key)) ?? []);
    },
    commit: async (changes) => {
      open();
      const taken = takeChanges(changes);
      if (taken.some(({ key, expectedVersion }) => (entries.get(key)?.version ?? 0) !== expectedVersion)) {
        throw storageConflict();
      }
      for (const change of taken) apply(entries, keys, change);
    },
    close: async () => {
      closed = true;
      entries.clear();
      keys.length = 0;
    },
  };
}

function apply(entries: Map<string, StoredEntry>, keys: string[], { key, value, expectedVersion }: Change): void {
  if (value !== undefined) {
    if (expectedVersion === 0) keys.splice(firstFrom(keys, key), 0, key);
    entries.set(key, { key, value, version: expectedVersion + 1 });
  } else if (expectedVersion > 0) {
    keys.splice(firstFrom(keys, key), 1);
    entries.delete(key);
  }
}

function keysIn(keys: readonly string[], { prefix, after, limit = Number.POSITIVE_INFINITY }: ListRequest): string[] {
  let at = firstFrom(keys, prefix);
  if (after !== undefined && after >= prefix) {
    at = firstFrom(keys, after);
    if (keys[at] === after) at++;
  }
  const found: string[] = [];
  for (let key = keys[at]; found.length < limit && key?.startsWith(prefix); key = keys[++at]) found.push(key);
  return found;
}

/** Index of the first key that is not before this one. */
function firstFrom(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function own(entry: StoredEntry | undefined): StoredEntry | undefined {
  return entry === undefined ? undefined : { ...entry, value: entry.value.slice() };
}
