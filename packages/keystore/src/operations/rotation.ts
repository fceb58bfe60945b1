/**
 * Rotation: new key material under the same key id, ARN and aliases. What was sealed before opens as before.
 * @module
 */

import { KmsError } from '../errors.ts';
import { MAX_ON_DEMAND_ROTATIONS, ON_DEMAND_DISTANCE, ROTATION_PERIOD } from '../limits.ts';
import type {
  DisableKeyRotationRequest,
  EnableKeyRotationRequest,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResult,
  ListKeyRotationsRequest,
  ListKeyRotationsResult,
  RotateKeyOnDemandRequest,
  RotateKeyOnDemandResult,
  RotationsListEntry,
} from '../shapes.ts';
import { currentMaterial, daysAfter, isUsable, keyStateAt, materialsAt, nextBoundary } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import type { KeyRecord, MaterialRecord, RotationRecord } from '../state/records.ts';
import { hexOf } from '../state/snapshot.ts';
import type { Changeable, Edit, Present } from '../store.ts';
import { findKeyNoAlias, requireCustomerManaged, requireKeyId, requireOrigin, requireUsable } from './find-key.ts';
import { withKey } from './keys.ts';
import { expiration } from './metadata.ts';
import { page, requirePage } from './page.ts';
import { requireNumber, requireOneOf } from './shape.ts';

const INCLUDED = ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'] as const;
/** Digits of a position in a list of materials, so that positions sort as text. */
const POSITION_DIGITS = 9;

/**
 * Turns automatic rotation on, or gives it another period, which counts from now. A request that changes nothing leaves
 * the next date as it is: who asks for the same again and again does not put the rotation off for ever.
 */
export function enableKeyRotation(request: EnableKeyRotationRequest): Edit<void> {
  const { keyId, rotationPeriodInDays = ROTATION_PERIOD.usual } = request;
  requireKeyId(keyId, 'keyId');
  requireNumber(rotationPeriodInDays, 'rotationPeriodInDays', ROTATION_PERIOD);
  return (present) => {
    const record = findConfigurable(present, keyId, 'EnableKeyRotation');
    const rotation = scheduled(record, rotationPeriodInDays, present);
    return { state: withKey(present.snapshot.state, { ...record, rotation }), result: undefined };
  };
}

/** Turns automatic rotation off. What encrypts now goes on doing so. */
export function disableKeyRotation({ keyId }: DisableKeyRotationRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const record = findConfigurable(present, keyId, 'DisableKeyRotation');
    const rotation = record.rotation === undefined ? undefined : { ...record.rotation, enabled: false };
    return { state: withKey(present.snapshot.state, { ...record, rotation }), result: undefined };
  };
}

export function getKeyRotationStatus({
  keyId,
}: GetKeyRotationStatusRequest): (present: Present) => GetKeyRotationStatusResult {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const { record } = findKeyNoAlias(present, keyId);
    requireSymmetric(record);
    requireOrigin(record, 'AWS_KMS');
    const { arn, rotation, deletionDate } = record;
    if (rotation?.enabled !== true || deletionDate !== undefined) return { keyId: arn, keyRotationEnabled: false };
    return {
      keyId: arn,
      keyRotationEnabled: true,
      rotationPeriodInDays: rotation.periodInDays,
      nextRotationDate: new Date(nextBoundary(rotation, present.now)),
    };
  };
}

/** Rotates now. The dates of automatic rotation stay as they are. */
export function rotateKeyOnDemand({ keyId }: RotateKeyOnDemandRequest): Edit<RotateKeyOnDemandResult> {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const key = findKeyNoAlias(present, keyId);
    const { record } = key;
    requireCustomerManaged(present, record, 'RotateKeyOnDemand');
    requireUsable(key, present.now);
    requireSymmetric(record);
    requireRotationsLeft(record);
    requireDistance(record, present.now);
    const materials = record.origin === 'EXTERNAL' ? withPendingInUse(record, present) : withFresh(record, present);
    return { state: withKey(present.snapshot.state, { ...record, materials }), result: { keyId: record.arn } };
  };
}

export function listKeyRotations(request: ListKeyRotationsRequest): (present: Present) => ListKeyRotationsResult {
  const { keyId, includeKeyMaterial = 'ROTATIONS_ONLY' } = request;
  requireKeyId(keyId, 'keyId');
  requireOneOf(includeKeyMaterial, 'includeKeyMaterial', INCLUDED);
  const start = requirePage(request);
  return (present) => {
    const { record } = findKeyNoAlias(present, keyId);
    requireSymmetric(record);
    // Materials are never taken away from in front of others: a position names one for good.
    const all = materialsAt(record, present.now).map((material, position) => ({ material, position }));
    const asked = all.filter(({ material }) => includeKeyMaterial === 'ALL_KEY_MATERIAL' || material.rotation);
    const { entries, ...rest } = page(asked, ({ position }) => String(position).padStart(POSITION_DIGITS, '0'), start);
    return { rotations: entries.map(({ material }) => rotationEntry(record, material, present.now)), ...rest };
  };
}

/** Automatic rotation that begins now, with the material of its first time stored ahead. */
export function newRotation(
  key: KeyRecord,
  periodInDays: number,
  making: Pick<Changeable, 'now' | 'randomness' | 'wrappingKey'>,
): RotationRecord {
  return {
    enabled: true,
    periodInDays,
    nextRotationDate: daysAfter(making.now, periodInDays),
    next: newMaterial(key, making),
  };
}

function scheduled(record: KeyRecord, periodInDays: number, present: Changeable): RotationRecord {
  const { rotation } = record;
  if (rotation === undefined) return newRotation(record, periodInDays, present);
  if (rotation.enabled && rotation.periodInDays === periodInDays) return rotation;
  return { ...rotation, enabled: true, periodInDays, nextRotationDate: daysAfter(present.now, periodInDays) };
}

/** A key whose automatic rotation is the caller's to set. Whether material was imported tells less than its origin. */
function findConfigurable(present: Present, keyId: string, operation: string): KeyRecord {
  const key = findKeyNoAlias(present, keyId);
  const { record } = key;
  requireCustomerManaged(present, record, operation);
  if (keyStateAt(record, present.now) !== 'PendingImport') requireUsable(key, present.now);
  requireSymmetric(record);
  requireOrigin(record, 'AWS_KMS');
  return record;
}

function requireSymmetric({ keySpec }: KeyRecord): void {
  if (keySpec !== 'SYMMETRIC_DEFAULT') throw new KmsError('UnsupportedOperationException', '');
}

function requireRotationsLeft({ arn, materials }: KeyRecord): void {
  const done = materials.filter(({ rotation }) => rotation?.type === 'ON_DEMAND').length;
  if (done < MAX_ON_DEMAND_ROTATIONS) return;
  throw new KmsError(
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
  );
}

function requireDistance({ rotation }: KeyRecord, now: number): void {
  if (rotation?.enabled !== true || rotation.nextRotationDate - now > ON_DEMAND_DISTANCE) return;
  throw new KmsError(
    'ConflictException',
    'The request was rejected because an automatic rotation of this key is currently in progress or scheduled to begin within the next 20 minutes.',
  );
}

/** Not the one that is stored ahead: that is for its own date, at which another keystore may use it unasked. */
function withFresh(record: KeyRecord, present: Changeable): readonly MaterialRecord[] {
  return [...record.materials, { ...newMaterial(record, present), rotation: { type: 'ON_DEMAND', date: present.now } }];
}

function withPendingInUse({ arn, materials }: KeyRecord, { now }: Present): readonly MaterialRecord[] {
  const pending = materials.find((material) => material.imported?.pendingRotation === true && isUsable(material, now));
  if (pending?.imported === undefined) {
    throw new KmsError('KMSInvalidStateException', `No available key material pending rotation for the key: ${arn}.`);
  }
  const inUse: MaterialRecord = {
    ...pending,
    rotation: { type: 'ON_DEMAND', date: now },
    imported: { ...pending.imported, pendingRotation: false },
  };
  return materials.map((material) => (material === pending ? inUse : material));
}

function rotationEntry(record: KeyRecord, material: MaterialRecord, now: number): RotationsListEntry {
  const { id, rotation, imported } = material;
  const keyMaterialId = hexOf(id);
  return {
    keyId: record.arn,
    keyMaterialId,
    keyMaterialState: materialState(record, material, now),
    ...(rotation !== undefined && { rotationDate: new Date(rotation.date), rotationType: rotation.type }),
    ...(imported !== undefined && {
      importState: isUsable(material, now) ? 'IMPORTED' : 'PENDING_IMPORT',
      ...(isUsable(material, now) && expiration(imported.validTo)),
      ...(imported.description !== '' && { keyMaterialDescription: imported.description }),
    }),
  };
}

function materialState(
  record: KeyRecord,
  { id, imported }: MaterialRecord,
  now: number,
): RotationsListEntry['keyMaterialState'] {
  if (imported?.pendingRotation === true) return 'PENDING_ROTATION';
  const current = currentMaterial(record, now);
  return current !== undefined && hexOf(current.id) === hexOf(id) ? 'CURRENT' : 'NON_CURRENT';
}
