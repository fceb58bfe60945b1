/**
 * A store in hand: opened for one command, and closed whatever happens.
 * @module
 */

import { stat } from 'node:fs/promises';
import type { Keystore, Unlock } from '@securestring/keystore';
import type { ParameterStore } from '@securestring/parameters';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { type StorePlace, storePlace } from './place.ts';
import { findUnlock } from './unlock.ts';

export interface OpenStore {
  readonly place: StorePlace;
  readonly keystore: Keystore;
  readonly parameters: ParameterStore;
}

/** @throws `CliError` where there is no store. */
export async function withStore<Result>(context: Context, use: (store: OpenStore) => Promise<Result>): Promise<Result> {
  const place = storePlace(context);
  await requireStore(place);
  const unlock = await findUnlock(context, place);
  return withOpenStore(place, unlock, use);
}

/** The same, where what unlocks it is known already; makes the store where there is none. */
export async function withOpenStore<Result>(
  place: StorePlace,
  unlock: Unlock,
  use: (store: OpenStore) => Promise<Result>,
  options: { readonly region?: string; readonly accountId?: string } = {},
): Promise<Result> {
  const [{ openKeystore }, { lmdbKeystoreStorage, lmdbStorage, openParameterStore }] = await Promise.all([
    import('@securestring/keystore'),
    import('@securestring/parameters'),
  ]);
  const keystoreStorage = lmdbKeystoreStorage(place.data);
  try {
    const keystore = await openKeystore({ storage: keystoreStorage, unlock, diagnostics: true, ...options });
    try {
      const parameters = await openParameterStore({ keystore, storage: lmdbStorage(place.data) });
      try {
        return await use({ place, keystore, parameters });
      } finally {
        await parameters.close();
      }
    } finally {
      await keystore.close();
    }
  } finally {
    await keystoreStorage.close();
  }
}

export async function requireStore({ folder, data }: StorePlace): Promise<void> {
  try {
    await stat(data);
  } catch (error) {
    throw new CliError(EXIT.notFound, `There is no store in ${folder}. Make one: securestring init`, { cause: error });
  }
}
