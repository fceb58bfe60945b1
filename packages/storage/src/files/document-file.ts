/**
 * A document as a file: replaced atomically, readable by its owner alone, one writer at a time.
 * @module
 */

import { statSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { copyBytes } from '@securestring/core/bytes';
import { type Members, members, number, optional, takeOptions, wrongKind } from '@securestring/core/options';
import type { DocumentStorage } from '../document-storage.ts';
import { documentConflict, StorageError } from '../errors.ts';
import { withFileLock } from '../lock/file-lock.ts';
import { codeOf } from './codes.ts';
import { syncFolder } from './folders.ts';
import { absolutePath, truePath } from './paths.ts';
import { READING, readRegularFile, readRegularFileSync } from './regular-file.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where a document has its generation. */
export interface GenerationField {
  /** The number of bytes from the document's beginning that {@link GenerationField.parse} needs. */
  readonly end: number;
  /** Returns the generation that a document begins with; `undefined` if the bytes do not begin a document. */
  parse(start: Uint8Array): number | undefined;
}

/** Options of a storage in a file. */
export interface FileStorageOptions {
  /** The longest time to wait for another process that is writing, in ms. Default 10 000. */
  readonly patience?: number;
}

const OPTIONS: Members<FileStorageOptions> = members<FileStorageOptions>({ patience: optional(number) });
const DEFAULT_PATIENCE = 10_000;

/**
 * Makes a storage that keeps a document in the file `path`, whose folder must exist. Processes on one machine may share
 * the file; each commit holds a lock beside it, `PATH.lock`, which is taken over at once from a process that died.
 *
 * @throws `TypeError` if `path` is not a text, or empty; `RangeError` if `patience` is negative. The storage itself
 *   throws `StorageError` (`STORAGE_FAILED`, `STORAGE_BUSY`, `STORAGE_CONFLICT`).
 */
export function documentFile(path: string, field: GenerationField, options: FileStorageOptions = {}): DocumentStorage {
  if (typeof path !== 'string' || path === '') throw wrongKind(path, 'path', 'the path of the keystore file');
  const { patience = DEFAULT_PATIENCE } = takeOptions('fileStorage', options, OPTIONS);
  if (!(patience >= 0)) throw new RangeError(`patience must be milliseconds from 0, not ${patience}.`);
  // The path must not change with the working directory.
  const absolute = absolutePath(path);
  return {
    read: () => explained('read', absolute, () => readDocument(absolute)),
    readSync: () => readDocumentSync(absolute),
    replace: (bytes, expectedGeneration, { eraseOlder = false } = {}) =>
      explained('written', absolute, () =>
        // The caller may write into its array meanwhile.
        replaceDocument({ path: absolute, field, patience }, copyBytes(bytes), expectedGeneration, eraseOlder),
      ),
  };
}

async function readDocument(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // A missing folder is an error, which is better reported before any work.
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

interface DocumentFile {
  readonly path: string;
  readonly field: GenerationField;
  readonly patience: number;
}

async function replaceDocument(
  { path, field, patience }: DocumentFile,
  bytes: Uint8Array,
  expectedGeneration: number,
  eraseOlder: boolean,
): Promise<void> {
  // The path behind every symbolic link: else the link would be replaced, and two paths of one file have two locks.
  const file = await truePath(path);
  await withFileLock(file, patience, async (temporary, sweep) => {
    if ((await generationOf(file, field)) !== expectedGeneration) throw documentConflict();
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

/** Returns 0 if there is no file; `undefined` if it is not a document, which no writer expects. */
async function generationOf(file: string, field: GenerationField): Promise<number | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, READING);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
  try {
    const start = new Uint8Array(field.end);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    return field.parse(start.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Returns the owner of a file; `undefined` if there is no file. */
async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a new file, which is on the disk when this returns. If it throws, it leaves no file. */
async function writeDurably(name: string, bytes: Uint8Array, owner: Owner | undefined): Promise<void> {
  const handle = await open(name, 'wx', 0o600);
  try {
    // What root commits stays its owner's, who could not read it else. Only root may give a file away.
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

async function explained<Result>(what: 'read' | 'written', path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failed(what, path, error);
  }
}

/** Returns a refusal of our own as it is, and explains what the file system answers. */
function failed(what: 'read' | 'written', path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
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
