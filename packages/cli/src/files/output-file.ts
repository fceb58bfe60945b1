/**
 * An output that is there whole, or not at all: written beside its place, made durable, then put there. What is left of a
 * failure, of Ctrl-C or of a closed pipe is removed at once; what is left of a killed process, by the next that writes
 * the same output.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';

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

/** @throws `CliError` where the file is there already and `overwrite` was not said. */
export async function outputFile(path: string, overwrite: boolean): Promise<OutputFile> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder, basename(path));
  const temporary = join(
    folder,
    `${temporaryPrefix(basename(path))}${process.pid}.${randomBytes(6).toString('hex')}.tmp`,
  );
  unfinished.add(temporary);
  // Flushed to the disk before it is closed, and closed when it has finished.
  const stream = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
  const done = async () => {
    await rm(temporary, { force: true });
    unfinished.delete(temporary);
  };
  return {
    stream,
    commit: async () => {
      try {
        await (overwrite ? rename(temporary, path) : putNew(temporary, path));
      } finally {
        await done();
      }
    },
    abandon: done,
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

function temporaryPrefix(name: string): string {
  return `.${name}.securestring-`;
}

async function removeLeftovers(folder: string, name: string): Promise<void> {
  const prefix = temporaryPrefix(name);
  for (const entry of await readdir(folder)) {
    const [, pid] = entry.startsWith(prefix)
      ? (/^(\d+)\.[0-9a-f]{12}\.tmp$/.exec(entry.slice(prefix.length)) ?? [])
      : [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, entry), { force: true });
  }
}

/** Whether there is such a process. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
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

export function alreadyThere(path: string, cause?: unknown): CliError {
  return new CliError(EXIT.failed, `${path} is there already. Give --overwrite to replace it.`, { cause });
}
