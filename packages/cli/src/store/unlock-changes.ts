/**
 * What follows a change of what opens a store: the other stores under its folder, and its root-key file.
 * @module
 */

import { link, rm } from 'node:fs/promises';
import type { Unlock, UnlockSlotEntry } from '@securestring/keystore';
import type { Context } from '../command/context.ts';
import { isCode, messageOf } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { otherPlaces } from './other-stores.ts';
import { readRootKey } from './root-key.ts';
import { type OpenStore, opens, secretOf, withOpenStore } from './with-store.ts';

/** What changes what opens a store, or opens the other stores too, asks for the passphrase itself. */
export const WITH_SECRET = { withAgent: false } as const;

/** Does to the stores under a store's folder what was done to the store: the same secret opens all of them. */
export async function inOthers(
  context: Context,
  store: OpenStore,
  change: (keystore: OpenStore['keystore']) => Promise<unknown>,
): Promise<void> {
  const unlock = secretOf(store);
  for (const other of await otherPlaces(store.place)) {
    try {
      await withOpenStore(other, [unlock], ({ keystore }) => change(keystore));
    } catch (error) {
      // The store around it has changed already, so that the others must not be left out.
      context.warn(`${other.folder} was not changed: ${messageOf(error)} Do the same with --store ${other.folder}.`);
    }
  }
}

/** Moves the store's root-key file aside where it opens it no longer: else it would be tried first, in vain. */
export async function retireRootKey(context: Context, place: StorePlace): Promise<void> {
  const { rootKey: path } = place;
  // One that does not fit is refused when it is tried.
  const rootKey = (await exists(path)) ? await readRootKey(path, context.options).catch(() => undefined) : undefined;
  if (rootKey === undefined || (await opens(place, { rootKey }))) return;
  const aside = await moveAside(path);
  context.note(`${path} is now ${aside}: it still opens older copies and backups.`);
}

/** To a name that is free: an older one opens what is older. */
async function moveAside(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const aside = count === 1 ? `${path}.old` : `${path}.old-${count}`;
    try {
      // A link, unlike a rename, replaces nothing.
      await link(path, aside);
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue;
      throw error;
    }
    await rm(path);
    return aside;
  }
}

/** Names a secret at the beginning of a sentence. */
export function nameOf(unlock: Unlock): string {
  return 'rootKey' in unlock ? 'The root key' : 'The passphrase';
}

/** Names what opens a slot. */
export function kindOf({ kind }: UnlockSlotEntry): string {
  return kind === 'rootKey' ? 'root key' : kind;
}
