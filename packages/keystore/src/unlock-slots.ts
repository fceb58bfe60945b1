/**
 * What opens a keystore, looked at and changed: its unlock slots, and the root key that they wrap. Each change is one
 * commit. scrypt takes some tenths of a second: what it gave is remembered while a commit is tried again.
 * @module
 */

import type { Provider } from '@securestring/core';
import { listOf, unjudged } from '@securestring/core/options';
import { opaque } from '@securestring/service';
import { provider as defaultProvider } from '#platform';
import {
  makeSlot,
  openSlot,
  readUnlock,
  slotId,
  type Unlock,
  type UnlockSecret,
  type UnlockSlot,
  unlockFailed,
} from './document/slots.ts';
import { KeystoreError } from './errors.ts';
import { KEY_LENGTH, MAX_SLOTS } from './limits.ts';
import { TEXT } from './operations/members.ts';
import type { Rows } from './operations/row.ts';
import type {
  ChangeUnlockRequest,
  RotateRootKeyRequest,
  UnlockSlotEntry,
  UnlockSlotRequest,
  UnlockSlots,
} from './shapes.ts';
import { type Custody, commitRootKey, commitState, type Uncommitted } from './state/custody.ts';
import type { Store } from './store.ts';

export async function listUnlockSlots(store: Store): Promise<UnlockSlotEntry[]> {
  await store.refresh();
  return store.slots().map(entryOf);
}

export function addUnlockSlot(store: Store, { unlock }: UnlockSlotRequest): Promise<UnlockSlotEntry> {
  return withSecrets([unlock], ([secret]) => addSlot(store, secret));
}

export function removeUnlockSlot(store: Store, { unlock }: UnlockSlotRequest): Promise<void> {
  return withSecrets([unlock], ([secret]) => removeSlot(store, secret));
}

export function changeUnlock(store: Store, { from, to }: ChangeUnlockRequest): Promise<void> {
  return withSecrets([from, to], ([old, fresh]) => changeSlot(store, old, fresh));
}

export async function rotateRootKey(store: Store, request: RotateRootKeyRequest): Promise<void> {
  const unlocks = listOf<Unlock>(unjudged)(request.unlocks, 'unlocks');
  if (unlocks.length < 1 || unlocks.length > MAX_SLOTS) {
    throw new RangeError(`unlocks must be 1 to ${MAX_SLOTS}, not ${unlocks.length}.`);
  }
  return withSecrets<readonly Unlock[], void>(unlocks, (secrets) => rotateRoot(store, secrets));
}

async function addSlot(store: Store, secret: UnlockSecret): Promise<UnlockSlotEntry> {
  const key = trying(secret, store);
  return store.changeCustody(async (custody, { now }) => {
    const { slots, slot } = await withSlotFor(key, custody.slots, custody.root);
    const next = slots === custody.slots ? undefined : commitSlots(custody, slots, now);
    return { next, result: entryOf(slot) };
  });
}

async function removeSlot(store: Store, secret: UnlockSecret): Promise<void> {
  const key = trying(secret, store);
  await store.changeCustody(async (custody, { now }) => {
    const slots = await withoutSlotsOf(key, custody.slots);
    if (slots.length === 0) {
      throw new KeystoreError(
        'UNLOCK_SLOTS',
        'Nothing else opens the keystore: its last unlock slot cannot be removed. Add another first, or use changeUnlock. Nothing was changed.',
      );
    }
    return { next: commitSlots(custody, slots, now), result: undefined };
  });
}

async function changeSlot(store: Store, old: UnlockSecret, fresh: UnlockSecret): Promise<void> {
  const [from, to] = [trying(old, store), trying(fresh, store)];
  await store.changeCustody(async (custody, { now }) => {
    const { slots } = await withSlotFor(to, await withoutSlotsOf(from, custody.slots), custody.root);
    return { next: commitSlots(custody, slots, now), result: undefined };
  });
}

async function rotateRoot(store: Store, secrets: readonly UnlockSecret[]): Promise<void> {
  const { provider } = store.current().randomness;
  const root = provider.randomKey(KEY_LENGTH);
  try {
    const slots: UnlockSlot[] = [];
    for (const secret of withoutRepeats(secrets)) slots.push(await makeSlot(secret, root, provider));
    await store.changeCustody(async (custody, { now }) => ({
      // Of its own, to be wiped with the custody: this one may be needed again.
      next: commitRootKey(seenAt(custody, now), root.slice(), slots),
      result: undefined,
    }));
  } finally {
    root.fill(0);
  }
}

function withoutRepeats(secrets: readonly UnlockSecret[]): readonly UnlockSecret[] {
  return secrets.filter((secret, i) => !secrets.slice(0, i).some((earlier) => isSame(earlier, secret)));
}

function isSame(one: UnlockSecret, other: UnlockSecret): boolean {
  return one.kind === other.kind && defaultProvider.equalConstantTime(one.secret, other.secret);
}

/** A secret, and what came of trying it. */
interface TriedSecret {
  readonly secret: UnlockSecret;
  readonly provider: Provider;
  /** Whether it opens a slot, by the slot's id. */
  readonly opens: Map<string, boolean>;
  /** The slot that was made for it. */
  made: UnlockSlot | undefined;
}

function trying(secret: UnlockSecret, store: Store): TriedSecret {
  return { secret, provider: store.current().randomness.provider, opens: new Map(), made: undefined };
}

async function opens({ secret, provider, opens }: TriedSecret, slot: UnlockSlot): Promise<boolean> {
  const id = slotId(slot);
  const known = opens.get(id);
  if (known !== undefined) return known;
  const root = await openSlot(secret, slot, provider);
  root?.fill(0);
  opens.set(id, root !== undefined);
  return root !== undefined;
}

/** The very same slots where the secret opens one already, else with one more, which wraps `root`. */
async function withSlotFor(
  key: TriedSecret,
  slots: readonly UnlockSlot[],
  root: Uint8Array,
): Promise<{ readonly slots: readonly UnlockSlot[]; readonly slot: UnlockSlot }> {
  for (const slot of slots) if (await opens(key, slot)) return { slots, slot };
  if (slots.length >= MAX_SLOTS) {
    throw new KeystoreError(
      'UNLOCK_SLOTS',
      `The keystore has ${slots.length} unlock slots, which is all that it may have. Remove one first. Nothing was changed.`,
    );
  }
  key.made ??= await makeSlot(key.secret, root, key.provider);
  return { slots: [...slots, key.made], slot: key.made };
}

async function withoutSlotsOf(key: TriedSecret, slots: readonly UnlockSlot[]): Promise<readonly UnlockSlot[]> {
  const left: UnlockSlot[] = [];
  for (const slot of slots) if (!(await opens(key, slot))) left.push(slot);
  if (left.length === slots.length) throw unlockFailed(key.secret.kind, slots);
  return left;
}

function commitSlots(custody: Custody, slots: readonly UnlockSlot[], now: number): Uncommitted {
  const seen = seenAt(custody, now);
  return commitState({ ...seen, slots }, seen.snapshot.state);
}

/** The same, whose clock has shown `now`. */
function seenAt(custody: Custody, now: number): Custody {
  const { snapshot } = custody;
  return { ...custody, snapshot: { ...snapshot, state: { ...snapshot.state, highestClock: now } } };
}

function entryOf(slot: UnlockSlot): UnlockSlotEntry {
  return { slot: slotId(slot), kind: slot.kind };
}

/** Checks the unlocks, and wipes the copies of their secrets when they were used. */
async function withSecrets<const Unlocks extends readonly Unlock[], Result>(
  unlocks: Unlocks,
  use: (secrets: { readonly [Index in keyof Unlocks]: UnlockSecret }) => Promise<Result>,
): Promise<Result> {
  const secrets: UnlockSecret[] = [];
  try {
    for (const unlock of unlocks) secrets.push(readUnlock(unlock));
    return await use(secrets as { readonly [Index in keyof Unlocks]: UnlockSecret });
  } finally {
    for (const { secret } of secrets) secret.fill(0);
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
  removeUnlockSlot: {
    request: { unlock: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: removeUnlockSlot,
  },
  changeUnlock: {
    request: { from: opaque(), to: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: changeUnlock,
  },
  rotateRootKey: {
    request: { unlocks: opaque() },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'steps',
    work: rotateRootKey,
  },
};
