/**
 * The keystore document as a file: replaced atomically, readable by its owner alone, one writer at a time.
 * @module
 */

import { statSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Members, members, number, optional, takeOptions, wrongKind } from '@securestring/core/options';
import { GENERATION_END, parseGeneration } from '../document/header.ts';
import { KeystoreError } from '../errors.ts';
import { withFileLock } from './file-lock.ts';
import { syncFolder } from './folders.ts';
import { absolutePath, truePath } from './paths.ts';
import { READING, readRegularFile, readRegularFileSync } from './regular-file.ts';
import { type KeystoreStorage, storageConflict } from './storage.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The options of {@link fileStorage}. */
export interface FileStorageOptions {
  /** Longest time to wait for another process that is writing, in ms. Default 10 000. */
  readonly patience?: number;
}

const OPTIONS: Members<FileStorageOptions> = members<FileStorageOptions>({ patience: optional(number) });
const DEFAULT_PATIENCE = 10_000;

/**
 * Keeps the document in the file `path`, whose folder must be there. Processes on one machine may share the file; each
 * commit holds a lock beside it, `PATH.lock`, which is taken over at once from a process that died.
 *
 * @throws `TypeError` where `path` is not a text, or empty; `RangeError` where `patience` is negative. The storage itself throws `KeystoreError` (`STORAGE_FAILED`,
 *   `STORAGE_BUSY`).
 */
export function fileStorage(path: string, options: FileStorageOptions = {}): KeystoreStorage {
  if (typeof path !== 'string' || path === '') throw wrongKind(path, 'path', 'the path of the keystore file');
  const { patience = DEFAULT_PATIENCE } = takeOptions('fileStorage', options, OPTIONS);
  if (!(patience >= 0)) throw new RangeError(`patience must be milliseconds from 0, not ${patience}.`);
  // Not to change with the working directory.
  const absolute = absolutePath(path);
  return {
    read: () => told('read', absolute, () => readDocument(absolute)),
    readSync: () => readDocumentSync(absolute),
    replace: (bytes, expectedGeneration, { eraseOlder = false } = {}) =>
      told('written', absolute, () => replaceDocument(absolute, bytes, expectedGeneration, { patience, eraseOlder })),
  };
}

async function readDocument(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // No file, or no folder either: that is an error, and better told before any work.
    await stat(dirname(path));
    return undefined;
  }
}

function readDocumentSync(path: string): Uint8Array | undefined {
  try {
    try {
      return readRegularFileSync(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      statSync(dirname(path));
      return undefined;
    }
  } catch (error) {
    throw failed('read', path, error);
  }
}

async function replaceDocument(
  path: string,
  bytes: Uint8Array,
  expectedGeneration: number,
  { patience, eraseOlder }: { readonly patience: number; readonly eraseOlder: boolean },
): Promise<void> {
  // Behind every symbolic link: else the link would be replaced, and two paths of one file have two locks.
  const file = await truePath(path);
  await withFileLock(file, patience, async (temporary, sweep) => {
    if ((await generationOf(file)) !== expectedGeneration) throw storageConflict();
    await writeDurably(temporary, bytes, await ownerOf(file));
    try {
      await rename(temporary, file);
    } catch (error) {
      // Such as a folder in the file's place.
      await rm(temporary, { force: true });
      throw error;
    }
    // Documents of writers that died: the file itself is a new one.
    if (eraseOlder) await sweep();
    await syncFolder(dirname(file));
  });
}

/** 0 where there is no file; `undefined` where it is no document, which no writer expects. */
async function generationOf(file: string): Promise<number | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, READING);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
  try {
    const start = new Uint8Array(GENERATION_END);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    return parseGeneration(start.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Whose a file is; `undefined` where there is none. */
async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A new file, on the disk when this returns; none at all where it throws. */
async function writeDurably(name: string, bytes: Uint8Array, owner: Owner | undefined): Promise<void> {
  const handle = await open(name, 'wx', 0o600);
  try {
    // What root commits stays its owner's, who could not read it else. Whoever is not root may not give a file away.
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    // Such as a full disk.
    await handle.close();
    await rm(name, { force: true });
    throw error;
  }
  await handle.close();
}

async function told<Result>(what: 'read' | 'written', path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failed(what, path, error);
  }
}

/** A refusal of our own as it is, or what the file system answers. */
function failed(what: 'read' | 'written', path: string, error: unknown): KeystoreError {
  if (error instanceof KeystoreError) return error;
  return new KeystoreError(
    'STORAGE_FAILED',
    `The keystore file ${path} cannot be ${what}: ${explain(error, what, path)}`,
    {
      cause: error,
    },
  );
}

function explain(error: unknown, what: 'read' | 'written', path: string): string {
  const code = codeOf(error);
  const folder = dirname(path);
  switch (code) {
    case 'ENOENT':
      return `its folder ${folder} does not exist (ENOENT). Make the folder, or name another path.`;
    case 'ENOTDIR':
      return `${folder} is not a folder (ENOTDIR). Name another path.`;
    case 'EISDIR':
      return 'it is a folder (EISDIR). Name a file in it.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return what === 'read'
        ? `this process may not (${code}). Let it read the file, and enter ${folder}.`
        : `this process may not, or ${folder} is read-only (${code}). Commits need to make files in the folder, hard links too.`;
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return `there is no room for it (${code}). Nothing was changed; make room and try again.`;
    default:
      return `${error instanceof Error ? error.message : error}.`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
