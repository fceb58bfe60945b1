/**
 * Files below a folder: all of them, or those that a pattern matches. Links to files count as files. Links to folders are
 * left out: they may lead out of the folder, or in a circle. (Node's recursive `readdir` follows them in some versions.)
 * @module
 */

import type { Dirent, readdir as readdirOfNode } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { kindOf } from './kind.ts';

/** A name in a folder. */
interface Entry {
  readonly name: string;
  /** `other` is neither a file nor a folder, nor a link to a file. */
  readonly kind: 'file' | 'folder' | 'other';
}

/**
 * All files of a folder, as sorted paths within it.
 *
 * @param warn hears of what is left out.
 */
export async function filesIn(folder: string, warn: (text: string) => void): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = ['.'];
  for (const inner of folders) {
    for (const entry of await entriesOf(join(folder, inner))) {
      const name = join(inner, entry.name);
      if (entry.kind === 'folder') folders.push(name);
      else if (entry.kind === 'file') files.push(name);
      else warn(`${join(folder, name)} is left out: it is neither a file nor a link to one.`);
    }
  }
  return files.sort();
}

/** The files that a pattern matches, as sorted paths within `folder`, which may be a link itself. */
export async function filesMatching(pattern: string, folder: string): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const options = { cwd: folder, dot: true, onlyFiles: true, followSymbolicLinks: false };
  return (
    await glob(pattern, { ...options, fs: { readdir: readdirOfEntries as unknown as typeof readdirOfNode } })
  ).sort();
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  return Promise.all((await readdir(folder, { withFileTypes: true })).map(entryOf));
}

async function entryOf(entry: Dirent): Promise<Entry> {
  const { name, parentPath } = entry;
  if (entry.isDirectory()) return { name, kind: 'folder' };
  const isFile = entry.isFile() || (await kindOf(join(parentPath, name))) === 'file';
  return { name, kind: isFile ? 'file' : 'other' };
}

/** `readdir` for the matcher, which calls it with `withFileTypes` only. */
function readdirOfEntries(
  folder: string,
  _: object,
  done: (
    error: unknown,
    entries?: readonly Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>[],
  ) => void,
): void {
  const found = entriesOf(folder).then((entries) =>
    entries.map(({ name, kind }) => ({
      name,
      isFile: () => kind === 'file',
      isDirectory: () => kind === 'folder',
      isSymbolicLink: () => false,
    })),
  );
  found.then((entries) => done(null, entries), done);
}
