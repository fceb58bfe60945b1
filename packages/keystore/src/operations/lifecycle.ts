/**
 * Keys on and off, and their end. A key whose deletion is due is there no more for any call; its material is erased from
 * the storage and from memory at the next commit.
 * @module
 */

import { integer, optional } from '@securestring/service';
import { KmsError } from '../errors.ts';
import { PENDING_WINDOW } from '../limits.ts';
import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResult,
  DisableKeyRequest,
  EnableKeyRequest,
  LifecycleOperations,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResult,
  UpdateKeyDescriptionRequest,
} from '../shapes.ts';
import { daysAfter, keyStateAt, rotated, rotatesBy } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import { type KeyRecord, withKey } from '../state/records.ts';
import type { Draft, Edited } from '../store.ts';
import { findKept, findKeyNoAlias, invalidState, requireCustomerManaged } from './checks.ts';
import { DESCRIPTION, KEY, KEY_ID, NUMBER, TEXT, TIME } from './members.ts';
import type { Rows } from './row.ts';

/** Enables a key. An automatic rotation that came due while the key was disabled is done at once. */
export function enableKey(draft: Draft, { keyId }: EnableKeyRequest): Edited<void> {
  const record = findSwitchable(draft, keyId, 'EnableKey');
  const key = rotateIfOverdue({ ...record, disabled: false }, draft);
  return { state: withKey(draft.snapshot.state, key), result: undefined };
}

export function disableKey(draft: Draft, { keyId }: DisableKeyRequest): Edited<void> {
  const record = findSwitchable(draft, keyId, 'DisableKey');
  return { state: withKey(draft.snapshot.state, { ...record, disabled: true }), result: undefined };
}

export function scheduleKeyDeletion(
  draft: Draft,
  { keyId, pendingWindowInDays = PENDING_WINDOW.usual }: ScheduleKeyDeletionRequest,
): Edited<ScheduleKeyDeletionResult> {
  const record = findKept(draft, keyId, 'ScheduleKeyDeletion');
  const deletionDate = daysAfter(draft.now, pendingWindowInDays);
  return {
    state: withKey(draft.snapshot.state, { ...record, deletionDate }),
    result: {
      keyId: record.arn,
      deletionDate: new Date(deletionDate),
      keyState: 'PendingDeletion',
      pendingWindowInDays,
    },
  };
}

/** Cancels a deletion. The key is disabled then, whatever it was before. */
export function cancelKeyDeletion(draft: Draft, { keyId }: CancelKeyDeletionRequest): Edited<CancelKeyDeletionResult> {
  const { record } = findKeyNoAlias(draft, keyId);
  requireCustomerManaged(draft, record, 'CancelKeyDeletion');
  if (record.deletionDate === undefined) {
    throw new KmsError('KMSInvalidStateException', `${record.arn} is not pending deletion.`);
  }
  const key = { ...record, deletionDate: undefined, disabled: true };
  return { state: withKey(draft.snapshot.state, key), result: { keyId: record.arn } };
}

export function updateKeyDescription(draft: Draft, { keyId, description }: UpdateKeyDescriptionRequest): Edited<void> {
  const record = findKept(draft, keyId, 'UpdateKeyDescription');
  return { state: withKey(draft.snapshot.state, { ...record, description }), result: undefined };
}

/** A customer's key that waits for nothing. */
function findSwitchable(draft: Draft, keyId: string, operation: string): KeyRecord {
  const record = findKept(draft, keyId, operation);
  if (keyStateAt(record, draft.now) === 'PendingImport') throw invalidState(record.arn, 'PendingImport');
  return record;
}

function rotateIfOverdue(key: KeyRecord, draft: Draft): KeyRecord {
  const { now } = draft;
  if (key.rotation === undefined || !rotatesBy(key, now)) return key;
  return rotated(key, key.rotation, { date: now, now, ahead: newMaterial(key, draft) });
}

/** The rows of these operations. */
export const LIFECYCLE_ROWS: Rows<LifecycleOperations> = {
  updateKeyDescription: {
    request: { keyId: KEY_ID, description: DESCRIPTION },
    answer: {},
    readOnly: false,
    way: 'change',
    work: updateKeyDescription,
  },
  enableKey: { request: KEY, answer: {}, readOnly: false, way: 'change', work: enableKey },
  disableKey: { request: KEY, answer: {}, readOnly: false, way: 'change', work: disableKey },
  scheduleKeyDeletion: {
    request: { keyId: KEY_ID, pendingWindowInDays: optional(integer(PENDING_WINDOW)) },
    answer: { keyId: TEXT, deletionDate: TIME, keyState: TEXT, pendingWindowInDays: NUMBER },
    readOnly: false,
    shown: ['keyId', 'keyState', 'deletionDate', 'pendingWindowInDays'],
    way: 'change',
    work: scheduleKeyDeletion,
  },
  cancelKeyDeletion: {
    request: KEY,
    answer: { keyId: TEXT },
    readOnly: false,
    shown: ['keyId'],
    way: 'change',
    work: cancelKeyDeletion,
  },
};
