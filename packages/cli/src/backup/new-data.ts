/**
 * A store's data that is there whole, or not at all: made in a folder beside its place, which is then renamed. What is
 * left of a failure or a signal is removed at once; what is left of a killed process, by the next restore.
 * @module
 */

import { renameSync, rmSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, syncFolder } from '@securestring/keystore/paths';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { leftoversIn, temporaryName } from '../io/leftovers.ts';

const PREFIX = '.restore-';

/**
 * Lends a folder, and puts it in the place of the store's data when `make` is done with it.
 *
 * @throws `CliError` where something is in that place by then.
 */
export async function withNewData<Result>(
  place: StorePlace,
  make: (folder: string) => Promise<Result>,
): Promise<Result> {
  makeFolders(place.folder);
  await removeLeftovers(place.folder);
  const folder = join(place.folder, await temporaryName(PREFIX));
  // Again where another thread has made a file meanwhile.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 10 });
  process.once('exit', remove);
  try {
    const result = await make(folder);
    await requireNoData(place);
    // Synchronous: after a signal during an awaited one, half of the folder could be removed before it is renamed.
    renameSync(folder, place.data);
    await syncFolder(place.folder);
    return result;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** Whatever is there is not ours to delete. An empty folder goes: not everywhere can a folder be renamed onto one. */
export async function requireNoData({ data }: StorePlace): Promise<void> {
  try {
    await rmdir(data);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw new CliError(
      EXIT.failed,
      `${data} is there already, and not empty. Move it away, or choose another folder with --store.`,
      { cause: error },
    );
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const { name, prefix } of await leftoversIn(folder)) {
    if (prefix === PREFIX) await rm(join(folder, name), { recursive: true, force: true });
  }
}
