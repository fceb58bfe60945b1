/**
 * A lock between processes, made of files. Why none of the libraries: docs/decisions/002-file-lock.md.
 *
 * A lock file comes into being by link(2), which fails if the name is taken, and with its whole content at once: who
 * holds it, and a random token. `PATH.lock` is the root. If a process died holding it with token t0, no other removes
 * its file: two who both saw it dead could not know whose removal hits the dead file, and whose a new one. Instead, its
 * successor is the process that creates `PATH.lock.t0`, which only one can; the successor's successor creates
 * `PATH.lock.t1`, and so on. The holder is the last of that chain, if it lives.
 *
 * Why there is one holder at most, at any time:
 * - Tokens are never used again, so that `PATH.lock.t0` has a meaning only as long as the root holds t0.
 * - Only the holder removes the root, and does so first. So as long as the root holds t0, each file of its chain stays
 *   as it was made, and no other process can take its names.
 * - A process may create `PATH.lock.t0` when the root that it saw is gone. So it looks again, afterwards: if the root
 *   holds t0 still, then it did so all the time, and this file is the chain's true end. If not, it takes its file back
 *   and begins again; until then it has done nothing.
 * - Only the token "torn", of a file that a failure of the machine left half-written, can come back: after another such
 *   failure, which no process outlives.
 * - A crash while a chain is removed leaves files whose root is gone. No process reads them again; the next successor
 *   sweeps them up.
 * @module
 */

import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callback, number } from '@securestring/core/options';
import { StorageError } from '../errors.ts';
import { codeOf } from '../files/codes.ts';
import { plainPath } from '../files/paths.ts';
import { readRegularFileSync } from '../files/regular-file.ts';
import {
  decodeHolder,
  encodeHolder,
  heldBy,
  isAlive,
  type Life,
  type LockHolder,
  lifeOf,
  TOKEN_PATTERN,
  thisProcess,
  UNSEEN_PATIENCE,
} from './lock-holder.ts';

/** Longest wait between two looks at a lock that another process holds, in ms. */
const MAX_WAIT = 25;

/**
 * Does `work` while this process holds the lock of `path`. `work` may write to the file `temporary`, which no other
 * process does, and call `sweep`, which removes what dead processes left.
 *
 * @param patience longest time to wait for a living holder, in ms; for one whose process cannot be seen, at most 5000.
 * @throws `StorageError` (`STORAGE_BUSY`) if another process holds the lock for longer; `TypeError` if an argument is
 *   not of its type.
 */
export async function withFileLock<Result>(
  path: string,
  patience: number,
  work: (temporary: string, sweep: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  callback(work, 'work');
  number(patience, 'patience');
  // The names of the chain are compared with those that the folder has.
  const file = resolve(plainPath(path));
  const self = thisProcess();
  const ticket = `${file}.lock.${self.token}.tmp`;
  // Synchronous, as all calls for these small files: to wake a thread takes longer than each of them.
  const writeTicket = () => writeFileSync(ticket, encodeHolder(self), { flag: 'wx', mode: 0o600 });
  writeTicket();
  try {
    const chain = await acquire(file, ticket, writeTicket, patience);
    try {
      if (chain.length > 1) await sweep(file, chain);
      return await work(`${file}.${self.token}.tmp`, () => sweep(file, chain));
    } finally {
      // The root first; see above.
      for (const name of chain) rmSync(name, { force: true });
    }
  } finally {
    rmSync(ticket, { force: true });
  }
}

/** A holder that is not known to be dead. */
interface Met {
  readonly holder: LockHolder;
  readonly life: Life;
}

/** Returns the names of the chain, from the root to the one that is ours. */
async function acquire(
  path: string,
  ticket: string,
  writeTicket: () => void,
  patience: number,
): Promise<readonly string[]> {
  let deadline: number | undefined;
  let unseen: { readonly token: string; readonly deadline: number } | undefined;
  for (let looks = 0; ; looks++) {
    const { chain, met } = tryWithTicket(`${path}.lock`, ticket, writeTicket);
    if (chain !== undefined) return chain;
    // Not before: node loads its clock when it is first asked, which takes a millisecond.
    const now = performance.now();
    deadline ??= now + patience;
    if (met?.life !== 'unseen') unseen = undefined;
    else if (met.holder.token !== unseen?.token) unseen = { token: met.holder.token, deadline: now + UNSEEN_PATIENCE };
    if (now > Math.min(deadline, unseen?.deadline ?? deadline)) throw busy(path, met, patience);
    await sleep(Math.random() * Math.min(2 ** looks, MAX_WAIT));
  }
}

/** The chain that ends with us, or the living holder that was met; neither if the chain changed meanwhile. */
interface Found {
  readonly chain?: readonly string[];
  readonly met?: Met;
}

function tryWithTicket(root: string, ticket: string, writeTicket: () => void): Found {
  try {
    return tryAcquire(root, ticket);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // A holder that read the ticket before all of it was written removed it, as one of a dead process.
    writeTicket();
    return {};
  }
}

function tryAcquire(root: string, ticket: string): Found {
  const chain: string[] = [];
  const tokens: string[] = [];
  for (let name = root; ; name = `${root}.${tokens.at(-1)}`) {
    if (linked(ticket, name)) {
      const confirmed = chain.length === 0 || readHolder(root)?.token === tokens[0];
      if (confirmed) return { chain: [...chain, name] };
      rmSync(name, { force: true });
      return {};
    }
    const holder = readHolder(name);
    if (holder === undefined) return {};
    const life = lifeOf(holder);
    if (life !== 'ended') return { met: { holder, life } };
    chain.push(name);
    tokens.push(holder.token);
  }
}

/** Removes what dead processes left beside the chain: the lock is ours, and none of it can be in use. */
async function sweep(path: string, chain: readonly string[]): Promise<void> {
  const base = basename(path).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  // Only a lock's holder writes documents, so that these are of its dead predecessors.
  const documents = new RegExp(`^${base}\\.${TOKEN_PATTERN}\\.tmp$`);
  const locks = new RegExp(`^${base}\\.lock\\.${TOKEN_PATTERN}(?:\\.tmp)?$`);
  // A folder that may be written and not be listed keeps them.
  const entries = await readdir(dirname(path)).catch(() => []);
  for (const entry of entries) {
    const name = join(dirname(path), entry);
    if (chain.includes(name)) continue;
    if (documents.test(entry) || (locks.test(entry) && isLeftOver(name))) rmSync(name, { force: true });
  }
}

function isLeftOver(name: string): boolean {
  const holder = readHolder(name);
  return holder !== undefined && !isAlive(holder);
}

function linked(ticket: string, name: string): boolean {
  try {
    linkSync(ticket, name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Returns the holder that a lock file names; `undefined` if the file is gone. */
function readHolder(name: string): LockHolder | undefined {
  try {
    return decodeHolder(readRegularFileSync(name).toString());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function busy(path: string, met: Met | undefined, patience: number): StorageError {
  const waited = met?.life === 'unseen' ? Math.min(patience, UNSEEN_PATIENCE) : patience;
  const who =
    met === undefined
      ? `by one process after another for more than ${waited} ms. Nothing was changed: try again. If no such process uses it, remove ${path}.lock.`
      : heldBy(met.holder, met.life, waited, `${path}.lock`);
  return new StorageError('STORAGE_BUSY', `${path} was locked ${who}`);
}
