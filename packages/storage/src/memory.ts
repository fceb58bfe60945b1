/**
 * Entries in memory: the simplest storage.
 * @module
 */

import { type Members, members, number, optional, record, takeOptions } from '@securestring/core/options';
import { checkKey, checkRequest, takeChanges } from './changes.ts';
import { storageClosed, storageConflict } from './errors.ts';
import { type SortedKeys, sortedKeys } from './sorted-keys.ts';
import { type Change, type EntryStorage, LOCAL_BOUNDS, type StorageBounds, type StoredEntry } from './storage.ts';

/** Options of {@link memoryStorage}. */
export type MemoryStorageOptions = Pick<EntryStorage, 'bounds'>;

const BOUNDS: Members<StorageBounds> = members<StorageBounds>({
  valueLength: number,
  changes: number,
  commitLength: number,
});
const OPTIONS: Members<MemoryStorageOptions> = members<MemoryStorageOptions>({ bounds: optional(record(BOUNDS)) });

/**
 * Makes a storage that keeps entries in memory, for as long as this object lives. Several stores may share it. It takes
 * as much at once as `bounds` say. Default {@link LOCAL_BOUNDS}.
 *
 * @throws `TypeError` if an option is unknown, or not of its type.
 */
export function memoryStorage(
  options: MemoryStorageOptions = {},
): Required<Pick<EntryStorage, 'bounds' | 'getSync'>> & EntryStorage {
  const { bounds = LOCAL_BOUNDS } = takeOptions('memoryStorage', options, OPTIONS);
  const entries = new Map<string, StoredEntry>();
  const keys = sortedKeys();
  /** The greatest version of all entries that were deleted: an entry that is created later begins after it. */
  let deleted = 0;
  let closed = false;
  const requireOpen = () => {
    if (closed) throw storageClosed();
  };
  const getSync = (key: string) => {
    requireOpen();
    checkKey(key);
    return copyOf(entries.get(key));
  };
  return {
    bounds,
    get: async (key) => getSync(key),
    getSync,
    list: async (request) => {
      requireOpen();
      checkRequest(request);
      return keys.list(request).flatMap((key) => copyOf(entries.get(key)) ?? []);
    },
    commit: async (changes) => {
      requireOpen();
      const taken = takeChanges(changes, bounds);
      if (taken.some(({ key, expectedVersion }) => (entries.get(key)?.version ?? 0) !== expectedVersion)) {
        throw storageConflict();
      }
      for (const { value, expectedVersion } of taken) {
        if (value === undefined) deleted = Math.max(deleted, expectedVersion);
      }
      for (const change of taken) apply(entries, keys, change, 1 + (change.expectedVersion || deleted));
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
  entries.get(key)?.value.fill(0);
  if (value !== undefined) {
    if (expectedVersion === 0) keys.add(key);
    entries.set(key, { key, value, version });
  } else if (expectedVersion > 0) {
    keys.delete(key);
    entries.delete(key);
  }
}

function copyOf(entry: StoredEntry | undefined): StoredEntry | undefined {
  return entry === undefined ? undefined : { ...entry, value: entry.value.slice() };
}
