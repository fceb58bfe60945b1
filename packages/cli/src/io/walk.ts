/**
 * Files below a folder: all of them, or those that a pattern matches. Links to files count as files. Links to folders
 * are left out: they may lead out of the folder, or in a circle. (Node's recursive `readdir` follows them in some
 * versions.)
 * @module
 */

import type { Dirent, readdir as readdirOfNode } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, isUnchanged, recordedEntries, type Skip } from './folder-entries.ts';
import { kindOf } from './path-kind.ts';

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
 * @param skip hears of what is left out since its name is not UTF-8.
 */
export async function filesIn(folder: string, warn: (text: string) => void, skip: Skip): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = ['.'];
  for (const inner of folders) {
    for (const entry of await kindsOf(await entriesOf(join(folder, inner), skip))) {
      const name = join(inner, entry.name);
      if (entry.kind === 'folder') folders.push(name);
      else if (entry.kind === 'file') files.push(name);
      else warn(`${join(folder, name)} is left out: it is neither a file nor a link to one.`);
    }
  }
  return files.sort();
}

/**
 * The files that a pattern matches, as sorted paths within `folder`, which may be a link itself.
 *
 * @param skip hears of what the pattern matches, or goes into, and whose name is not UTF-8.
 */
export async function filesMatching(pattern: string, folder: string, skip: Skip): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const changed = new Map<string, readonly string[]>();
  const read = async (inner: string) =>
    isUnchanged(inner, changed, skip) ? (await kindsOf(await recordedEntries(inner, changed))).map(asDirent) : [];
  // The matcher calls it with `withFileTypes` only.
  const readdir = (inner: string, _: object, done: (error: unknown, entries?: readonly MatcherEntry[]) => void) => {
    read(inner).then((entries) => done(null, entries), done);
  };
  const names = await glob(pattern, {
    cwd: folder,
    dot: true,
    onlyFiles: true,
    followSymbolicLinks: false,
    fs: { readdir: readdir as unknown as typeof readdirOfNode },
  });
  return [...new Set(names)].filter((name) => isUnchanged(join(folder, name), changed, skip)).sort();
}

async function kindsOf(entries: readonly Dirent[]): Promise<readonly Entry[]> {
  return Promise.all(entries.map(entryOf));
}

async function entryOf(entry: Dirent): Promise<Entry> {
  const { name, parentPath } = entry;
  if (entry.isDirectory()) return { name, kind: 'folder' };
  const isFile = entry.isFile() || (await kindOf(join(parentPath, name))) === 'file';
  return { name, kind: isFile ? 'file' : 'other' };
}

type MatcherEntry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

function asDirent({ name, kind }: Entry): MatcherEntry {
  return {
    name,
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'folder',
    isSymbolicLink: () => false,
  };
}
