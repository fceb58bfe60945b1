/**
 * A secret text in a file for an editor: in a folder that its owner alone may enter, in memory where the system has a
 * place there, and removed whatever happens. What a killed process left is removed by the next one.
 * @module
 */

import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { isSuspect } from '../command/suspect.ts';
import { leftoversIn, temporaryName } from '../io/leftovers.ts';

export interface PrivateText {
  readonly file: string;
  /** Reads the text as it is now, whether the editor changed the file or put another in its place; `most` bytes. */
  read(most: number): Promise<string>;
  /** Leaves the file for its owner to remove, and returns where it is: under a name that no later run removes. */
  keep(): string;
  /** Removes it, with everything that an editor put beside it. */
  remove(): void;
}

/** A file system in memory, of Linux: nothing of it reaches a disk, but for swap. */
const IN_MEMORY = '/dev/shm';

/** Writes the text. The file is named by the last level of the parameter's name, by which editors know a syntax. */
export async function privateText(name: string, text: string): Promise<PrivateText> {
  const around = isUsable(IN_MEMORY) ? IN_MEMORY : temporaryFolder();
  const prefix = `securestring-edit-${process.getuid?.() ?? 'user'}-`;
  await removeLeftovers(around, prefix);
  const folder = join(around, await temporaryName(prefix));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Before the folder is there: a signal may come at any time.
  process.once('exit', remove);
  // Another user who guessed the name would have made it before: then this fails.
  mkdirSync(folder, { mode: 0o700 });
  const file = join(
    folder,
    name
      .split('/')
      .at(-1)
      ?.replace(/^[.-]+/, '') || 'value',
  );
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  return {
    file,
    read: (most) => readBack(file, most),
    keep: () => {
      const kept = join(around, `securestring-kept-${randomUUID()}`);
      renameSync(folder, kept);
      process.off('exit', remove);
      return join(kept, basename(file));
    },
    remove: () => {
      remove();
      process.off('exit', remove);
    },
  };
}

async function readBack(file: string, most: number): Promise<string> {
  const found = await lstat(file);
  if (!found.isFile()) throw new CliError(EXIT.failed, 'The editor left no file.');
  if (found.size > most) throw new CliError(EXIT.failed, `The text is longer than ${most} bytes.`);
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CliError(EXIT.failed, 'The text is not UTF-8, and parameters hold text alone.', { cause: error });
  } finally {
    bytes.fill(0);
  }
}

/** Another user may put such a name there: what is in it is not ours to walk through, nor a reason to stop. */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for (const each of await leftoversIn(folder)) {
    if (each.prefix !== prefix) continue;
    const path = join(folder, each.name);
    const found = await lstat(path).catch(() => undefined);
    const isOwn = found?.isDirectory() === true && (process.geteuid === undefined || found.uid === process.geteuid());
    if (isOwn) await rm(path, { recursive: true, force: true });
  }
}

function temporaryFolder(): string {
  const folder = tmpdir();
  if (!isSuspect(folder)) return folder;
  throw new CliError(EXIT.usage, 'TMPDIR is not UTF-8, and would name another folder. Set it to another folder.');
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
