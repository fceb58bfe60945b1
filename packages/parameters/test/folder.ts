/**
 * A store in a folder, keys and parameters together.
 * @module
 */

import { openKeystore } from '@securestring/keystore';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { openParameterStore, type ParameterStorage, type ParameterStore } from '../src/index.ts';

export interface StoreAt {
  readonly store: ParameterStore;
  readonly storage: ParameterStorage;
  close(): Promise<void>;
}

export async function openStoreAt(folder: string): Promise<StoreAt> {
  const keys = lmdbKeystoreStorage(folder);
  const keystore = await openKeystore({ storage: keys, unlock: { rootKey: new Uint8Array(32).fill(7) } });
  const storage = lmdbStorage(folder);
  const store = await openParameterStore({ keystore, storage });
  const close = async () => {
    await store.close();
    await keystore.close();
    await keys.close();
  };
  return { store, storage, close };
}
