/**
 * The stores of several accounts and Regions behind one endpoint, each opened when the first request asks for it.
 * @module
 */

import { callback, type Members, members, takeOptions } from '@securestring/core/options';
import type { FindServices } from './endpoint.ts';
import { EndpointError } from './fault.ts';
import { asServices } from './options.ts';
import type { Services } from './services.ts';

/** An account in a Region. */
export type AccountRegion = Parameters<FindServices>[0];

/** What answers for an account in a Region, until it is closed. */
export interface OpenedServices extends Services {
  /** Closes both. */
  close(): Promise<void>;
}

/** Options of {@link storesByPlace}. */
export interface StoresByPlaceOptions {
  /** Answers for its own account and Region. It is not closed here. */
  readonly own: Services;
  /**
   * Opens or makes what answers for another account and Region; `undefined`: nothing does. It is called once for each,
   * and again only after it failed or found nothing. Both names have AWS's form, so that they can name folders. With
   * `isForeign` a caller of another account asks: it opens what exists, and makes nothing.
   */
  readonly open: (
    place: AccountRegion,
    options: { readonly isForeign: boolean },
  ) => Promise<OpenedServices | undefined>;
}

/** Stores that are found by account and Region. */
export interface StoresByPlace {
  /** For `awsEndpoint({ services })`. */
  readonly find: FindServices;
  /** Closes every store that was opened, after those that are being opened. Then nothing is found but `own`. */
  close(): Promise<void>;
  /** Does what {@link StoresByPlace.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

const OPTIONS: Members<StoresByPlaceOptions> = members<StoresByPlaceOptions>({
  own: asServices,
  open: callback<StoresByPlaceOptions['open']>,
});

/** AWS's form: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. */
const REGION = /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/;
const ACCOUNT_ID = /^\d{12}$/;
/** Each open store holds files: a caller who names every Region there could be gets no more. */
const MAX_OPEN = 256;

/**
 * Finds stores by account and Region, for `awsEndpoint({ services })`.
 *
 * @throws `TypeError` if an option is unknown, missing, or not of its type.
 * @example
 * const stores = storesByPlace({ own: { keystore, parameters }, open });
 * const endpoint = awsEndpoint({ services: stores.find, accessKey: accessKeysOf(keystore) });
 */
export function storesByPlace(options: StoresByPlaceOptions): StoresByPlace {
  const { own, open } = takeOptions('storesByPlace', options, OPTIONS);
  const opened = new Map<string, Promise<OpenedServices | undefined>>();
  let isClosed = false;

  const find: FindServices = ({ accountId, region }, { isForeign = false } = {}) => {
    if (accountId === own.keystore.accountId && region === own.keystore.region) return own;
    if (isClosed || !ACCOUNT_ID.test(accountId) || !REGION.test(region)) return undefined;
    const name = `${accountId}/${region}`;
    const known = opened.get(name);
    // What was not found for a caller of another account may be made for one of its own.
    if (known !== undefined) return isForeign ? known : known.then((found) => found ?? find({ accountId, region }));
    if (opened.size >= MAX_OPEN) throw tooMany();
    // Two first requests at a time get one store.
    const opening = open({ accountId, region }, { isForeign });
    opened.set(name, opening);
    const forget = () => opened.delete(name);
    opening.then((services) => services ?? forget(), forget);
    return opening;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    const all = await Promise.allSettled(opened.values());
    opened.clear();
    await Promise.all(all.map((each) => (each.status === 'fulfilled' ? each.value?.close() : undefined)));
  };

  return { find, close, [Symbol.asyncDispose]: close };
}

function tooMany(): EndpointError {
  const message = `This endpoint has the stores of ${MAX_OPEN} accounts and Regions open. Use those, or start it again.`;
  return new EndpointError('LimitExceededException', message);
}
