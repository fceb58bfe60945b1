/**
 * The stores of all accounts and Regions under a store's folder, for the endpoint.
 * @module
 */

import type { Provider } from '@securestring/core';
import { type OpenedServices, type StoresByPlace, storesByPlace } from '@securestring/endpoint';
import type { Keystore, Unlock } from '@securestring/keystore';
import { makeFolders } from '@securestring/keystore/paths';
import { isCode } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { type AccountRegion, hasData, otherPlace } from '../store/other-stores.ts';
import { type OpeningOptions, type OpenStore, secretOf } from '../store/with-store.ts';

export interface PlacesOptions {
  /** Make the store of an account and a Region when a request asks for it first. Else only existing ones are found. */
  readonly autoCreate: boolean;
  /** Hears of a request for an account and a Region that have no store. */
  readonly onMissing?: (place: AccountRegion) => void;
  /** Keeps what happens in the other stores. */
  readonly onAudit?: OpeningOptions['onAudit'];
  /** The cryptography of the other stores. Default the platform's. */
  readonly provider?: Provider;
}

/** Milliseconds between two looks at what other processes have changed. */
const REFRESH = 1000;

/** Finds a store's own account and Region, and those under its folder, which open with what opened the store. */
export function storesUnder(
  store: OpenStore,
  { autoCreate, onMissing, onAudit, provider }: PlacesOptions,
): StoresByPlace {
  const { place, keystore, parameters } = store;
  const unlock = secretOf(store);
  return storesByPlace({
    own: { keystore, parameters },
    open: async (asked, { isForeign }) => {
      const other = otherPlace(place, asked);
      const isMade = autoCreate && !isForeign;
      if (isMade) makeFolders(other.folder);
      const options = { autoCreate: isMade, onAudit, ...(provider && { provider }) };
      const opened = isMade || (await hasData(other)) ? await openOther(other, unlock, asked, options) : undefined;
      if (opened === undefined && !isForeign) onMissing?.(asked);
      return opened;
    },
  });
}

/** Opens a store, until it is closed; `undefined` where it is missing and not to be made. */
async function openOther(
  { data }: StorePlace,
  unlock: Unlock,
  asked: AccountRegion,
  { autoCreate, onAudit, provider }: Pick<PlacesOptions, 'autoCreate' | 'onAudit' | 'provider'>,
): Promise<OpenedServices | undefined> {
  const { lmdbKeystoreStorage, lmdbStorage, openKeystore, openParameterStore } = await import('../store/packages.ts');
  const keys = lmdbKeystoreStorage(data);
  const audited = { ...(provider && { provider }), ...(onAudit && { onAudit }) };
  try {
    const create = autoCreate ? {} : { create: false };
    const keystore = await openKeystore({ storage: keys, unlock, diagnostics: true, ...asked, ...create, ...audited });
    try {
      const parameters = await openParameterStore({ keystore, storage: lmdbStorage(data), ...audited });
      const stopRefreshing = refreshing(keystore);
      const close = async (): Promise<void> => {
        stopRefreshing();
        await parameters.close();
        await keystore.close();
        await keys.close();
      };
      return { keystore, parameters, close };
    } catch (error) {
      await keystore.close();
      throw error;
    }
  } catch (error) {
    await keys.close();
    // An interrupted creation left files, and no keystore in them.
    if (isCode(error, 'KEYSTORE_MISSING')) return undefined;
    throw error;
  }
}

/** Looks every second at what other processes change: access keys that they deleted, for one. Returns what ends it. */
export function refreshing(keystore: Pick<Keystore, 'refresh'>): () => void {
  const timer = setInterval(() => void keystore.refresh().catch(() => undefined), REFRESH).unref();
  return () => clearInterval(timer);
}
