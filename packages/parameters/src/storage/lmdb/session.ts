/**
 * One storage's use of an environment: opened by the first call, until it is closed.
 * @module
 */

import { absolutePath, plainPath } from '@securestring/keystore/paths';
import { storageClosed } from '../changes.ts';
import type { PlacedChange } from './commits.ts';
import { type DatabaseName, type Entries, type Environment, shareEnvironment } from './environment.ts';

export interface Session {
  readonly folder: string;
  /** Reads, without a pause, what was committed last. Throws what the file system or LMDB answers. */
  read<Result>(work: (entries: Entries) => Result): Promise<Result>;
  /** Throws `STORAGE_CONFLICT`, or what the file system or LMDB answers. */
  commit(changes: readonly PlacedChange[]): Promise<void>;
  /** Once all commits of this session are done. */
  close(): Promise<void>;
}

export function session(path: string, database: DatabaseName): Session {
  if (typeof path !== 'string' || path === '') throw new TypeError('path must be the path of the storage folder.');
  // Not to change with the working directory.
  let folder = absolutePath(path);
  let environment: Promise<Environment> | undefined;
  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const opened = async () => {
    // Once: what is open stays so, wherever a link leads later. The names of files are joined to this path as text.
    folder = plainPath(folder);
    environment ??= shareEnvironment(folder).catch((error: unknown) => {
      // The next call tries again.
      environment = undefined;
      throw error;
    });
    return environment;
  };
  const call = async <Result>(work: (environment: Environment) => Promise<Result>): Promise<Result> => {
    if (closing !== undefined) throw storageClosed();
    const done = opened().then(work);
    underWay.add(done);
    try {
      return await done;
    } finally {
      underWay.delete(done);
    }
  };
  const close = async () => {
    await Promise.allSettled(underWay);
    await (await environment)?.release();
  };
  return {
    get folder() {
      return folder;
    },
    read: (work) =>
      call(async ({ use }) => {
        const entries = (await use()).databases[database];
        // A moment that was fixed by an earlier call of the same turn would be too old.
        entries.resetReadTxn();
        return work(entries);
      }),
    commit: (changes) => call(({ commits }) => commits.commit(database, changes)),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** What LMDB gave, as an array that owns its whole buffer; without a copy, where it does already. */
export function ownBytes(found: Uint8Array): Uint8Array {
  return found.buffer.byteLength === found.length ? new Uint8Array(found.buffer) : new Uint8Array(found);
}
