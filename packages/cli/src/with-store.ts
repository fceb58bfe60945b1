/**
 * A store in hand: opened for one command, and closed whatever happens.
 * @module
 */

import { stat } from 'node:fs/promises';
import type { Keystore, Unlock } from '@securestring/keystore';
import type { ParameterStore, ParameterStoreEvent } from '@securestring/parameters';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { type StorePlace, storePlace } from './place.ts';
import { exists, findUnlock } from './unlock.ts';

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

export interface OpeningOptions {
  /** Make the store where there is none. */
  readonly make?: boolean;
  /** Of a store that is made. */
  readonly region?: string;
  readonly accountId?: string;
  /** Hears of what happens to parameters. */
  readonly onEvent?: (event: ParameterStoreEvent) => void;
}

/** The same, where what unlocks it is known already. */
export async function withOpenStore<Result>(
  place: StorePlace,
  unlock: Unlock,
  use: (store: OpenStore) => Promise<Result>,
  { make = false, onEvent, ...options }: OpeningOptions = {},
): Promise<Result> {
  const { lmdbKeystoreStorage, lmdbStorage, openKeystore, openParameterStore } = await import('./engine.ts');
  const keystoreStorage = lmdbKeystoreStorage(place.data);
  try {
    if (!make && (await keystoreStorage.read()) === undefined) throw noStore(place);
    const keystore = await openKeystore({ storage: keystoreStorage, unlock, diagnostics: true, ...options });
    try {
      const parameters = await openParameterStore({
        keystore,
        storage: lmdbStorage(place.data),
        ...(onEvent !== undefined && { onEvent }),
      });
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

/** Refuses a folder without data at once, so that nobody is asked for a passphrase in vain. */
export async function requireStore(place: StorePlace): Promise<void> {
  try {
    await stat(place.data);
  } catch (error) {
    throw noStore(place, error);
  }
}

/** Refuses to make a store where one is. What an interrupted `init` or `restore` left behind is none. */
export async function requireNoStore({ folder, data }: StorePlace): Promise<void> {
  if (!(await exists(data)) || !(await hasKeystore(data))) return;
  throw new CliError(EXIT.failed, `There is a store in ${folder} already. Choose another folder with --store.`);
}

async function hasKeystore(data: string): Promise<boolean> {
  const { lmdbKeystoreStorage } = await import('@securestring/parameters');
  const storage = lmdbKeystoreStorage(data);
  try {
    return (await storage.read()) !== undefined;
  } finally {
    await storage.close();
  }
}

function noStore({ folder }: StorePlace, cause?: unknown): CliError {
  return new CliError(EXIT.notFound, `There is no store in ${folder}. Make one: securestring init`, { cause });
}
