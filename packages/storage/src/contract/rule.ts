/**
 * A rule of the contract, and what its checks share.
 * @module
 */

import { deepStrictEqual } from 'node:assert/strict';
import { type Change, DEFAULT_BOUNDS, type EntryStorage, type StorageBounds, type StoredEntry } from '../storage.ts';

/** One rule of the contract. */
export interface StorageRule {
  /** What a storage must do, as the end of a sentence that begins with "A storage". */
  readonly rule: string;
  /**
   * Checks the rule; rejects if the storage breaks it.
   *
   * @param open makes an empty storage, which the check closes.
   * @param reopen makes another storage of the same place as the one that it gets, which may be open or closed. Without
   *   it, nothing is checked of what outlives a storage, or of several storages of one place.
   */
  check(open: () => Promise<EntryStorage>, reopen?: Reopen): Promise<void>;
}

/** Makes another storage of the same place as the given one, which may be open or closed. */
export type Reopen = (storage: EntryStorage) => Promise<EntryStorage>;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const put = (key: string, text: string, expectedVersion = 0): Change => ({
  key,
  value: bytes(text),
  expectedVersion,
});
export const remove = (key: string, expectedVersion: number): Change => ({ key, value: undefined, expectedVersion });
export const conflict = { code: 'STORAGE_CONFLICT' };

/** Makes a rule whose check needs one storage. */
export function rule(name: string, check: (storage: EntryStorage) => Promise<void>): StorageRule {
  return {
    rule: name,
    check: async (open) => {
      const storage = await open();
      try {
        await check(storage);
      } finally {
        await storage.close();
      }
    },
  };
}

export function boundsOf(storage: EntryStorage): StorageBounds {
  return storage.bounds ?? DEFAULT_BOUNDS;
}

/** Returns the version of an entry, which must exist and have this value. */
export async function holds(storage: EntryStorage, key: string, value: string): Promise<number> {
  const entry = await storage.get(key);
  deepStrictEqual({ ...entry, value: text(entry) }, { key, value, version: entry?.version });
  return entry?.version ?? 0;
}

export function keysOf(entries: readonly StoredEntry[]): string[] {
  return entries.map(({ key }) => key);
}

export function text(entry: StoredEntry | undefined): string {
  return new TextDecoder().decode(entry?.value);
}

/** Returns bytes as text: newer Nodes draw the difference of two long lists in memory without bounds. */
export function plain(value: Uint8Array | undefined): string {
  return `${value?.join()}`;
}
