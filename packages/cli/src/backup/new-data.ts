/**
 * A store's data that is there whole, or not at all: made in a folder beside its place, which is then renamed. What is
 * left of a failure or a signal is removed at once; what is left of a killed process, by the next restore.
 * @module
 */

import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders, syncFolder } from '@securestring/keystore/paths';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { leftoversIn, temporaryName } from '../io/leftovers.ts';
import { ACCOUNTS } from '../store/other-stores.ts';

const PREFIX = '.restore-';

/** What a restore makes, each in a folder that is not there yet. */
export interface NewFolders {
  readonly data: string;
  /** Of the stores of other accounts and Regions. Put in its place only if it was made. */
  readonly accounts: string;
}

/**
 * Lends folders, and puts them in the place of the store's data and of its other accounts when `make` is done with
 * them.
 *
 * @throws `CliError` where something is in those places by then.
 */
export async function withNewData<Result>(
  place: StorePlace,
  make: (folders: NewFolders) => Promise<Result>,
): Promise<Result> {
  const missing = missingFolders(place.folder);
  makeFolders(place.folder);
  await removeLeftovers(place.folder);
  const folder = join(place.folder, await temporaryName(PREFIX));
  // Again where another thread has made a file meanwhile.
  const remove = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 });
    removeWhileEmpty(missing);
  };
  process.once('exit', remove);
  try {
    makeFolders(folder);
    const made = { data: join(folder, 'data'), accounts: join(folder, ACCOUNTS) };
    const result = await make(made);
    await requireNoData(place);
    if (existsSync(made.accounts)) await requireNoAccounts(place);
    put(made, place);
    await syncFolder(place.folder);
    return result;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/**
 * Puts what was made in its place. The data comes last: without it there is no store, and a restore that was ended
 * before can be begun again. Synchronous: a signal during an awaited step would find half of it done.
 */
function put(made: NewFolders, place: StorePlace): void {
  const accounts = accountsOf(place);
  const hasAccounts = existsSync(made.accounts);
  if (hasAccounts) renameSync(made.accounts, accounts);
  try {
    renameSync(made.data, place.data);
  } catch (error) {
    if (hasAccounts) renameSync(accounts, made.accounts);
    throw error;
  }
}

/** Refuses a place that has stores of other accounts already. */
export async function requireNoAccounts(place: StorePlace): Promise<void> {
  await removeEmpty(accountsOf(place));
}

function accountsOf({ folder }: StorePlace): string {
  return join(folder, ACCOUNTS);
}

/** Refuses a place that has data already. */
export async function requireNoData({ data }: StorePlace): Promise<void> {
  await removeEmpty(data);
}

/** Whatever is there is not ours to delete. An empty folder goes: not everywhere can a folder be renamed onto one. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw new CliError(
      EXIT.failed,
      `${folder} is there already, and not empty. Move it away, or choose another folder with --store.`,
      { cause: error },
    );
  }
}

/** A folder and those above it that are not there yet, the deepest first. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each) && dirname(each) !== each; each = dirname(each)) missing.push(each);
  return missing;
}

/** Removes the folders that are empty, up to the first that is not: after a success, that is the store's own. */
function removeWhileEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // The store is in it, or another program's file.
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const { name, prefix } of await leftoversIn(folder)) {
    if (prefix === PREFIX) await rm(join(folder, name), { recursive: true, force: true });
  }
}
