/**
 * Entries of folders. One whose name is not UTF-8 is left out, and named: node would look for another one.
 * @module
 */

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shownBytes } from '../command/raw-text.ts';
import { isSuspect } from '../command/suspect.ts';

/** Hears of each path that is left out. */
export type Skip = (text: string) => void;

interface Listing {
  readonly entries: readonly Dirent[];
  /** Names that are not UTF-8, by what node makes of them; each as a person may read it. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
}

/** Reads a folder without the entries that are left out. */
export async function entriesOf(folder: string, skip: Skip): Promise<readonly Dirent[]> {
  const { entries, changed } = await listingOf(folder);
  for (const name of [...changed.values()].flat()) skip(leftOut(join(folder, name)));
  return entries.filter(({ name }) => !changed.has(name));
}

/** Says that a file is left out. */
export function leftOut(path: string): string {
  return `${path} is left out: its name is not UTF-8. Rename it.`;
}

/** Reads a folder, and records in `into` what it has of names that are not UTF-8. */
export async function recordedEntries(
  folder: string,
  into: Map<string, readonly string[]>,
): Promise<readonly Dirent[]> {
  const { entries, changed } = await listingOf(folder);
  const shownIn = (name: string) => join(folder, name).replace(join(process.cwd(), '/'), '');
  for (const [name, shown] of changed) into.set(resolve(folder, name), shown.map(shownIn));
  return entries;
}

/** Whether a path is what it says; `skip` hears of it otherwise. */
export function isUnchanged(path: string, changed: ReadonlyMap<string, readonly string[]>, skip: Skip): boolean {
  const found = changed.get(resolve(path)) ?? [];
  for (const each of found) skip(leftOut(each));
  return found.length === 0;
}

async function listingOf(folder: string): Promise<Listing> {
  const changed = new Map<string, readonly string[]>();
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.some(({ name }) => isSuspect(name))) return { entries, changed };
  for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
    const name = bytes.toString();
    if (!Buffer.from(name).equals(bytes)) changed.set(name, [...(changed.get(name) ?? []), shownBytes(bytes)]);
  }
  return { entries, changed };
}
