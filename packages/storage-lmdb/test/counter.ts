/**
 * Two entries that are always changed together, to the same number.
 * @module
 */

import type { ParameterStorage, StoredEntry } from '@securestring/parameters';

/** Adds 1 to both, as often as it takes, and returns the sum. */
export async function increment(storage: ParameterStorage): Promise<number> {
  for (;;) {
    const [one, other] = [await storage.get('one'), await storage.get('other')];
    const sum = numberIn(one) + 1;
    const value = new TextEncoder().encode(String(sum));
    try {
      await storage.commit([
        { key: 'one', value, expectedVersion: one?.version ?? 0 },
        { key: 'other', value, expectedVersion: other?.version ?? 0 },
      ]);
      return sum;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORAGE_CONFLICT') throw error;
    }
  }
}

/** 0 where there is no entry. */
export function numberIn(entry: StoredEntry | undefined): number {
  return Number(new TextDecoder().decode(entry?.value));
}
