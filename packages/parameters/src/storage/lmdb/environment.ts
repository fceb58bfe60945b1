/**
 * One LMDB environment for each folder in this process, however many storages use it: LMDB must not open a folder twice.
 * @module
 */

import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, RootDatabase } from 'lmdb';
import { storageClosed } from '../changes.ts';
import { type CommitQueue, commitQueue } from './commits.ts';
import { dataFile, isBeingMade, prepareFolder } from './files.ts';

/** The databases of a folder. */
const NAMES = ['parameters', 'keystore'] as const;
export type DatabaseName = (typeof NAMES)[number];

/** What a folder keeps: bytes under bytes, each with a version that LMDB stores before them. */
export type Entries = Database<Uint8Array, Uint8Array>;

/** An open environment. */
export interface OpenEnvironment {
  readonly root: RootDatabase<Uint8Array, Uint8Array>;
  readonly databases: Readonly<Record<DatabaseName, Entries>>;
}

/** The environment of a folder, which may be closed for a moment after a failure. */
export interface Environment {
  readonly folder: string;
  readonly commits: CommitQueue;
  /** The open environment; opens it where it is not. Throws what the file system or LMDB answers. */
  use(): Promise<OpenEnvironment>;
  /** Closes it, to be opened anew by the next `use`. */
  drop(): Promise<void>;
  /** For whoever got it from {@link shareEnvironment}, once: the last one closes it. */
  release(): Promise<void>;
}

interface Shared {
  readonly environment: Environment;
  users: number;
}

/** How long the heads of a file that another process makes are waited for: ms, and times. */
const WAIT = 10;
const MAX_WAITS = 20;

/** By the data file's device and inode, which also tell a folder that was made anew under its old name. */
const shared = new Map<string, Shared>();

/** The environment of a folder, made if it is missing. */
export async function shareEnvironment(folder: string): Promise<Environment> {
  const { open } = await import('lmdb');
  for (let wait = 0; wait < MAX_WAITS && isBeingMade(folder); wait++) await sleep(WAIT);
  // From here on without a pause, so that nobody opens the same folder in between.
  const known = shared.get(identityOf(folder) ?? '');
  if (known !== undefined) {
    known.users++;
    return known.environment;
  }
  const first = openEnvironment(open, folder);
  const identity = identityOf(folder) ?? '';
  const entry: Shared = {
    users: 1,
    environment: makeEnvironment(open, folder, first, () => {
      if (--entry.users > 0) return false;
      shared.delete(identity);
      return true;
    }),
  };
  shared.set(identity, entry);
  return entry.environment;
}

function makeEnvironment(
  open: typeof import('lmdb').open,
  folder: string,
  first: OpenEnvironment,
  leave: () => boolean,
): Environment {
  let current: OpenEnvironment | undefined = first;
  let dropped: Promise<void> = Promise.resolve();
  let closed = false;
  const environment: Environment = {
    folder,
    commits: commitQueue(() => environment),
    use: async () => {
      await dropped;
      if (closed) throw storageClosed();
      current ??= openEnvironment(open, folder);
      return current;
    },
    drop: async () => {
      const { root } = current ?? {};
      current = undefined;
      if (root !== undefined) dropped = root.close();
      await dropped;
    },
    release: async () => {
      if (!leave()) return;
      closed = true;
      await environment.drop();
    },
  };
  return environment;
}

/** Synchronous, as LMDB's opening is. */
function openEnvironment(open: typeof import('lmdb').open, folder: string): OpenEnvironment {
  prepareFolder(folder);
  const root = open<Uint8Array, Uint8Array>(folder, ENVIRONMENT_OPTIONS);
  try {
    const [parameters, keystore] = NAMES.map((name) => root.openDB<Uint8Array, Uint8Array>(name, ENTRY_OPTIONS));
    return { root, databases: { parameters, keystore } as Readonly<Record<DatabaseName, Entries>> };
  } catch (error) {
    // Such as a damaged page; nothing is under way that closing would wait for.
    void root.close();
    throw error;
  }
}

function identityOf(folder: string): string | undefined {
  const found = statSync(dataFile(folder), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

const ENVIRONMENT_OPTIONS = {
  encoding: 'binary',
  keyEncoding: 'binary',
  // A name with a dot in it would else be taken for a file's.
  noSubdir: false,
  maxDbs: NAMES.length,
  permissionsMode: 0o600,
  // Else a commit would be reported before it is on the disk, and be seen by others before that too.
  overlappingSync: false,
  // Commits are gathered in `commits.ts`. Here, a failing one would be an unhandled rejection as well.
  eventTurnBatching: false,
  txnStartThreshold: Number.MAX_SAFE_INTEGER,
} as const;

const ENTRY_OPTIONS = { encoding: 'binary', keyEncoding: 'binary', useVersions: true } as const;
