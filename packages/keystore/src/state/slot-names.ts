/**
 * The names of unlock slots. They are sealed with the state, by the ids of the slots: a copy of the document does not
 * show who opens it, and only those who open it could write a name. A document without names has no trace of them.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { slotId, type UnlockSlot } from '../document/slots.ts';
import { KeystoreError } from '../errors.ts';
import { MAX_SLOT_NAME_LENGTH } from '../limits.ts';
import { byName, pairs, wrong } from './fields.ts';
import type { KeystoreState } from './records.ts';

/** The names by the ids of their slots. */
export type SlotNames = ReadonlyMap<string, string>;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.@/ -]*[A-Za-z0-9_.@/-])?$/;
/** A name like the id of a slot could be meant as either. */
const SLOT_ID = /^[0-9a-f]{16}$/;
const NONE: SlotNames = new Map();

/**
 * Whether an unlock slot may have this name: 1 to 64 letters and digits of ASCII, spaces, and the characters `_.-/@`.
 * It begins with a letter or a digit, does not end with a space, and does not look like the id of a slot.
 */
export function isSlotName(name: string): boolean {
  return name.length <= MAX_SLOT_NAME_LENGTH && NAME.test(name) && !SLOT_ID.test(name);
}

/** Returns the names of a state. */
export function slotNamesOf({ slotNames = NONE }: Pick<KeystoreState, 'slotNames'>): SlotNames {
  return slotNames;
}

/** Returns the state with those of the names whose slots are there, and no others. */
export function withSlotNames(
  { slotNames: _, ...state }: KeystoreState,
  names: SlotNames,
  slots: readonly UnlockSlot[],
): KeystoreState {
  const ids = new Set(slots.map(slotId));
  const kept = new Map([...names].filter(([id]) => ids.has(id)));
  return kept.size === 0 ? state : { ...state, slotNames: kept };
}

/** A slot as a caller means it: one of the two is given. */
export interface MeantSlot {
  readonly name?: string;
  readonly slot?: string;
}

/**
 * Finds the slot that is meant.
 *
 * @throws `KeystoreError` (`UNLOCK_SLOTS`) if it is not there.
 */
export function slotMeant(
  { slots, state }: { readonly slots: readonly UnlockSlot[]; readonly state: KeystoreState },
  { name, slot }: MeantSlot,
): UnlockSlot {
  const names = slotNamesOf(state);
  const ids = slots.map(slotId);
  const found = slots[ids.findIndex((id) => (slot === undefined ? names.get(id) === name : id === slot))];
  if (found !== undefined) return found;
  const there = ids.map((id) => (names.has(id) ? `${id} (${names.get(id)})` : id));
  const wanted = slot === undefined ? `the name ${quoted(name ?? '')}` : `the id ${quoted(slot)}`;
  throw new KeystoreError(
    'UNLOCK_SLOTS',
    `No unlock slot has ${wanted}. Those of the keystore are ${there.join(', ')}. Nothing was changed.`,
  );
}

/** Returns the same names if the slot has this one. */
export function withName(names: SlotNames, id: string, name: string): SlotNames {
  if (names.get(id) === name) return names;
  if ([...names.values()].includes(name)) {
    throw new KeystoreError(
      'UNLOCK_SLOTS',
      `Another unlock slot has the name ${quoted(name)}. Choose another name, or remove that slot first. Nothing was changed.`,
    );
  }
  return new Map(names).set(id, name);
}

/** Parses the names, of which no two are the same. */
export function parseSlotNames(value: unknown): SlotNames {
  const names = pairs(value, 'slotNames', 'unlock slot');
  const bad = [...names].find(([id, name]) => !SLOT_ID.test(id) || !isSlotName(name));
  if (bad !== undefined) throw wrong(`unlock slot ${quoted(bad[0])} is named ${quoted(bad[1])}`);
  byName([...names.values()], (name) => name, 'name of an unlock slot');
  return names;
}
