/**
 * Keeps the opening of an LMDB folder and the commits to it apart, in all processes.
 *
 * A process that opens an environment sets the number of its last transaction, in the memory that all processes share,
 * to what was in the data file a moment before (mdb.c of lmdb 3.5.6, mdb_env_open2). A commit in that moment would be
 * lost, and the next one would write over its pages. So no process commits while another one opens.
 *
 * A commit is announced by the file `.writing.TOKEN`, a link to `.user.TOKEN`, which names the process; an opening, by
 * the lock `open.lock`. Each is made before the other is looked for, so that of a commit and an opening that meet at
 * least one sees the other: a commit then withdraws and waits, an opening waits for the commits that are announced.
 * Openings keep each other out by the lock. What a dead process left behind announces nothing.
 * @module
 */

import { linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError } from '@securestring/storage';
import {
  decodeHolder,
  encodeHolder,
  heldBy,
  isAlive,
  type LockHolder,
  lifeOf,
  readRegularFile,
  thisProcess,
  UNSEEN_PATIENCE,
  withFileLock,
} from '@securestring/storage/lock';
import { codeOf } from '@securestring/storage/paths';

export interface Gate {
  /** Runs a commit while no process opens the folder. */
  commit(work: () => Promise<void>): Promise<void>;
  /** Removes what announces this process. */
  close(): void;
}

const USER = '.user.';
/** The token of what is not readable as a holder. */
const TORN = 'torn';
const WRITING = '.writing.';
/** Longest wait for another process, in ms. */
const PATIENCE = 60_000;
/** Between two looks, in ms. */
const WAIT = 1;

/** Does `work` while no process commits to the folder or opens it. The folder is there. */
export function whileNobodyCommits<Result>(folder: string, work: () => Result | Promise<Result>): Promise<Result> {
  return lockOpening(folder, async () => {
    for (const name of announcements(folder)) await untilWithdrawn(folder, name);
    return work();
  });
}

/** Announces the commits of one environment of this process. */
export async function makeGate(folder: string): Promise<Gate> {
  const self = thisProcess();
  const user = join(folder, USER + self.token);
  const writing = join(folder, WRITING + self.token);
  const introduce = () => {
    writeFileSync(`${user}.tmp`, encodeHolder(self), { mode: 0o600 });
    renameSync(`${user}.tmp`, user);
  };
  const announce = () => {
    try {
      linkSync(user, writing);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // The first commit, or a person tidied up.
      introduce();
      linkSync(user, writing);
    }
  };
  const withdraw = () => rmSync(writing, { force: true });
  return {
    commit: async (work) => {
      announce();
      try {
        while (isBeingOpened(folder)) {
          withdraw();
          await untilOpened(folder);
          announce();
        }
        await work();
      } finally {
        withdraw();
      }
    },
    close: () => rmSync(user, { force: true }),
  };
}

function lockOpening<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  return withFileLock(openingOf(folder), PATIENCE, work);
}

/** What is locked; the lock's file has `.lock` behind that. */
function openingOf(folder: string): string {
  return join(folder, 'open');
}

function isBeingOpened(folder: string): boolean {
  return statSync(`${openingOf(folder)}.lock`, { throwIfNoEntry: false }) !== undefined;
}

/** Waits without taking the lock: else those who wait would hold each other up. */
async function untilOpened(folder: string): Promise<void> {
  const opener = await untilGone(`${openingOf(folder)}.lock`, isAlive);
  // One who died opening it: taking the lock clears that away.
  if (opener !== undefined) await lockOpening(folder, async () => undefined);
}

/** What announces processes and their commits. */
function announcements(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith(USER) || name.startsWith(WRITING));
}

/** Waits for a commit; removes what is of a dead process. */
async function untilWithdrawn(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const writing = name.startsWith(WRITING);
  const holder = await untilGone(path, (found) => writing && isAlive(found));
  // Links are of files that are whole; what is not readable otherwise may be in the making.
  if (holder === undefined || (holder.token === TORN && !writing)) return;
  if (writing || !isAlive(holder)) rmSync(path, { force: true });
}

/** Waits while `path` is there and names whom `wait` is for. Gives whom it names in the end, if it is there. */
async function untilGone(path: string, wait: (holder: LockHolder) => boolean): Promise<LockHolder | undefined> {
  let begun: number | undefined;
  for (;;) {
    const text = await readRegularFile(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    const holder = text === undefined ? undefined : decodeHolder(text.toString());
    if (holder === undefined || !wait(holder)) return holder;
    const life = lifeOf(holder);
    const patience = life === 'unseen' ? UNSEEN_PATIENCE : PATIENCE;
    begun ??= performance.now();
    if (performance.now() - begun > patience) {
      const who = heldBy(holder, life, patience, path);
      throw new StorageError('STORAGE_BUSY', `The folder was locked ${who}`);
    }
    await sleep(WAIT);
  }
}
