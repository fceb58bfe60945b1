/**
 * Rotation: new key material for the same key id, ARN and aliases. A key still opens what it sealed before.
 * @module
 */

import { integer, list, oneOf, optional, record } from '@securestring/service';
import { hexOf } from '#platform';
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
} from '../requests.ts';
import { currentMaterial, daysAfter, isUsable, keyStateAt, materialsAt, nextBoundary } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import { type KeyRecord, type MaterialRecord, type RotationRecord, withKey } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { findKeyNoAlias, requireCustomerManaged, requireOrigin, requireUsable } from './checks.ts';
import { KEY, KEY_ID, NUMBER, PAGE, PAGE_ANSWER, TEXT, TIME, YES_OR_NO } from './members.ts';
import { expiration } from './metadata.ts';
import { page } from './pages.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

/** The digits of a position in a list of materials, so that positions sort as text. */
const POSITION_DIGITS = 9;

/**
 * Turns automatic rotation on, or gives it another period, which counts from now. A request that changes nothing leaves
 * the next date the same, so that repeated requests do not put the rotation off for ever.
 */
export function enableKeyRotation(
  draft: Draft,
  { keyId, rotationPeriodInDays = ROTATION_PERIOD.default }: EnableKeyRotationRequest,
): Edited<void> {
  const record = findConfigurable(draft, keyId, 'EnableKeyRotation');
  const rotation = scheduleRotation(record, rotationPeriodInDays, draft);
  return { state: withKey(draft.state, { ...record, rotation }), result: undefined };
}

/** Turns automatic rotation off. The current material stays the current one. */
export function disableKeyRotation(draft: Draft, { keyId }: DisableKeyRotationRequest): Edited<void> {
  const record = findConfigurable(draft, keyId, 'DisableKeyRotation');
  const rotation = record.rotation === undefined ? undefined : { ...record.rotation, enabled: false };
  return { state: withKey(draft.state, { ...record, rotation }), result: undefined };
}

/** Returns whether and when a key rotates automatically. */
export function getKeyRotationStatus(view: View, { keyId }: GetKeyRotationStatusRequest): GetKeyRotationStatusResult {
  const { record } = findKeyNoAlias(view, keyId);
  requireOrigin(record, 'AWS_KMS');
  // Also for a key that cannot rotate, such as an HMAC key: AWS answers, and does not refuse.
  const { arn, rotation, deletionDate } = record;
  if (rotation?.enabled !== true || deletionDate !== undefined) return { keyId: arn, keyRotationEnabled: false };
  return {
    keyId: arn,
    keyRotationEnabled: true,
    rotationPeriodInDays: rotation.periodInDays,
    nextRotationDate: new Date(nextBoundary(rotation, view.now)),
  };
}

/** Rotates now. The dates of automatic rotation stay the same. */
export function rotateKeyOnDemand(draft: Draft, { keyId }: RotateKeyOnDemandRequest): Edited<RotateKeyOnDemandResult> {
  const key = findKeyNoAlias(draft, keyId);
  const { record } = key;
  requireCustomerManaged(draft, record, 'RotateKeyOnDemand');
  requireUsable(key, draft.now);
  requireSymmetric(record);
  requireRotationsLeft(record);
  requireDistance(record, draft.now);
  const materials = record.origin === 'EXTERNAL' ? withPendingInUse(record, draft) : withFresh(record, draft);
  return { state: withKey(draft.state, { ...record, materials }), result: { keyId: record.arn } };
}

/** Lists a key's rotations, or all its materials, oldest first. */
export function listKeyRotations(
  view: View,
  { keyId, includeKeyMaterial = 'ROTATIONS_ONLY', ...request }: ListKeyRotationsRequest,
): ListKeyRotationsResult {
  const { record } = findKeyNoAlias(view, keyId);
  requireSymmetric(record);
  // No material is ever removed from before another, so a position names one for good.
  const all = materialsAt(record, view.now).map((material, position) => ({ material, position }));
  const listed = all.filter(({ material }) => includeKeyMaterial === 'ALL_KEY_MATERIAL' || material.rotation);
  const { entries, ...rest } = page(listed, ({ position }) => String(position).padStart(POSITION_DIGITS, '0'), request);
  return { rotations: entries.map(({ material }) => rotationEntry(record, material, view.now)), ...rest };
}

/** Begins automatic rotation now, with the material of the first rotation stored ahead. */
export function newRotation(
  key: KeyRecord,
  periodInDays: number,
  draft: Pick<Draft, 'now' | 'randomness' | 'wrappingKey'>,
): RotationRecord {
  return {
    enabled: true,
    periodInDays,
    nextRotationDate: daysAfter(draft.now, periodInDays),
    next: newMaterial(key, draft),
  };
}

function scheduleRotation(record: KeyRecord, periodInDays: number, draft: Draft): RotationRecord {
  const { rotation } = record;
  if (rotation === undefined) return newRotation(record, periodInDays, draft);
  if (rotation.enabled && rotation.periodInDays === periodInDays) return rotation;
  return { ...rotation, enabled: true, periodInDays, nextRotationDate: daysAfter(draft.now, periodInDays) };
}

/** Finds a key whose automatic rotation the caller may set. One that awaits an import is refused for its origin. */
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

/**
 * Adds fresh material. Material that is stored ahead for the next automatic rotation keeps its date: another process
 * may take it into use then without reading this change.
 */
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
    ...SILENT_CHANGE,
    request: { keyId: KEY_ID, rotationPeriodInDays: optional(integer(ROTATION_PERIOD)) },
    conditions: { 'kms:RotationPeriodInDays': 'rotationPeriodInDays' },
    work: enableKeyRotation,
  },
  disableKeyRotation: { ...SILENT_CHANGE, request: KEY, work: disableKeyRotation },
  getKeyRotationStatus: {
    request: KEY,
    answer: { keyRotationEnabled: YES_OR_NO, keyId: TEXT, rotationPeriodInDays: NUMBER, nextRotationDate: TIME },
    readOnly: true,
    way: 'read',
    isCrossAccount: true,
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
    way: 'read',
    work: listKeyRotations,
  },
};
