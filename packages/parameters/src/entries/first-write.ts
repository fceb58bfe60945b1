/**
 * What comes before the first write to a storage. A new one gets its name; one of a release that made no seals is sealed.
 *
 * The steps of the second, each of which may be the last of a process: the entry "seal" names the storage, without a
 * seal; the keystore notes that this storage may lack seals; every entry is sealed, then "seal" itself; the keystore
 * notes that none may be missing from now on.
 * @module
 */

import type { EntrySeals } from '@securestring/keystore/entry-seals';
import type { EntryStorage, StoredEntry } from '@securestring/storage';
import { MAX_COMMIT_LENGTH } from '../limits.ts';
import { SEAL_KEY } from '../state/keys.ts';
import type { EntryGuard } from './guard.ts';
import { tampered, WRONG } from './refusals.ts';
import { encodeStorageId, isSealed } from './seal.ts';

/** What the steps work with. */
interface Place {
  readonly storage: EntryStorage;
  readonly seals: EntrySeals;
  readonly guard: EntryGuard;
  readonly acceptUnsealed: boolean;
}

/**
 * Makes the storage ready to be written.
 *
 * @returns whether entries were written again, so that what was read before has another version now.
 * @throws an error with code `STORAGE_CONFLICT` where another process named the storage first.
 */
export async function prepareStorage(place: Place): Promise<boolean> {
  const { storage, guard } = place;
  await guard.look();
  if (guard.isReady()) return false;
  if (guard.storageId === undefined) {
    const isEmpty = (await storage.list({ prefix: '', limit: 1 })).length === 0;
    if (isEmpty) {
      await nameNewStorage(place);
      return false;
    }
    // Another process may have named the storage since the look, and written what was listed: its name is there first.
    await guard.look();
    if (guard.isReady()) return false;
    if (guard.storageId === undefined) await nameOldStorage(place);
  }
  await sealOldStorage(place);
  return true;
}

async function nameNewStorage({ storage, seals, guard }: Place): Promise<void> {
  await seals.begin({ isTrusted: false });
  const id = seals.newStorageId();
  const value = guard.seal(SEAL_KEY, encodeStorageId(id), id);
  await storage.commit([{ key: SEAL_KEY, value, expectedVersion: 0 }]);
  await guard.look();
}

async function nameOldStorage({ storage, seals, guard }: Place): Promise<void> {
  if (!guard.mayLackSeals()) throw tampered(SEAL_KEY, WRONG.missing);
  const value = encodeStorageId(seals.newStorageId());
  await storage.commit([{ key: SEAL_KEY, value, expectedVersion: 0 }]);
  await guard.look();
}

async function sealOldStorage({ storage, seals, guard, acceptUnsealed }: Place): Promise<void> {
  const id = guard.storageId;
  if (id === undefined) throw tampered(SEAL_KEY, WRONG.missing);
  await seals.begin({ storageId: id, isTrusted: acceptUnsealed });
  // Refuses to go on where another storage was the keystore's first.
  await guard.look();
  await sealEntries(storage, guard);
  await sealName(storage, guard);
  await seals.finish(id);
  await guard.look();
}

/** Seals what carries no seal, all but the name. What other processes write meanwhile carries one. */
async function sealEntries(storage: EntryStorage, guard: EntryGuard): Promise<void> {
  let after = '';
  for (;;) {
    const page = await storage.list({ prefix: '', after, limit: MAX_COMMIT_LENGTH });
    const last = page.at(-1);
    if (last === undefined) return;
    const bare = page.filter(({ key, value }) => key !== SEAL_KEY && !isSealed(value));
    // Where another process was faster, the same page is read again: it has fewer of them now.
    if (await commitSealed(storage, guard, bare)) after = last.key;
  }
}

async function sealName(storage: EntryStorage, guard: EntryGuard): Promise<void> {
  const entry = await storage.get(SEAL_KEY);
  if (entry !== undefined && !isSealed(entry.value)) await commitSealed(storage, guard, [entry]);
}

/** Commits entries with their seals; returns false where another process was faster. */
async function commitSealed(
  storage: EntryStorage,
  guard: EntryGuard,
  entries: readonly StoredEntry[],
): Promise<boolean> {
  try {
    await storage.commit(
      entries.map(({ key, value, version }) => ({ key, value: guard.seal(key, value), expectedVersion: version })),
    );
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Checks for a conflict, which a storage of a caller's own may throw in another class. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'STORAGE_CONFLICT';
}
