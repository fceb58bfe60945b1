/**
 * The stores of other accounts and Regions, under the folder of a store. Each is a whole store of its own, which every
 * command takes with `--store`:
 *
 * ```
 * ~/.securestring/data                                    keys and parameters of the store's own account and Region
 * ~/.securestring/accounts/111122223333/eu-west-1/data    those of another
 * ```
 * @module
 */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isCode } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';

/** An account in a Region. */
export interface AccountRegion {
  readonly accountId: string;
  readonly region: string;
}

/** The name of the folder of other accounts, in a store's folder. */
export const ACCOUNTS = 'accounts';
const ACCOUNT_ID = /^\d{12}$/;
const REGION = /^[a-z0-9-]+$/;
const LONGEST_REGION = 64;

/** Returns the place where the store of another account and Region is, or would be. */
export function otherPlace({ folder, options }: StorePlace, { accountId, region }: AccountRegion): StorePlace {
  const own = join(folder, ACCOUNTS, accountId, region);
  const named = { ...options, store: own };
  return { folder: own, data: join(own, 'data'), rootKey: join(own, 'root.key'), options: named };
}

/** Finds the places of all other stores that are there, by account and Region. */
export async function otherPlaces(place: StorePlace): Promise<readonly StorePlace[]> {
  const accounts = await namesIn(join(place.folder, ACCOUNTS), ACCOUNT_ID);
  const all = await Promise.all(
    accounts.map(async (accountId) => {
      const regions = await namesIn(join(place.folder, ACCOUNTS, accountId), REGION);
      return regions.map((region) => otherPlace(place, { accountId, region }));
    }),
  );
  const there = await Promise.all(all.flat().map(async (each) => ({ each, isThere: await hasData(each) })));
  return there.filter(({ isThere }) => isThere).map(({ each }) => each);
}

/** Names the account and the Region of a place that {@link otherPlaces} found: `111122223333/eu-west-1`. */
export function placeName({ folder }: StorePlace): string {
  return `${basename(dirname(folder))}/${basename(folder)}`;
}

/** Whether a text has the form of {@link placeName}, which is a path below a folder and leads nowhere else. */
export function isPlaceName(text: string): boolean {
  const [account = '', region = '', ...more] = text.split('/');
  return ACCOUNT_ID.test(account) && REGION.test(region) && region.length <= LONGEST_REGION && more.length === 0;
}

/** Whether there is a store, or the beginning of one. */
export function hasData({ data }: StorePlace): Promise<boolean> {
  return exists(join(data, 'data.mdb'));
}

/** The names in a folder that have a form, in their order; none where there is no such folder. */
async function namesIn(folder: string, form: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => form.test(name)).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
