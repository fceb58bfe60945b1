/**
 * Rotation: new key material under the same key id, ARN and aliases. What was sealed before opens as before.
 * @module
 */

import { integer, list, oneOf, optional, record } from '@securestring/service';
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
  RotationOperations,
  RotationsListEntry,
} from '../shapes.ts';
import { currentMaterial, daysAfter, isUsable, keyStateAt, materialsAt, nextBoundary } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import { type KeyRecord, type MaterialRecord, type RotationRecord, withKey } from '../state/records.ts';
import { hexOf } from '../state/snapshot.ts';
import type { Draft, Edited, View } from '../store.ts';
import { findKeyNoAlias, requireCustomerManaged, requireOrigin, requireUsable } from './checks.ts';
import { KEY, KEY_ID, NUMBER, PAGE, PAGE_ANSWER, TEXT, TIME, YES_OR_NO } from './members.ts';
import { expiration } from './metadata.ts';
import { page } from './pages.ts';
import type { Rows } from './row.ts';

/** Digits of a position in a list of materials, so that positions sort as text. */
const POSITION_DIGITS = 9;

/**
 * Turns automatic rotation on, or gives it another period, which counts from now. A request that changes nothing leaves
 * the next date as it is, so that repeated requests do not put the rotation off for ever.
 */
export function enableKeyRotation(
  draft: Draft,
  { keyId, rotationPeriodInDays = ROTATION_PERIOD.usual }: EnableKeyRotationRequest,
): Edited<void> {
  const record = findConfigurable(draft, keyId, 'EnableKeyRotation');
  const rotation = scheduled(record, rotationPeriodInDays, draft);
  return { state: withKey(draft.snapshot.state, { ...record, rotation }), result: undefined };
}

/** Turns automatic rotation off. What encrypts now goes on doing so. */
export function disableKeyRotation(draft: Draft, { keyId }: DisableKeyRotationRequest): Edited<void> {
  const record = findConfigurable(draft, keyId, 'DisableKeyRotation');
  const rotation = record.rotation === undefined ? undefined : { ...record.rotation, enabled: false };
  return { state: withKey(draft.snapshot.state, { ...record, rotation }), result: undefined };
}

export function getKeyRotationStatus(view: View, { keyId }: GetKeyRotationStatusRequest): GetKeyRotationStatusResult {
  const { record } = findKeyNoAlias(view, keyId);
  requireOrigin(record, 'AWS_KMS');
  // A key that cannot rotate, such as an HMAC key, has no rotation, which is an answer and not a refusal.
  const { arn, rotation, deletionDate } = record;
  if (rotation?.enabled !== true || deletionDate !== undefined) return { keyId: arn, keyRotationEnabled: false };
  return {
    keyId: arn,
    keyRotationEnabled: true,
    rotationPeriodInDays: rotation.periodInDays,
    nextRotationDate: new Date(nextBoundary(rotation, view.now)),
  };
}

/** Rotates now. The dates of automatic rotation stay as they are. */
export function rotateKeyOnDemand(draft: Draft, { keyId }: RotateKeyOnDemandRequest): Edited<RotateKeyOnDemandResult> {
  const key = findKeyNoAlias(draft, keyId);
  const { record } = key;
  requireCustomerManaged(draft, record, 'RotateKeyOnDemand');
  requireUsable(key, draft.now);
  requireSymmetric(record);
  requireRotationsLeft(record);
  requireDistance(record, draft.now);
  const materials = record.origin === 'EXTERNAL' ? withPendingInUse(record, draft) : withFresh(record, draft);
  return { state: withKey(draft.snapshot.state, { ...record, materials }), result: { keyId: record.arn } };
}

export function listKeyRotations(
  view: View,
  { keyId, includeKeyMaterial = 'ROTATIONS_ONLY', ...request }: ListKeyRotationsRequest,
): ListKeyRotationsResult {
  const { record } = findKeyNoAlias(view, keyId);
  requireSymmetric(record);
  // Materials are never taken away from in front of others: a position names one for good.
  const all = materialsAt(record, view.now).map((material, position) => ({ material, position }));
  const asked = all.filter(({ material }) => includeKeyMaterial === 'ALL_KEY_MATERIAL' || material.rotation);
  const { entries, ...rest } = page(asked, ({ position }) => String(position).padStart(POSITION_DIGITS, '0'), request);
  return { rotations: entries.map(({ material }) => rotationEntry(record, material, view.now)), ...rest };
}

/** Automatic rotation that begins now, with the material of its first time stored ahead. */
export function newRotation(
  key: KeyRecord,
  periodInDays: number,
  making: Pick<Draft, 'now' | 'randomness' | 'wrappingKey'>,
): RotationRecord {
  return {
    enabled: true,
    periodInDays,
    nextRotationDate: daysAfter(making.now, periodInDays),
    next: newMaterial(key, making),
  };
}

function scheduled(record: KeyRecord, periodInDays: number, draft: Draft): RotationRecord {
  const { rotation } = record;
  if (rotation === undefined) return newRotation(record, periodInDays, draft);
  if (rotation.enabled && rotation.periodInDays === periodInDays) return rotation;
  return { ...rotation, enabled: true, periodInDays, nextRotationDate: daysAfter(draft.now, periodInDays) };
}

/** A key whose automatic rotation is the caller's to set. Whether material was imported tells less than its origin. */
function findConfigurable(view: View, keyId: string, operation: string): KeyRecord {
  const key = findKeyNoAlias(view, keyId);
  const { record } = key;
  requireCustomerManaged(view, record, operation);
  if (keyStateAt(record, view.now) !== 'PendingImport') requireUsable(key, view.now);
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
function withFresh(record: KeyRecord, draft: Draft): readonly MaterialRecord[] {
  return [...record.materials, { ...newMaterial(record, draft), rotation: { type: 'ON_DEMAND', date: draft.now } }];
}

function withPendingInUse({ arn, materials }: KeyRecord, { now }: View): readonly MaterialRecord[] {
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

/** The rows of these operations. */
export const ROTATION_ROWS: Rows<RotationOperations> = {
  enableKeyRotation: {
    request: { keyId: KEY_ID, rotationPeriodInDays: optional(integer(ROTATION_PERIOD)) },
    answer: {},
    readOnly: false,
    way: 'change',
    work: enableKeyRotation,
  },
  disableKeyRotation: { request: KEY, answer: {}, readOnly: false, way: 'change', work: disableKeyRotation },
  getKeyRotationStatus: {
    request: KEY,
    answer: { keyId: TEXT, keyRotationEnabled: YES_OR_NO, rotationPeriodInDays: NUMBER, nextRotationDate: TIME },
    readOnly: true,
    way: 'look',
    work: getKeyRotationStatus,
  },
  rotateKeyOnDemand: {
    request: KEY,
    answer: { keyId: TEXT },
    readOnly: false,
    shown: ['keyId'],
    way: 'change',
    work: rotateKeyOnDemand,
  },
  listKeyRotations: {
    request: { keyId: KEY_ID, includeKeyMaterial: optional(oneOf(['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'])), ...PAGE },
    answer: {
      rotations: list(
        record({
          keyId: TEXT,
          keyMaterialId: TEXT,
          keyMaterialDescription: TEXT,
          importState: TEXT,
          keyMaterialState: TEXT,
          expirationModel: TEXT,
          validTo: TIME,
          rotationDate: TIME,
          rotationType: TEXT,
        }),
      ),
      ...PAGE_ANSWER,
    },
    readOnly: true,
    way: 'look',
    work: listKeyRotations,
  },
};
