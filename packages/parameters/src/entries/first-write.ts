/**
 * The work before the first write to a storage. A new storage gets its name; a storage of a release that made no seals
 * is sealed.
 *
 * Sealing has five steps, and the process may die after each: (1) the entry "seal" names the storage, without a seal;
 * (2) the keystore notes that this storage may lack seals; (3) every other entry is sealed; (4) "seal" itself is
 * sealed; (5) the keystore notes that from now on no seal may be missing.
 * @module
 */

import type { EntrySeals } from '@securestring/keystore/entry-seals';
import type { EntryStorage, StoredEntry } from '@securestring/storage';
import { MAX_COMMIT_LENGTH } from '../limits.ts';
import { SEAL_KEY } from '../state/keys.ts';
import type { EntryGuard } from './guard.ts';
import { tampered, WRONG } from './refusals.ts';
import { encodeStorageId, isSealed } from './seal.ts';

/** The storage, and what judges and makes its seals. */
interface Place {
  readonly storage: EntryStorage;
  readonly seals: EntrySeals;
  readonly guard: EntryGuard;
  readonly acceptUnsealed: boolean;
}

/**
 * Makes the storage ready to be written.
 *
 * @returns whether entries were rewritten, so that entries which were read before have another version now.
 * @throws an error with code `STORAGE_CONFLICT` if another process named the storage first.
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
    // Another process may have named the storage since the look, and then written the entries that were listed.
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
  // Refuses to go on if another storage was the keystore's first.
  await guard.look();
  await sealEntries(storage, guard);
  await sealName(storage, guard);
  await seals.finish(id);
  await guard.look();
}

/** Seals all entries without a seal, except the name. Entries that other processes write meanwhile carry one. */
async function sealEntries(storage: EntryStorage, guard: EntryGuard): Promise<void> {
  let after = '';
  for (;;) {
    const page = await storage.list({ prefix: '', after, limit: MAX_COMMIT_LENGTH });
    const last = page.at(-1);
    if (last === undefined) return;
    const bare = page.filter(({ key, value }) => key !== SEAL_KEY && !isSealed(value));
    // If another process was faster, the same page is read again: fewer of its entries lack a seal now.
    if (await commitSealed(storage, guard, bare)) after = last.key;
  }
}

async function sealName(storage: EntryStorage, guard: EntryGuard): Promise<void> {
  const entry = await storage.get(SEAL_KEY);
  if (entry !== undefined && !isSealed(entry.value)) await commitSealed(storage, guard, [entry]);
}

/** Commits entries with their seals; returns false if another process was faster. */
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
