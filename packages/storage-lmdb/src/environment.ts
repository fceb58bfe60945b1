/**
 * One LMDB environment for each folder in this process, however many storages use it: LMDB must not open a folder
 * twice.
 * @module
 */

import { statSync } from 'node:fs';
import { storageClosed } from '@securestring/storage';
import { makeFolder, syncFolderSync } from '@securestring/storage/paths';
import { type CommitQueue, commitQueue } from './commits.ts';
import { type DatabaseName, type Entries, NAMES, type OpenEnvironment, type Writable } from './databases.ts';
import { dataFile, filesAreMade, prepareFiles } from './files.ts';
import { type Gate, makeGate, whileNobodyCommits } from './gate.ts';
import { checkReadable, readOnlyDatabases, whyReadOnly } from './read-only.ts';

/** The environment of a folder, which may be closed for a moment after a failure. */
export interface Environment {
  readonly folder: string;
  readonly commits: CommitQueue;
  readonly gate: Gate;
  /** Returns the open environment; opens it if it is not. Throws what the file system or LMDB answers. */
  use(): Promise<OpenEnvironment>;
  /** Closes the environment; the next `use` opens it again. */
  drop(): Promise<void>;
  /** Gives the environment back, once for each {@link shareEnvironment}; the last one closes it. */
  release(): Promise<void>;
}

interface Shared {
  readonly environment: Environment;
  users: number;
}

/**
 * Open environments by the data file's device and inode: a folder that was made again under its name is another one.
 */
const shared = new Map<string, Shared>();

/**
 * The end of the openings of this process: one at a time, so that the second caller finds the folder in {@link shared}.
 */
let turn: Promise<unknown> = Promise.resolve();

/** Returns the environment of a folder, which is made if it is missing. */
export function shareEnvironment(folder: string): Promise<Environment> {
  const done = turn.then(() => findOrOpen(folder));
  turn = done.catch(() => undefined);
  return done;
}

async function findOrOpen(folder: string): Promise<Environment> {
  const known = shared.get(identityOf(folder) ?? '');
  if (known !== undefined) {
    known.users++;
    return known.environment;
  }
  const first = await openEnvironment(folder);
  const identity = identityOf(folder) ?? '';
  const entry: Shared = {
    users: 1,
    environment: makeEnvironment(folder, first, await makeGate(folder), () => {
      if (--entry.users > 0) return false;
      shared.delete(identity);
      return true;
    }),
  };
  shared.set(identity, entry);
  return entry.environment;
}

function makeEnvironment(folder: string, first: OpenEnvironment, gate: Gate, leave: () => boolean): Environment {
  let current: Promise<OpenEnvironment> | undefined = Promise.resolve(first);
  let dropped: Promise<void> = Promise.resolve();
  let closed = false;
  const environment: Environment = {
    folder,
    gate,
    commits: commitQueue(() => environment),
    use: async () => {
      await dropped;
      if (closed) throw storageClosed();
      current ??= openEnvironment(folder).catch((error: unknown) => {
        // The next call tries again.
        current = undefined;
        throw error;
      });
      return current;
    },
    drop: async () => {
      const opened = current;
      current = undefined;
      // What did not open need not be closed.
      dropped =
        opened === undefined
          ? dropped
          : opened.then(
              (open) => (open.readOnly === undefined ? open.root.close() : undefined),
              () => undefined,
            );
      await dropped;
    },
    release: async () => {
      if (!leave()) return;
      closed = true;
      await environment.drop();
      gate.close();
    },
  };
  return environment;
}

async function openEnvironment(folder: string): Promise<OpenEnvironment> {
  const readOnly = whyReadOnly(folder);
  if (readOnly !== undefined) {
    checkReadable(folder);
    return { readOnly, databases: readOnlyDatabases(folder) };
  }
  const { open } = await import('lmdb');
  makeFolder(folder);
  return whileNobodyCommits(folder, () => {
    const isNew = identityOf(folder) === undefined;
    prepareFiles(folder);
    const opened = openNow(open, folder);
    // What is committed from here on is in files whose names are on the disk.
    if (isNew) syncFolderSync(folder);
    return opened;
  });
}

/** Synchronous, as LMDB's opening is. */
function openNow(open: typeof import('lmdb').open, folder: string): Writable {
  const root = open<Uint8Array, Uint8Array>(folder, ENVIRONMENT_OPTIONS);
  try {
    const [parameters, keystore] = NAMES.map((name) => root.openDB<Uint8Array, Uint8Array>(name, ENTRY_OPTIONS));
    filesAreMade(folder);
    const databases = { parameters, keystore } as Readonly<Record<DatabaseName, Entries>>;
    return { readOnly: undefined, root, databases };
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
