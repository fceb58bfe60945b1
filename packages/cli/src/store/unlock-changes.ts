/**
 * What follows a change of what opens a store: the other stores under its folder, and its root-key file.
 * @module
 */

import { link, rm } from 'node:fs/promises';
import { excerpt, quoted } from '@securestring/core/quoted';
import type { Unlock, UnlockSlotEntry } from '@securestring/keystore';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode, messageOf } from '../command/failure.ts';
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

/** Finds a slot by its name or its id: no name looks like an id. */
export function slotCalled(slots: readonly UnlockSlotEntry[], typed: string): UnlockSlotEntry {
  const found = slots.find(({ slot, name }) => slot === typed || name === typed);
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.notFound,
    `Nothing that opens the store is called ${excerpt(typed)}. There is: ${listed(slots)}.`,
  );
}

/** Names slots for a sentence: `laptop (passphrase), 0123456789abcdef (root key)`. */
export function listed(slots: readonly UnlockSlotEntry[]): string {
  return slots.map((each) => `${each.name ?? each.slot} (${kindOf(each)})`).join(', ');
}

/** Refuses a name that no slot may have. `what` is where it was typed, as a sentence begins with it. */
export async function requireSlotName(name: string, what: string): Promise<void> {
  const { isUnlockSlotName } = await import('./packages.ts');
  if (isUnlockSlotName(name)) return;
  throw new CliError(
    EXIT.usage,
    `${what} takes 1 to 64 letters, digits, spaces and _.-/@, beginning with a letter or a digit, and nothing like the id of a slot, not ${quoted(name)}.`,
  );
}

/** Refuses a name that another slot has. */
export function requireFreeName(slots: readonly UnlockSlotEntry[], name: string): void {
  const taken = slots.find((each) => each.name === name);
  if (taken !== undefined) throw new CliError(EXIT.failed, `There is a ${kindOf(taken)} called ${name} already.`);
}

/** Names what opens a slot. */
export function kindOf({ kind }: UnlockSlotEntry): string {
  return kind === 'rootKey' ? 'root key' : kind;
}
