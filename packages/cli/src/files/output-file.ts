/**
 * An output that is there whole, or not at all: written beside its place, made durable, then put there. What is left of a
 * failure, of Ctrl-C or of a closed pipe is removed at once; what is left of a killed process, by the next that writes
 * the same output. A pipe or a device is no such output: what is written goes straight into it.
 * @module
 */

import { rmSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { openDevice } from './device.ts';
import { STANDARD } from './input.ts';
import { type Kind, kindOf, namesFolder } from './kind.ts';
import { type Leftover, leftoversIn, temporaryName } from './leftovers.ts';

/** Temporary files that this process has not put in their place yet; removed where it ends before. */
const unfinished = new Set<string>();
process.once('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

export interface OutputFile {
  readonly stream: Writable;
  /** Puts the file in its place, once the stream has finished. */
  commit(): Promise<void>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/** @throws `CliError` where nothing may be written there: {@link requireWritable}. */
export async function outputFile(given: string, overwrite: boolean): Promise<OutputFile> {
  const kind = await requireWritable(given, overwrite);
  if (kind === 'stream') return straightInto(given);
  // A link stays, and what it leads to is replaced: /dev/stdout is one.
  const path = kind === 'file' ? await realpath(given) : given;
  const [folder, prefix] = [dirname(path), temporaryPrefix(basename(path))];
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder, prefix);
  const temporary = join(folder, await temporaryName(prefix));
  const done = async () => {
    await rm(temporary, { force: true });
    unfinished.delete(temporary);
  };
  // Flushed to the disk before it is closed, and closed when it has finished.
  const stream = (await openNew(temporary)).createWriteStream({ flush: true });
  return {
    stream,
    commit: async () => {
      try {
        await (overwrite ? rename(temporary, path) : putNew(temporary, path));
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
 * Refuses what no output can be, to be asked before any work; otherwise tells what stands there.
 *
 * @throws `CliError` for a folder, for `-`, and for a file that is there already where `overwrite` was not said.
 */
export async function requireWritable(path: string, overwrite: boolean): Promise<Kind | undefined> {
  if (path === STANDARD) throw new CliError(EXIT.usage, 'This cannot go to standard output (-). Name a file.');
  const kind = await kindOf(path);
  if (kind === 'folder' || namesFolder(path)) throw new CliError(EXIT.usage, `${path} is a folder. Name a file in it.`);
  if (kind === 'file' && !overwrite) throw alreadyThere(path);
  return kind;
}

/** What is left to do where nothing can be taken back. */
export async function nothing(): Promise<void> {}

async function straightInto(path: string): Promise<OutputFile> {
  return { stream: await openDevice(path), commit: nothing, abandon: nothing };
}

async function openNew(temporary: string): Promise<FileHandle> {
  unfinished.add(temporary);
  try {
    return await open(temporary, 'wx', 0o600);
  } catch (error) {
    unfinished.delete(temporary);
    throw error;
  }
}

/** Characters of an output's name in that of its temporary file, so that the longest name there may be still has one. */
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
