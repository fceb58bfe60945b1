/**
 * The meaning of a record at a time: whether a key exists, its state, the material that encrypts. All are pure
 * functions of record and time, so that reading commits nothing and every process agrees. {@link applyDue} does what is
 * due, as a part of each commit.
 * @module
 */

import { DAY, MAX_TIME } from '../limits.ts';
import { grantsIn, withGrants } from './grants.ts';
import type { KeyRecord, KeystoreState, KeyUsage, MaterialRecord, RotationRecord } from './records.ts';

/** The state of a key, in AWS's words. Only an `Enabled` key is used for cryptography. */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';

/** Whether a key's deletion is due. From then on no call finds it, even before a commit erases it. */
export function isDeleted({ deletionDate }: KeyRecord, now: number): boolean {
  return deletionDate !== undefined && now >= deletionDate;
}

/** Returns the state of a key that is not deleted. */
export function keyStateAt(key: KeyRecord, now: number): KeyState {
  if (key.deletionDate !== undefined) return 'PendingDeletion';
  if (key.origin === 'EXTERNAL' && awaitsImport(key, now)) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

/** Returns what a key is for. Its spec decides that. */
export function keyUsageOf({ keySpec }: Pick<KeyRecord, 'keySpec'>): KeyUsage {
  return keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
}

/** Returns the material that encrypts; `undefined` for an `EXTERNAL` key before its first import. */
export function currentMaterial(key: KeyRecord, now: number): MaterialRecord | undefined {
  return isRotationDue(key, now) ? key.rotation?.next : lastInUse(key);
}

/** Whether an automatic rotation is due that no commit has done yet. A key that is not enabled does not rotate. */
export function isRotationDue(key: KeyRecord, now: number): boolean {
  return (
    key.rotation !== undefined &&
    now >= key.rotation.nextRotationDate &&
    key.rotation.enabled &&
    !key.disabled &&
    key.deletionDate === undefined
  );
}

/** Returns every material of a key, with an automatic rotation done if it is due. */
export function materialsAt(key: KeyRecord, now: number): readonly MaterialRecord[] {
  const { rotation, materials } = key;
  if (rotation === undefined || !isRotationDue(key, now)) return materials;
  return [...materials, inUseSince(rotation.next, rotation.nextRotationDate)];
}

/**
 * Rotates a key automatically, as of `date`. `ahead` is the material for its next rotation. The period stays the same.
 */
export function rotateAt(
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

/** Sets the clock of a state back to `now`: automatic rotations are due at their first boundary after it. */
export function setClockBack(state: KeystoreState, now: number): KeystoreState {
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

/** Returns the last material that is or was in use, so none that awaits a rotation. */
export function lastInUse({ materials }: KeyRecord): MaterialRecord | undefined {
  return materials.findLast(isInUse);
}

/** Whether material is present and has not expired. */
export function isUsable({ wrapped, imported }: MaterialRecord, now: number): boolean {
  return wrapped !== undefined && (imported?.validTo === undefined || now < imported.validTo);
}

/** Whether a key awaits an import: it needs every material to decrypt, so one that is missing makes it wait. */
export function awaitsImport(key: KeyRecord, now: number): boolean {
  const inUse = key.materials.filter(isInUse);
  return inUse.length === 0 || inUse.some((material) => !isUsable(material, now));
}

/** Returns when the first of a key's materials expires that it needs; `undefined` if none ever does. */
export function firstExpiry({ materials }: KeyRecord): number | undefined {
  const expiries = materials.filter(isInUse).flatMap(({ imported }) => imported?.validTo ?? []);
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}

/** Returns the time so many days later, at most {@link MAX_TIME}. */
export function daysAfter(time: number, days: number): number {
  return Math.min(time + days * DAY, MAX_TIME);
}

/** Returns the first boundary between periods after `now`: several that were missed make one rotation. */
export function nextBoundary({ nextRotationDate, periodInDays }: RotationRecord, now: number): number {
  if (now < nextRotationDate) return nextRotationDate;
  const missed = Math.floor((now - nextRotationDate) / (periodInDays * DAY));
  return daysAfter(nextRotationDate, (missed + 1) * periodInDays);
}

/**
 * Does all that is due: removes deleted keys with their aliases and grants, erases expired material, and rotates keys,
 * each with new material ahead from `makeMaterial`. Returns the same object if nothing is due.
 */
export function applyDue(
  state: KeystoreState,
  now: number,
  makeMaterial: (key: KeyRecord) => MaterialRecord,
): KeystoreState {
  const changed = new Map<string, KeyRecord | undefined>();
  for (const [keyId, key] of state.keys) {
    const next = isDeleted(key, now) ? undefined : applyDueTo(key, now, makeMaterial);
    if (next !== key) changed.set(keyId, next);
  }
  if (changed.size === 0) return state;
  const keys = new Map<string, KeyRecord>();
  for (const [keyId, key] of state.keys) {
    const next = changed.has(keyId) ? changed.get(keyId) : key;
    if (next !== undefined) keys.set(keyId, next);
  }
  const aliases = new Map([...state.aliases].filter(([, { targetKeyId }]) => keys.has(targetKeyId)));
  // Most of what is due deletes no key, and then the map of grants stays the one that is indexed.
  if (keys.size === state.keys.size) return { ...state, keys, aliases };
  const grants = [...grantsIn(state)].filter(([, { keyId }]) => keys.has(keyId));
  return withGrants({ ...state, keys, aliases }, new Map(grants));
}

function applyDueTo(key: KeyRecord, now: number, makeMaterial: (key: KeyRecord) => MaterialRecord): KeyRecord {
  if (key.materials.some((material) => material.wrapped !== undefined && !isUsable(material, now))) {
    const materials = key.materials.map((material) =>
      isUsable(material, now) ? material : { ...material, wrapped: undefined },
    );
    return { ...key, materials };
  }
  const { rotation } = key;
  if (rotation === undefined || !isRotationDue(key, now)) return key;
  return rotateAt(key, rotation, { date: rotation.nextRotationDate, now, ahead: makeMaterial(key) });
}

function inUseSince(material: MaterialRecord, date: number): MaterialRecord {
  return { ...material, rotation: { type: 'AUTOMATIC', date } };
}

function isInUse({ imported }: MaterialRecord): boolean {
  return imported?.pendingRotation !== true;
}
