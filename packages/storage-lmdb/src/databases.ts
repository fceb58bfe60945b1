/**
 * The databases of an LMDB folder, open to read and write, or to read alone.
 * @module
 */

import type { EntryVisitor } from '@securestring/storage';
import type { Database, RootDatabase } from 'lmdb';
import type { ReadEntry, ReadRange } from './page-reader.ts';

/** The names of the databases of a folder. */
export const NAMES = ['parameters', 'keystore'] as const;
/** The name of a database. */
export type DatabaseName = (typeof NAMES)[number];

/** What a folder keeps: bytes under bytes, each with a version that LMDB stores before them. */
export type Entries = Database<Uint8Array, Uint8Array>;

/** The reading half of {@link Entries}. */
export interface ReadableEntries {
  getEntry(key: Buffer): Omit<ReadEntry, 'key'> | undefined;
  getRange(range: ReadRange & { readonly versions: true }): Iterable<ReadEntry>;
  /** Shows what `getRange` lists. LMDB's own database has it not. */
  visit?(range: Omit<ReadRange, 'limit'>, see: EntryVisitor): void;
}

/** A folder that this process may write. */
export interface Writable {
  readonly readOnly: undefined;
  readonly root: RootDatabase<Uint8Array, Uint8Array>;
  readonly databases: Readonly<Record<DatabaseName, Entries>>;
}

/** A folder that this process may only read. */
export interface ReadOnly {
  /** Why nothing can be committed. */
  readonly readOnly: Error;
  readonly databases: Readonly<Record<DatabaseName, ReadableEntries>>;
}

/** An open folder. */
export type OpenEnvironment = Writable | ReadOnly;
