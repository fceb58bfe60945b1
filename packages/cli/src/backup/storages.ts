/**
 * The storages of a store and of those of other accounts and Regions, opened for a backup or a restore.
 * @module
 */

import type { StorePlace } from '../command/store-place.ts';
import { otherPlaces, placeName } from '../store/other-stores.ts';
import type { OpenStorages, OtherStore, StoreStorages } from './write.ts';

/** Finds the stores of other accounts and Regions that are in a store's folder. */
export async function othersOf(place: StorePlace): Promise<readonly OtherStore[]> {
  const places = await otherPlaces(place);
  return places.map((other) => ({ name: placeName(other), open: () => openStorages(other.data) }));
}

/** Lends the storages of a folder of data. */
export async function withStorages<Result>(
  data: string,
  use: (storages: StoreStorages) => Promise<Result>,
): Promise<Result> {
  const storages = await openStorages(data);
  try {
    return await use(storages);
  } finally {
    await storages.close();
  }
}

/** Opens the storages of a folder of data, until they are closed. */
export async function openStorages(data: string): Promise<OpenStorages> {
  const { lmdbKeystoreStorage, lmdbStorage } = await import('@securestring/storage-lmdb');
  const [keys, parameters] = [lmdbKeystoreStorage(data), lmdbStorage(data)];
  const close = async (): Promise<void> => {
    await Promise.all([keys.close(), parameters.close()]);
  };
  return { keys, parameters, close };
}
