/**
 * A store as far as it opens without a question: names are not secret, and need no passphrase.
 * @module
 */

import type { LockedParameters } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';
import { unlocksOf } from './unlock.ts';
import { requireStore, withOpenStore } from './with-store.ts';

/**
 * Lends a store's parameters, verified if something opens the store that need not be asked for; else as they are on the
 * disk, with a warning.
 */
export async function withNames<Result>(
  context: Context,
  use: (parameters: LockedParameters) => Promise<Result>,
): Promise<Result> {
  const place = storePlace(context);
  await requireStore(place);
  let isLocked = false;
  const onLocked = () => {
    isLocked = true;
  };
  try {
    return await withOpenStore(place, unlocksOf(context, place, { onLocked }), ({ parameters }) => use(parameters));
  } catch (error) {
    if (!isLocked) throw error;
  }
  context.warn('the store is locked. This is what its folder says, and was not verified: unlock it to be sure.');
  return withLocked(place, use);
}

/** Lends a store's parameters as they are on the disk. */
export async function withLocked<Result>(
  { data }: StorePlace,
  use: (parameters: LockedParameters) => Promise<Result>,
): Promise<Result> {
  const { lmdbStorage, openLockedParameters } = await import('./packages.ts');
  const parameters = await openLockedParameters({ storage: lmdbStorage(data, { lazy: true }) });
  try {
    return await use(parameters);
  } finally {
    await parameters.close();
  }
}
