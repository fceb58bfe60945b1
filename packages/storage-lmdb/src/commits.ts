/**
 * Commits to an LMDB environment. Those that are asked for while another is written wait, and then share one write
 * transaction: one wait for the disk, while each one of them still happens as a whole or not at all.
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Change, storageConflict } from '@securestring/storage';
import type { DatabaseName, Entries, OpenEnvironment, Writable } from './databases.ts';
import { makeRoom } from './files.ts';
import type { Gate } from './gate.ts';

/** The commits of one environment, in the order in which they were asked for. */
export interface CommitQueue {
  /** Resolves when all changes are on the disk. Throws `STORAGE_CONFLICT`, or what the file system or LMDB answers. */
  commit(database: DatabaseName, changes: readonly PlacedChange[]): Promise<void>;
}

/** A change that may say which version it gives its entry. */
export interface PlacedChange extends Change {
  readonly version?: number;
}

interface Waiting {
  readonly database: DatabaseName;
  readonly changes: readonly PlacedChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Versions of new entries begin at random below this, so that none meets those of an entry that was deleted before. */
const FIRST_VERSIONS = 2 ** 48;
/** Most changes that share a transaction. */
const MAX_SHARED = 10_000;
/** Most changes whose conditions are within each other; more than some thousand do not fit on the stack. */
const MAX_NESTED = 500;
/** Pages that one change may write again of those that are there: the way down the tree. */
const PAGES_OF_CHANGE = 5;
/** Pages that a transaction may write again of its own: the list of free pages, the table of databases. */
const PAGES_OF_COMMIT = 64;
/** How much longer entries are in the tree: half empty pages, and those above them. */
const SLACK = 3;
/** What LMDB adds to an entry, in bytes at most. */
const ENTRY_OVERHEAD = 32;
/** Kept free for commits that delete and make nothing new, so that what is stored can be deleted on a full disk too. */
const RESERVE = 524_288;

/** The environment that is committed to. */
interface Target {
  readonly folder: string;
  readonly gate: Gate;
  use(): Promise<OpenEnvironment>;
  drop(): Promise<void>;
}

export function commitQueue(environment: () => Target): CommitQueue {
  const queue: Waiting[] = [];
  let running = false;
  const run = async () => {
    running = true;
    while (queue.length > 0) {
      await nextTurn();
      await writeAll(environment(), take(queue));
    }
    running = false;
  };
  return {
    commit: (database, changes) =>
      new Promise<void>((resolve, reject) => {
        queue.push({ database, changes, resolve, reject });
        if (!running) void run();
      }),
  };
}

function take(queue: Waiting[]): Waiting[] {
  let [count, changes] = [0, 0];
  do changes += queue[count++]?.changes.length ?? 0;
  while (count < queue.length && changes + (queue[count]?.changes.length ?? 0) <= MAX_SHARED);
  // A commit of very many changes is a transaction of its own.
  const large = queue.findIndex(isLarge);
  if (large >= 0 && large < count) count = Math.max(large, 1);
  return queue.splice(0, count);
}

/** Never rejects: each of them learns what became of it. */
async function writeAll(environment: Target, batch: readonly Waiting[]): Promise<void> {
  let open: Writable;
  try {
    const found = await environment.use();
    if (found.readOnly !== undefined) throw found.readOnly;
    open = found;
    await makeRoom(environment.folder, roomFor(open, batch));
  } catch (error) {
    // There may be room for some of them.
    if (batch.length > 1) for (const one of batch) await writeAll(environment, [one]);
    else batch[0]?.reject(error);
    return;
  }
  try {
    await environment.gate.commit(() => {
      const [first] = batch;
      return first !== undefined && isLarge(first) ? writeLarge(open, first) : writeTransaction(open, batch);
    });
  } catch (error) {
    for (const { reject } of batch) reject(error);
    // LMDB may be beyond use after some failures, and does not say after which.
    await environment.drop().catch(() => undefined);
  }
}

function isLarge({ changes }: Waiting): boolean {
  return changes.length > MAX_NESTED;
}

/** Length of the data file in bytes that suffices. LMDB itself does not survive every failure to write. */
function roomFor({ root }: Writable, batch: readonly Waiting[]): number {
  const { lastPageNumber, pageSize } = root.getStats() as { lastPageNumber: number; pageSize: number };
  const changes = batch.flatMap((one) => one.changes);
  const rewritten = Math.min(changes.length * PAGES_OF_CHANGE, lastPageNumber + 1);
  let length = (lastPageNumber + 1 + PAGES_OF_COMMIT + rewritten) * pageSize;
  for (const { key, value } of changes) {
    if (value === undefined) continue;
    const entry = key.length + value.length + ENTRY_OVERHEAD;
    length += entry < pageSize ? SLACK * entry : entry + SLACK * pageSize;
  }
  return batch.every(deletesOnly) ? length : length + RESERVE;
}

/** Returns whether a commit deletes, and beside that at most replaces entries that exist, such as a count. */
function deletesOnly({ changes }: Waiting): boolean {
  return (
    changes.some(({ value, expectedVersion }) => value === undefined && expectedVersion > 0) &&
    changes.every(({ value, expectedVersion }) => value === undefined || expectedVersion > 0)
  );
}

async function writeTransaction({ root, databases }: Writable, batch: readonly Waiting[]): Promise<void> {
  const conditions: Promise<boolean>[][] = [];
  const committed = root.batch(() => {
    for (const { database, changes } of batch) conditions.push(writeChanges(databases[database], changes));
  });
  // All of them are settled by the same commit.
  const [outcome] = await Promise.allSettled([committed, ...conditions.flat()]);
  if (outcome.status === 'rejected') throw await causeOf(outcome.reason);
  for (const [at, { resolve, reject }] of batch.entries()) {
    const met = await Promise.all(conditions[at] ?? []);
    if (met.every(Boolean)) resolve();
    else reject(storageConflict());
  }
}

/**
 * Writes changes: each one's condition is within the one before it, and all writing within the last. LMDB's own thread
 * judges them while it holds the lock, with no call back here: the lock never waits for this thread.
 */
function writeChanges(entries: Entries, changes: readonly PlacedChange[]): Promise<boolean>[] {
  const keys = changes.map(({ key }) => Buffer.from(key, 'latin1'));
  const conditions: Promise<boolean>[] = [];
  const first = firstVersion();
  const write = (): void => {
    for (const [at, change] of changes.entries()) writeChange(entries, keys[at] as Buffer, change, first);
  };
  const demand = (at: number): void => {
    const { expectedVersion = 0 } = changes[at] ?? {};
    const key = keys[at] as Buffer;
    const inner = at + 1 < changes.length ? () => demand(at + 1) : write;
    conditions.push(
      expectedVersion === 0 ? entries.ifNoExists(key, inner) : entries.ifVersion(key, expectedVersion, inner),
    );
  };
  if (changes.length > 0) demand(0);
  return conditions;
}

/**
 * Writes a commit of very many changes in one go: this thread itself holds the lock, and does nothing else meanwhile.
 * A process that is killed within leaves nothing of it, as LMDB has no head yet that leads to the new pages.
 */
async function writeLarge({ root, databases }: Writable, { database, changes, resolve, reject }: Waiting) {
  const entries = databases[database];
  const first = firstVersion();
  const isMet = root.transactionSync(() => {
    const keys = changes.map(({ key }) => Buffer.from(key, 'latin1'));
    for (const [at, { expectedVersion }] of changes.entries()) {
      if ((entries.getEntry(keys[at] as Buffer)?.version ?? 0) !== expectedVersion) return false;
    }
    for (const [at, change] of changes.entries()) writeChange(entries, keys[at] as Buffer, change, first);
    return true;
  });
  if (isMet) resolve();
  else reject(storageConflict());
}

function firstVersion(): number {
  return 1 + Math.floor(Math.random() * FIRST_VERSIONS);
}

function writeChange(entries: Entries, key: Buffer, change: PlacedChange, first: number): void {
  const { value, expectedVersion, version } = change;
  if (value !== undefined) {
    void entries.put(key, value, version ?? (expectedVersion === 0 ? first : expectedVersion + 1));
  } else if (expectedVersion > 0) void entries.remove(key);
}

/** LMDB's answer, which comes by a promise of its own. */
async function causeOf(error: unknown): Promise<unknown> {
  const cause = (error as { commitError?: Promise<unknown> }).commitError;
  if (cause === undefined) return error;
  return cause.then(
    () => error,
    (answer: unknown) => answer,
  );
}
