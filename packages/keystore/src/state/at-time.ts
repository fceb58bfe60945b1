/**
 * What a record means at a time: whether a key is there, its state, what encrypts. Pure functions of record and time, so
 * that reading commits nothing and everybody agrees; {@link settle} makes what is due part of the record at a commit.
 * @module
 */

import { DAY, MAX_TIME } from '../limits.ts';
import type { KeyRecord, KeystoreState, KeyUsage, MaterialRecord, RotationRecord } from './records.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';

/** Whether a key's deletion is due: it is there no more, whether erased or not. */
export function isDeleted({ deletionDate }: KeyRecord, now: number): boolean {
  return deletionDate !== undefined && now >= deletionDate;
}

/** The state of a key that is there. */
export function keyStateAt(key: KeyRecord, now: number): KeyState {
  if (key.deletionDate !== undefined) return 'PendingDeletion';
  if (key.origin === 'EXTERNAL' && awaitsImport(key, now)) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

export function keyUsageOf({ keySpec }: Pick<KeyRecord, 'keySpec'>): KeyUsage {
  return keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
}

/** What encrypts, and of which nothing may be missing; `undefined` of a key that never had any material imported. */
export function currentMaterial(key: KeyRecord, now: number): MaterialRecord | undefined {
  return rotatesBy(key, now) ? key.rotation?.next : lastInUse(key);
}

/** Whether an automatic rotation has come due that no commit has settled yet. A key that is not enabled does not rotate. */
export function rotatesBy(key: KeyRecord, now: number): boolean {
  return (
    key.rotation !== undefined &&
    now >= key.rotation.nextRotationDate &&
    key.rotation.enabled &&
    !key.disabled &&
    key.deletionDate === undefined
  );
}

/** Every material of a key, with what an automatic rotation that has come due did to them. */
export function materialsAt(key: KeyRecord, now: number): readonly MaterialRecord[] {
  const { rotation, materials } = key;
  if (rotation === undefined || !rotatesBy(key, now)) return materials;
  return [...materials, inUseSince(rotation.next, rotation.nextRotationDate)];
}

/** A key that rotates automatically at `date`, with the material `ahead` for the next time. The periods stay as they are. */
export function rotated(
  key: KeyRecord,
  rotation: RotationRecord,
  { date, now, ahead }: { readonly date: number; readonly now: number; readonly ahead: MaterialRecord },
): KeyRecord {
  return {
    ...key,
    materials: [...key.materials, inUseSince(rotation.next, date)],
    rotation: { ...rotation, nextRotationDate: nextBoundary(rotation, now), next: ahead },
  };
}

/** The same, as of an earlier time: the latest one is `now`, and automatic rotations are due at their first boundary after it. */
export function setBack(state: KeystoreState, now: number): KeystoreState {
  const keys = [...state.keys].map(
    ([id, key]) => [id, { ...key, rotation: rotationAfter(key.rotation, now) }] as const,
  );
  return { ...state, highestClock: now, keys: new Map(keys) };
}

function rotationAfter(rotation: RotationRecord | undefined, now: number): RotationRecord | undefined {
  if (rotation === undefined) return undefined;
  const period = rotation.periodInDays * DAY;
  const periods = Math.max(0, Math.ceil((rotation.nextRotationDate - now) / period) - 1);
  return { ...rotation, nextRotationDate: rotation.nextRotationDate - periods * period };
}

/** The last material that is or was in use, leaving out those that await a rotation. */
export function lastInUse({ materials }: KeyRecord): MaterialRecord | undefined {
  return materials.findLast(isInUse);
}

/** Whether material is there and has not expired. */
export function isUsable({ wrapped, imported }: MaterialRecord, now: number): boolean {
  return wrapped !== undefined && (imported?.validTo === undefined || now < imported.validTo);
}

/** Every material is needed to open what was sealed; one that is missing makes the whole key wait. */
export function awaitsImport(key: KeyRecord, now: number): boolean {
  const inUse = key.materials.filter(isInUse);
  return inUse.length === 0 || inUse.some((material) => !isUsable(material, now));
}

/** When the first material of a key expires that it cannot do without; `undefined` where none ever does. */
export function firstExpiry({ materials }: KeyRecord): number | undefined {
  const expiries = materials.filter(isInUse).flatMap(({ imported }) => imported?.validTo ?? []);
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}

/** So many days later, or the last time there is. */
export function daysAfter(time: number, days: number): number {
  return Math.min(time + days * DAY, MAX_TIME);
}

/** The first boundary between periods that is later than `now`: of several that were missed, only one counts. */
export function nextBoundary({ nextRotationDate, periodInDays }: RotationRecord, now: number): number {
  if (now < nextRotationDate) return nextRotationDate;
  const missed = Math.floor((now - nextRotationDate) / (periodInDays * DAY));
  return daysAfter(nextRotationDate, (missed + 1) * periodInDays);
}

/**
 * The same state, with what has come due made part of it: deleted keys and their aliases left out, expired material
 * erased, due rotations done, each with a new material ahead from `makeMaterial`. The very same object where nothing is
 * due.
 */
export function settle(
  state: KeystoreState,
  now: number,
  makeMaterial: (key: KeyRecord) => MaterialRecord,
): KeystoreState {
  const changed = new Map<string, KeyRecord | undefined>();
  for (const [keyId, key] of state.keys) {
    const settled = isDeleted(key, now) ? undefined : settleKey(key, now, makeMaterial);
    if (settled !== key) changed.set(keyId, settled);
  }
  if (changed.size === 0) return state;
  const keys = new Map<string, KeyRecord>();
  for (const [keyId, key] of state.keys) {
    const settled = changed.has(keyId) ? changed.get(keyId) : key;
    if (settled !== undefined) keys.set(keyId, settled);
  }
  const aliases = new Map([...state.aliases].filter(([, { targetKeyId }]) => keys.has(targetKeyId)));
  return { ...state, keys, aliases };
}

function settleKey(key: KeyRecord, now: number, makeMaterial: (key: KeyRecord) => MaterialRecord): KeyRecord {
  if (key.materials.some((material) => material.wrapped !== undefined && !isUsable(material, now))) {
    const materials = key.materials.map((material) =>
      isUsable(material, now) ? material : { ...material, wrapped: undefined },
    );
    return { ...key, materials };
  }
  const { rotation } = key;
  if (rotation === undefined || !rotatesBy(key, now)) return key;
  return rotated(key, rotation, { date: rotation.nextRotationDate, now, ahead: makeMaterial(key) });
}

function inUseSince(material: MaterialRecord, date: number): MaterialRecord {
  return { ...material, rotation: { type: 'AUTOMATIC', date } };
}

function isInUse({ imported }: MaterialRecord): boolean {
  return imported?.pendingRotation !== true;
}
