/**
 * The operations on a keystore's unlock slots, and on the root key that they wrap. Each change is one commit. Since
 * scrypt takes some tenths of a second, its results are kept while a commit is tried again.
 * @module
 */

import type { Provider } from '@securestring/core';
import { listOf, unjudged } from '@securestring/core/options';
import { opaque } from '@securestring/service';
import { provider as defaultProvider } from '#platform';
import {
  makeSlot,
  openSlot,
  parseUnlock,
  slotId,
  type Unlock,
  type UnlockSecret,
  type UnlockSlot,
  unlockFailed,
} from './document/slots.ts';
import { KeystoreError } from './errors.ts';
import { KEY_LENGTH, MAX_SLOTS } from './limits.ts';
import { TEXT } from './operations/members.ts';
import { OWN_SILENT_CHANGE, type Rows } from './operations/row.ts';
import type {
  ChangeUnlockRequest,
  RotateRootKeyRequest,
  UnlockSlotEntry,
  UnlockSlotRequest,
  UnlockSlots,
} from './requests.ts';
import { type Custody, commitRootKey, commitState } from './state/custody.ts';
import type { Store } from './store.ts';

/** Lists the slots, in the order in which they are tried. */
export async function listUnlockSlots(store: Store): Promise<UnlockSlotEntry[]> {
  await store.refresh();
  return store.custody.slots.map(entryOf);
}

/** Adds a slot, unless `unlock` opens one already. */
export function addUnlockSlot(store: Store, { unlock }: UnlockSlotRequest): Promise<UnlockSlotEntry> {
  return withSecrets([unlock], ([added]) =>
    store.changeCustody(async (draft) => {
      const { slots, slot } = await withSlotFor(added, draft.slots, draft);
      const next = slots === draft.slots ? undefined : commitState({ ...draft, slots }, draft.state);
      return { next, result: entryOf(slot) };
    }),
  );
}

/** Removes the slot that `unlock` opens. */
export function removeUnlockSlot(store: Store, { unlock }: UnlockSlotRequest): Promise<void> {
  return withSecrets([unlock], ([removed]) =>
    store.changeCustody(async (draft) => {
      const slots = await withoutSlotsOf(removed, draft.slots, draft.provider);
      if (slots.length === 0) {
        throw new KeystoreError(
          'UNLOCK_SLOTS',
          'Nothing else opens the keystore: its last unlock slot cannot be removed. Add another first, or use changeUnlock. Nothing was changed.',
        );
      }
      return { next: commitState({ ...draft, slots }, draft.state), result: undefined };
    }),
  );
}

/** Replaces the slot that `from` opens by one that `to` opens. */
export function changeUnlock(store: Store, { from, to }: ChangeUnlockRequest): Promise<void> {
  return withSecrets([from, to], ([removed, added]) =>
    store.changeCustody(async (draft) => {
      const { slots } = await withSlotFor(added, await withoutSlotsOf(removed, draft.slots, draft.provider), draft);
      return { next: commitState({ ...draft, slots }, draft.state), result: undefined };
    }),
  );
}

/** Replaces the root key, and all slots. */
export async function rotateRootKey(store: Store, request: RotateRootKeyRequest): Promise<void> {
  const unlocks = listOf<Unlock>(unjudged)(request.unlocks, 'unlocks');
  if (unlocks.length < 1 || unlocks.length > MAX_SLOTS) {
    throw new RangeError(`unlocks must be 1 to ${MAX_SLOTS}, not ${unlocks.length}.`);
  }
  return withSecrets<readonly Unlock[], void>(unlocks, (secrets) => rotateRoot(store, secrets));
}

async function rotateRoot(store: Store, secrets: readonly TriedSecret[]): Promise<void> {
  const { provider } = store.current().randomness;
  const root = provider.randomKey(KEY_LENGTH);
  try {
    const slots: UnlockSlot[] = [];
    for (const { secret } of withoutRepeats(secrets)) slots.push(await makeSlot(secret, root, provider));
    await store.changeCustody(async (draft) => ({
      // A copy: a failed commit wipes it, and the next attempt needs the original.
      next: commitRootKey(draft, root.slice(), slots),
      result: undefined,
    }));
  } finally {
    root.fill(0);
  }
}

function withoutRepeats(secrets: readonly TriedSecret[]): readonly TriedSecret[] {
  return secrets.filter(({ secret }, i) => !secrets.slice(0, i).some((earlier) => isSame(earlier.secret, secret)));
}

function isSame(one: UnlockSecret, other: UnlockSecret): boolean {
  return one.kind === other.kind && defaultProvider.equalConstantTime(one.secret, other.secret);
}

/** A secret, with the results of trying it. */
interface TriedSecret {
  readonly secret: UnlockSecret;
  /** Whether it opens a slot, by the slot's id. */
  readonly opens: Map<string, boolean>;
  /** The slot that was made for it. */
  made: UnlockSlot | undefined;
}

async function opens({ secret, opens }: TriedSecret, slot: UnlockSlot, provider: Provider): Promise<boolean> {
  const id = slotId(slot);
  const known = opens.get(id);
  if (known !== undefined) return known;
  const root = await openSlot(secret, slot, provider);
  root?.fill(0);
  opens.set(id, root !== undefined);
  return root !== undefined;
}

/** Returns the same slots if the secret opens one already, else those and one more, which wraps `root`. */
async function withSlotFor(
  tried: TriedSecret,
  slots: readonly UnlockSlot[],
  { root, provider }: Pick<Custody, 'root' | 'provider'>,
): Promise<{ readonly slots: readonly UnlockSlot[]; readonly slot: UnlockSlot }> {
  for (const slot of slots) if (await opens(tried, slot, provider)) return { slots, slot };
  if (slots.length >= MAX_SLOTS) {
    throw new KeystoreError(
      'UNLOCK_SLOTS',
      `The keystore has ${slots.length} unlock slots, which is the most that it may have. Remove one first. Nothing was changed.`,
    );
  }
  tried.made ??= await makeSlot(tried.secret, root, provider);
  return { slots: [...slots, tried.made], slot: tried.made };
}

async function withoutSlotsOf(
  tried: TriedSecret,
  slots: readonly UnlockSlot[],
  provider: Provider,
): Promise<readonly UnlockSlot[]> {
  const left: UnlockSlot[] = [];
  for (const slot of slots) if (!(await opens(tried, slot, provider))) left.push(slot);
  if (left.length === slots.length) throw unlockFailed(tried.secret.kind, slots);
  return left;
}

function entryOf(slot: UnlockSlot): UnlockSlotEntry {
  return { slot: slotId(slot), kind: slot.kind };
}

/** Parses the unlocks, and wipes their secrets after use. */
async function withSecrets<const Unlocks extends readonly Unlock[], Result>(
  unlocks: Unlocks,
  use: (secrets: { readonly [Index in keyof Unlocks]: TriedSecret }) => Promise<Result>,
): Promise<Result> {
  const secrets: TriedSecret[] = [];
  try {
    for (const unlock of unlocks) secrets.push({ secret: parseUnlock(unlock), opens: new Map(), made: undefined });
    return await use(secrets as { readonly [Index in keyof Unlocks]: TriedSecret });
  } finally {
    for (const { secret } of secrets) secret.secret.fill(0);
  }
}

/** The rows of these operations. */
export const UNLOCK_ROWS: Rows<UnlockSlots> = {
  listUnlockSlots: { request: {}, answer: {}, readOnly: true, isOurs: true, way: 'steps', work: listUnlockSlots },
  addUnlockSlot: {
    request: { unlock: opaque() },
    answer: { slot: TEXT, kind: TEXT },
    readOnly: false,
    shown: ['slot', 'kind'],
    isOurs: true,
    way: 'steps',
    work: addUnlockSlot,
  },
  removeUnlockSlot: { ...OWN_SILENT_CHANGE, request: { unlock: opaque() }, work: removeUnlockSlot },
  changeUnlock: { ...OWN_SILENT_CHANGE, request: { from: opaque(), to: opaque() }, work: changeUnlock },
  rotateRootKey: { ...OWN_SILENT_CHANGE, request: { unlocks: opaque() }, work: rotateRootKey },
};
