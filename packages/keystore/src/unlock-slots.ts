/**
 * The operations on a keystore's unlock slots, and on the root key that they wrap. Each change is one commit. Since
 * scrypt takes some tenths of a second, its results are kept while a commit is tried again.
 * @module
 */

import type { Provider } from '@securestring/core';
import { listOf, text, unjudged } from '@securestring/core/options';
import { quoted } from '@securestring/core/quoted';
import { opaque, optional } from '@securestring/service';
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
import { KEY_LENGTH, MAX_SLOT_NAME_LENGTH, MAX_SLOTS } from './limits.ts';
import { TEXT, YES_OR_NO } from './operations/members.ts';
import { OWN_SILENT_CHANGE, type Rows } from './operations/row.ts';
import type {
  AddUnlockSlotRequest,
  ChangeUnlockRequest,
  RemoveUnlockSlotRequest,
  RenameUnlockSlotRequest,
  RotateRootKeyRequest,
  UnlockSlotEntry,
  UnlockSlots,
} from './requests.ts';
import { type Custody, commitRootKey, commitState, type Uncommitted } from './state/custody.ts';
import { isSlotName, type SlotNames, slotMeant, slotNamesOf, withName, withSlotNames } from './state/slot-names.ts';
import type { Store } from './store.ts';

/** Lists the slots, in the order in which they are tried. */
export async function listUnlockSlots(store: Store): Promise<UnlockSlotEntry[]> {
  await store.refresh();
  const { custody } = store;
  return custody.slots.map((slot) => entryOf(slot, custody, slotNamesOf(custody.state)));
}

/** Adds a slot, unless `unlock` opens one already, and gives it its name. */
export function addUnlockSlot(store: Store, { unlock, name }: AddUnlockSlotRequest): Promise<UnlockSlotEntry> {
  return withSecrets([unlock], ([added]) =>
    store.changeCustody(async (draft) => {
      const { slots, slot } = await withSlotFor(added, draft.slots, draft);
      const before = slotNamesOf(draft.state);
      const names = name === undefined ? before : withName(before, slotId(slot), name);
      const isSame = slots === draft.slots && names === before;
      const next = isSame ? undefined : commitSlots(draft, slots, names);
      return { next, result: entryOf(slot, draft, names) };
    }),
  );
}

/** Gives a slot another name. */
export function renameUnlockSlot(store: Store, request: RenameUnlockSlotRequest): Promise<UnlockSlotEntry> {
  const { to, ...meant } = request;
  return store.changeCustody(async (draft) => {
    const slot = slotMeant(draft, meant);
    const before = slotNamesOf(draft.state);
    const names = withName(before, slotId(slot), to);
    const next = names === before ? undefined : commitSlots(draft, draft.slots, names);
    return { next, result: entryOf(slot, draft, names) };
  });
}

/** Removes the slot that `unlock` opens, or the one of that name or id. */
export function removeUnlockSlot(store: Store, request: RemoveUnlockSlotRequest): Promise<void> {
  const { unlock, ...meant }: { unlock?: Unlock; name?: string; slot?: string } = request;
  if (unlock === undefined) {
    return removeSlots(store, async (draft) => {
      const removed = slotMeant(draft, meant);
      return draft.slots.filter((each) => each !== removed);
    });
  }
  return withSecrets([unlock], ([removed]) =>
    removeSlots(store, (draft) => withoutSlotsOf(removed, draft.slots, draft.provider)),
  );
}

function removeSlots(store: Store, leave: (custody: Custody) => Promise<readonly UnlockSlot[]>): Promise<void> {
  return store.changeCustody(async (draft) => {
    const slots = await leave(draft);
    if (slots.length === 0) {
      throw new KeystoreError(
        'UNLOCK_SLOTS',
        'Nothing else opens the keystore: its last unlock slot cannot be removed. Add another first, or use changeUnlock. Nothing was changed.',
      );
    }
    return { next: commitSlots(draft, slots, slotNamesOf(draft.state)), result: undefined };
  });
}

/** Replaces the slot that `from` opens by one that `to` opens, which gets its name. */
export function changeUnlock(store: Store, { from, to }: ChangeUnlockRequest): Promise<void> {
  return withSecrets([from, to], ([removed, added]) =>
    store.changeCustody(async (draft) => {
      const left = await withoutSlotsOf(removed, draft.slots, draft.provider);
      const { slots, slot } = await withSlotFor(added, left, draft);
      const names = new Map(slotNamesOf(draft.state));
      const name = draft.slots.flatMap((each) => (left.includes(each) ? [] : (names.get(slotId(each)) ?? [])))[0];
      if (name !== undefined && !names.has(slotId(slot))) names.set(slotId(slot), name);
      return { next: commitSlots(draft, slots, names), result: undefined };
    }),
  );
}

function commitSlots(draft: Custody, slots: readonly UnlockSlot[], names: SlotNames): Uncommitted {
  return commitState({ ...draft, slots }, withSlotNames(draft.state, names, slots));
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
    const kept = withoutRepeats(secrets);
    for (const { secret } of kept) slots.push(await makeSlot(secret, root, provider));
    await store.changeCustody(async (draft) => {
      const names = new Map<string, string>();
      for (const [i, slot] of slots.entries()) {
        const name = await nameOf(kept[i], draft);
        if (name !== undefined) names.set(slotId(slot), name);
      }
      const state = withSlotNames(draft.state, names, slots);
      // A copy: a failed commit wipes it, and the next attempt needs the original.
      return { next: commitRootKey({ ...draft, state }, root.slice(), slots), result: undefined };
    });
  } finally {
    root.fill(0);
  }
}

/** Returns the name of the slot that a secret opens. Slots without a name are not tried. */
async function nameOf(
  tried: TriedSecret | undefined,
  { slots, state, provider }: Custody,
): Promise<string | undefined> {
  const names = slotNamesOf(state);
  for (const slot of slots) {
    const name = names.get(slotId(slot));
    if (name !== undefined && tried !== undefined && (await opens(tried, slot, provider))) return name;
  }
  return undefined;
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

function entryOf(slot: UnlockSlot, { openedBy }: Pick<Custody, 'openedBy'>, names: SlotNames): UnlockSlotEntry {
  const id = slotId(slot);
  const name = names.get(id);
  const current = openedBy !== undefined && slotId(openedBy) === id;
  return { slot: id, kind: slot.kind, ...(name !== undefined && { name }), current };
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

function judgeName({ name }: AddUnlockSlotRequest): void {
  if (name !== undefined) requireName(name, 'name');
}

function requireName(name: string, member: string): void {
  if (isSlotName(name)) return;
  throw new RangeError(
    `${member} must be 1 to ${MAX_SLOT_NAME_LENGTH} letters and digits of ASCII, spaces, and _.-/@, begin with a letter or a digit, not end with a space, and not look like the id of an unlock slot. It is ${quoted(name)}.`,
  );
}

function judgeRemoval(request: RemoveUnlockSlotRequest): void {
  requireOne(request, 'The slot to remove must be given as unlock, name or slot');
}

function judgeRenaming({ to, ...meant }: RenameUnlockSlotRequest): void {
  requireOne(meant, 'The slot to rename must be given as name or slot');
  requireName(text(to, 'to'), 'to');
}

function requireOne(meant: object, what: string): void {
  const given = Object.values(meant).filter((value) => value !== undefined).length;
  if (given !== 1) throw new TypeError(`${what}, not ${given === 0 ? 'undefined' : 'as more than one of them'}.`);
}

/** A change that answers with the slot. */
const ONE_SLOT = {
  answer: { slot: TEXT, kind: TEXT, name: TEXT, current: YES_OR_NO },
  readOnly: false,
  shown: ['slot', 'kind', 'name'],
  isOurs: true,
  way: 'steps',
} as const;

/** The rows of these operations. */
export const UNLOCK_ROWS: Rows<UnlockSlots> = {
  listUnlockSlots: { request: {}, answer: {}, readOnly: true, isOurs: true, way: 'steps', work: listUnlockSlots },
  addUnlockSlot: {
    ...ONE_SLOT,
    request: { unlock: opaque(), name: optional(TEXT) },
    judge: judgeName,
    work: addUnlockSlot,
  },
  renameUnlockSlot: {
    ...ONE_SLOT,
    request: { name: optional(TEXT), slot: optional(TEXT), to: opaque() },
    judge: judgeRenaming,
    work: renameUnlockSlot,
  },
  removeUnlockSlot: {
    ...OWN_SILENT_CHANGE,
    // An opaque member may be missing: `judgeRemoval` says so.
    request: { unlock: opaque(), name: optional(TEXT), slot: optional(TEXT) },
    judge: judgeRemoval,
    work: removeUnlockSlot,
  },
  changeUnlock: { ...OWN_SILENT_CHANGE, request: { from: opaque(), to: opaque() }, work: changeUnlock },
  rotateRootKey: { ...OWN_SILENT_CHANGE, request: { unlocks: opaque() }, work: rotateRootKey },
};
