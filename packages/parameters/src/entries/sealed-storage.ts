/**
 * A storage whose entries carry seals: checked as they are read, made as they are written.
 *
 * An entry that is refused at first is read once more, after the keystore: another process may have sealed it since.
 * The keystore's document says which storages may hold entries without seals, so that removing the seals does not turn
 * a storage into one of an old release.
 * @module
 */

import type { EntrySeals } from '@securestring/keystore/entry-seals';
import type { EntryStorage, EntryVisitor, ListRequest, StoredEntry } from '@securestring/storage';
import { storageConflict } from '@securestring/storage';
import { ParameterStoreError } from '../errors.ts';
import { SCAN_LENGTH } from '../limits.ts';
import { SEAL_KEY } from '../state/keys.ts';
import type { CheckEntriesResult, RefusedEntry } from './check.ts';
import { prepareStorage } from './first-write.ts';
import { EntryGuard } from './guard.ts';
import { tampered, uncheckable, WRONG } from './refusals.ts';
import { isSealed } from './seal.ts';

/** A storage as the store sees it: records without seals. */
export interface SealedStorage extends EntryStorage {
  /**
   * Shows entries as {@link EntryStorage.visit} does, of any storage.
   *
   * @throws `ParameterStoreError` (`STORE_TAMPERED`) for each entry that only another look at the keystore can judge:
   *   `list` has it.
   */
  visit(request: Omit<ListRequest, 'limit'>, begin: () => EntryVisitor): Promise<void>;
  /** Checks every entry, and lists those that would be refused. */
  check(): Promise<CheckEntriesResult>;
}

/** Puts seals between a store and its storage. Without `seals`, entries are read and written bare. */
export function sealedStorage(
  storage: EntryStorage,
  seals: EntrySeals | undefined,
  { acceptUnsealed }: { readonly acceptUnsealed: boolean },
): SealedStorage {
  return seals === undefined ? bareStorage(storage) : guardedStorage(storage, seals, acceptUnsealed);
}

function guardedStorage(storage: EntryStorage, seals: EntrySeals, acceptUnsealed: boolean): SealedStorage {
  const guard = new EntryGuard(storage, seals, acceptUnsealed);
  let preparing: Promise<boolean> | undefined;
  const prepare = () => {
    preparing ??= prepareStorage({ storage, seals, guard, acceptUnsealed }).finally(() => {
      preparing = undefined;
    });
    return preparing;
  };
  const get = async (key: string): Promise<StoredEntry | undefined> => {
    if (!guard.knowsName) await guard.glance();
    const entry = await storage.get(key);
    if (entry === undefined) return undefined;
    const opened = guard.openOne(entry);
    if (opened !== undefined) return opened;
    return guard.judging(async () => {
      await guard.look();
      const again = await storage.get(key);
      return again && accepted(guard.judge(again));
    });
  };
  return {
    ...boundsOf(storage),
    get,
    list: async (request) => {
      await guard.glance();
      const opened = openAll(guard, await storage.list(request));
      if (opened !== undefined) return opened;
      return guard.judging(async () => {
        await guard.look();
        return (await storage.list(request)).map((entry) => accepted(guard.judge(entry)));
      });
    },
    visit: async (request, begin) => {
      await guard.glance();
      await visitAny(storage, request, () => withoutSeals(guard, begin()));
    },
    commit: async (changes) => {
      if (changes.length > 0 && !guard.isReady() && (await prepare())) throw storageConflict();
      for (const { key } of changes) guard.forget(key);
      await storage.commit(
        changes.map((change) => ({ ...change, value: change.value && guard.seal(change.key, change.value) })),
      );
    },
    close: () => {
      guard.forget();
      return storage.close();
    },
    check: () => checkGuarded(storage, guard, get),
  };
}

function withoutSeals(guard: EntryGuard, see: EntryVisitor): EntryVisitor {
  return (key, value) => see(key, guard.record(key, value));
}

async function visitAny(
  storage: EntryStorage,
  request: Omit<ListRequest, 'limit'>,
  begin: () => EntryVisitor,
): Promise<void> {
  if (storage.visit !== undefined) return storage.visit(request, begin);
  const entries = await storage.list(request);
  const see = begin();
  for (const { key, value } of entries) see(key, value);
}

/** A seal is not part of a value that the store writes, and no value comes near the bound. */
function boundsOf({ bounds }: EntryStorage): Pick<EntryStorage, 'bounds'> {
  return bounds === undefined ? {} : { bounds };
}

function bareStorage(storage: EntryStorage): SealedStorage {
  const bare = (entry: StoredEntry): StoredEntry => {
    if (isSealed(entry.value)) throw uncheckable(entry.key);
    return entry;
  };
  return {
    ...boundsOf(storage),
    get: async (key) => {
      const entry = await storage.get(key);
      return entry && bare(entry);
    },
    list: async (request) => (await storage.list(request)).map(bare),
    visit: (request, begin) =>
      visitAny(storage, request, () => {
        const see = begin();
        return (key, value) => {
          if (isSealed(value)) throw uncheckable(key);
          see(key, value);
        };
      }),
    commit: async (changes) => {
      // Among sealed entries, an entry without a seal would be refused from then on.
      if (changes.length > 0 && (await storage.get(SEAL_KEY)) !== undefined) throw uncheckable(SEAL_KEY);
      await storage.commit(changes);
    },
    close: () => storage.close(),
    check: async () => {
      const refused: RefusedEntry[] = [];
      let entries = 0;
      for await (const { key, value } of everyEntry(storage)) {
        entries += 1;
        if (isSealed(value)) refused.push({ key, message: uncheckable(key).message });
      }
      return { entries, unsealed: entries - refused.length, refused };
    },
  };
}

async function checkGuarded(
  storage: EntryStorage,
  guard: EntryGuard,
  get: (key: string) => Promise<unknown>,
): Promise<CheckEntriesResult> {
  const nameProblem = await refusalOf(SEAL_KEY, () => guard.look());
  // Without the storage's name no other entry can be judged.
  if (nameProblem !== undefined) return { entries: await countAll(storage), unsealed: 0, refused: [nameProblem] };
  return checkAll(storage, guard, (key) => refusalOf(key, () => get(key)));
}

async function checkAll(
  storage: EntryStorage,
  guard: EntryGuard,
  checkAgain: (key: string) => Promise<RefusedEntry | undefined>,
): Promise<CheckEntriesResult> {
  const refused: RefusedEntry[] = [];
  let [entries, unsealed] = [0, 0];
  for await (const entry of everyEntry(storage)) {
    entries += 1;
    if (!isSealed(entry.value)) unsealed += 1;
    if (!(guard.judge(entry) instanceof ParameterStoreError)) continue;
    if (!isSealed(entry.value)) unsealed -= 1;
    // Another process may have sealed it since this page was listed.
    const problem = await checkAgain(entry.key);
    if (problem !== undefined) refused.push(problem);
  }
  if (entries > 0 && guard.storageId === undefined && !guard.mayLackSeals() && refused.length === 0) {
    refused.push({ key: SEAL_KEY, message: tampered(SEAL_KEY, WRONG.missing).message });
  }
  return { entries, unsealed, refused };
}

/** Runs `work`, and returns how the entry is refused; `undefined` if it is accepted. */
async function refusalOf(key: string, work: () => Promise<unknown>): Promise<RefusedEntry | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ParameterStoreError && error.code === 'STORE_TAMPERED') return { key, message: error.message };
    throw error;
  }
}

async function* everyEntry(storage: EntryStorage): AsyncGenerator<StoredEntry> {
  let request: ListRequest | undefined = { prefix: '', limit: SCAN_LENGTH };
  while (request !== undefined) {
    const page: readonly StoredEntry[] = await storage.list(request);
    yield* page;
    const last = page.at(-1);
    request = last && { prefix: '', limit: SCAN_LENGTH, after: last.key };
  }
}

async function countAll(storage: EntryStorage): Promise<number> {
  let entries = 0;
  for await (const _ of everyEntry(storage)) entries += 1;
  return entries;
}

function openAll(guard: EntryGuard, entries: readonly StoredEntry[]): readonly StoredEntry[] | undefined {
  const opened: StoredEntry[] = [];
  for (const entry of entries) {
    const one = guard.open(entry);
    if (one === undefined) return undefined;
    opened.push(one);
  }
  return opened;
}

function accepted(judged: StoredEntry | ParameterStoreError): StoredEntry {
  if (judged instanceof ParameterStoreError) throw judged;
  return judged;
}
