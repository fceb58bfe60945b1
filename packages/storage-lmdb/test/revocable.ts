/**
 * Keystores in LMDB folders whose older documents a change may revoke.
 * @module
 */

import { type Keystore, openKeystore } from '@securestring/keystore';
import { lmdbKeystoreStorage } from '../src/index.ts';
import { rootKeyOf } from './root-keys.ts';

export const first = { rootKey: rootKeyOf(1) };
export const second = { rootKey: rootKeyOf(2) };

export interface World {
  readonly folder: string;
  readonly keystore: Keystore;
  advance(ms: number): void;
  close(): Promise<void>;
}

/** A keystore that `first` and `second` open, with older documents in its folder: small ones, or of several pages. */
export async function openWorld(folder: string, keys: number): Promise<World> {
  const storage = lmdbKeystoreStorage(folder);
  let now = Date.parse('2030-01-01T00:00:00Z');
  const keystore = await openKeystore({ storage, unlock: first, clock: () => now });
  await keystore.addUnlockSlot({ unlock: second });
  for (let i = 0; i < keys; i++) await keystore.createKey({ description: 'x'.repeat(100) });
  const close = async () => {
    await keystore.close();
    await storage.close();
  };
  return { folder, keystore, advance: (ms) => (now += ms), close };
}
