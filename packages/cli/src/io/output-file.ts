/**
 * An output that is there whole, or not at all: written beside its place, made durable, then put there. What is left of
 * a failure, of Ctrl-C or of a closed pipe is removed at once; what is left of a killed process, by the next that
 * writes the same output. A pipe, a device or an open descriptor is a stream instead: what is written goes straight
 * into it.
 * @module
 */

import { closeSync, constants, createWriteStream, fchmodSync, fstatSync, openSync, rmSync, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { makeFolders, syncFolder } from '@securestring/keystore/paths';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { descriptorOf } from './descriptor.ts';
import { openDevice } from './device.ts';
import { STANDARD } from './input.ts';
import { type Leftover, leftoversIn, temporaryName } from './leftovers.ts';
import { type Kind, kindOf, namesFolder } from './path-kind.ts';
import { outputPlace } from './places.ts';

/** Rights of an output: its owner's alone. */
const READ_WRITE = 0o600;

/** Temporary files that this process has not put in their place yet; removed where it ends before. */
const unfinished = new Set<string>();
process.once('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

export interface OutputFile {
  readonly stream: Writable;
  /** Whether what is written is out at once, and cannot be taken back. */
  readonly isStream: boolean;
  /** Puts the file in its place, durably, once the stream has finished. */
  commit(): Promise<void>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/**
 * @param rights its owner's rights to the file. Default to read and to write it.
 * @throws `CliError` where nothing may be written there: {@link requireWritable}.
 */
export async function outputFile(given: string, overwrite: boolean, rights: number = READ_WRITE): Promise<OutputFile> {
  const kind = await requireWritable(given, overwrite);
  if (kind === 'stream') return straightInto(given);
  // A link stays, and what it leads to is replaced or made.
  const path = await outputPlace(given);
  const [folder, prefix] = [dirname(path), temporaryPrefix(basename(path))];
  makeFolders(folder);
  await removeLeftovers(folder, prefix);
  const temporary = join(folder, await temporaryName(prefix));
  const done = async () => {
    await rm(temporary, { force: true });
    unfinished.delete(temporary);
  };
  // Flushed to the disk before it is closed, and closed when it has finished.
  const file = await openNew(temporary, { replaced: await statOf(path), rights });
  const stream = file.createWriteStream({ flush: true });
  return {
    stream,
    isStream: false,
    commit: async () => {
      try {
        await (overwrite ? rename(temporary, path) : putNew(temporary, path));
        await syncFolder(folder);
      } finally {
        await done();
      }
    },
    abandon: async () => {
      if (!stream.closed) await new Promise<void>((resolve) => stream.destroy().once('close', () => resolve()));
      await done();
    },
  };
}

/** Puts bytes into a file, whole or not at all. */
export async function writeOutput(path: string, bytes: Uint8Array | string, overwrite: boolean): Promise<void> {
  const file = await outputFile(path, overwrite);
  try {
    file.stream.end(bytes);
    await finished(file.stream);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.commit();
}

/**
 * Refuses what no output can be, before any work; otherwise returns what is at that path.
 *
 * @throws `CliError` for a folder, for `-`, and for a file that is there already where `overwrite` was not said.
 */
export async function requireWritable(path: string, overwrite: boolean): Promise<Kind | undefined> {
  if (path === STANDARD) throw new CliError(EXIT.usage, 'This cannot go to standard output (-). Name a file.');
  const kind = await kindOf(path);
  if (kind === 'folder' || namesFolder(path)) throw new CliError(EXIT.usage, `${path} is a folder. Name a file in it.`);
  if (kind === 'stream') return kind;
  // A link that leads to nothing yet is there, too.
  if (!overwrite && (kind === 'file' || (await isLink(path)))) throw alreadyThere(path);
  await outputPlace(path);
  return kind;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** What is left to do where nothing can be taken back. */
export async function nothing(): Promise<void> {}

async function straightInto(path: string): Promise<OutputFile> {
  return { stream: await openStream(path), isStream: true, commit: nothing, abandon: nothing };
}

/** Opens what is a stream for {@link kindOf}: a descriptor where it is, everything else by its path. */
export async function openStream(path: string): Promise<Writable> {
  const descriptor = await descriptorOf(path);
  return descriptor === undefined ? openDevice(path) : intoDescriptor(path, descriptor);
}

/** A file behind a descriptor is written from where the descriptor is: opened again, it would lose what it holds. */
function intoDescriptor(path: string, descriptor: number): Writable {
  const shared = [undefined, process.stdout, process.stderr][descriptor];
  if (shared !== undefined) return stayingOpen(shared);
  return fstatSync(descriptor, { bigint: true }).isFile()
    ? createWriteStream(path, { fd: descriptor, autoClose: false })
    : createWriteStream(path);
}

/** Hands on to a stream that does not end with what is written here. */
export function stayingOpen(target: Writable): Writable {
  const stream = new PassThrough();
  stream.pipe(target, { end: false });
  return stream;
}

/** The new file has the owner of what it replaces, who could else not read what root writes. */
async function openNew(
  temporary: string,
  { replaced, rights }: { readonly replaced: Stats | undefined; readonly rights: number },
): Promise<FileHandle> {
  unfinished.add(temporary);
  let file: FileHandle | undefined;
  try {
    makeEmpty(temporary);
    file = await open(temporary, constants.O_RDWR | constants.O_NOFOLLOW);
    if (replaced !== undefined) await giveTo(file, replaced);
    if (rights !== READ_WRITE) await file.chmod(rights);
    return file;
  } catch (error) {
    await file?.close();
    if (file !== undefined) await rm(temporary, { force: true });
    unfinished.delete(temporary);
    throw error;
  }
}

/** Synchronous: a signal during an awaited `open` would remove the file before another thread makes it. */
function makeEmpty(path: string): void {
  const file = openSync(path, 'wx', READ_WRITE);
  try {
    // A umask may have taken the owner's rights too.
    fchmodSync(file, READ_WRITE);
  } finally {
    closeSync(file);
  }
}

async function giveTo(file: FileHandle, { uid, gid }: Stats): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    // Only root may give a file away: what another user writes is that user's.
    if (!isCode(error, 'EPERM')) throw error;
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Characters of an output's name in that of its temporary file, so that the longest name there may be still has one.
 */
const NAME_LENGTH = 40;

function temporaryPrefix(name: string): string {
  return `.${[...name].slice(0, NAME_LENGTH).join('')}.securestring-`;
}

/**
 * What ended processes left in each folder, as it was when this process first wrote there: to read it again for each of
 * many outputs would take the square of their number.
 */
const leftovers = new Map<string, readonly Leftover[]>();

async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  const found = leftovers.get(folder) ?? (await leftoversIn(folder));
  leftovers.set(folder, found);
  for (const each of found) if (each.prefix === prefix) await rm(join(folder, each.name), { force: true });
}

/** A link, unlike a rename, replaces nothing. */
async function putNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(path, error);
    throw error;
  }
}

function alreadyThere(path: string, cause?: unknown): CliError {
  return new CliError(EXIT.failed, `${path} is there already. Give --overwrite to replace it.`, { cause });
}
