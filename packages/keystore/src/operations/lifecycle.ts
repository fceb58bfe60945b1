/**
 * Keys on and off, and their end. A key whose deletion is due is there no more for any call; its material is erased from
 * the storage and from memory at the next commit.
 * @module
 */

import { KmsError } from '../errors.ts';
import { PENDING_WINDOW } from '../limits.ts';
import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResult,
  DisableKeyRequest,
  EnableKeyRequest,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResult,
  UpdateKeyDescriptionRequest,
} from '../shapes.ts';
import { daysAfter, keyStateAt, rotated, rotatesBy } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import type { KeyRecord } from '../state/records.ts';
import type { Changeable, Edit, Present } from '../store.ts';
import { findKept, findKeyNoAlias, invalidState, requireCustomerManaged, requireKeyId } from './find-key.ts';
import { requireDescription, withKey } from './keys.ts';
import { requireNumber } from './shape.ts';

/** An automatic rotation that came due while the key was disabled is done at once. */
export function enableKey({ keyId }: EnableKeyRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const record = findSwitchable(present, keyId, 'EnableKey');
    const key = rotateIfOverdue({ ...record, disabled: false }, present);
    return { state: withKey(present.snapshot.state, key), result: undefined };
  };
}

export function disableKey({ keyId }: DisableKeyRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const record = findSwitchable(present, keyId, 'DisableKey');
    return { state: withKey(present.snapshot.state, { ...record, disabled: true }), result: undefined };
  };
}

export function scheduleKeyDeletion(request: ScheduleKeyDeletionRequest): Edit<ScheduleKeyDeletionResult> {
  const { keyId, pendingWindowInDays = PENDING_WINDOW.usual } = request;
  requireKeyId(keyId, 'keyId');
  requireNumber(pendingWindowInDays, 'pendingWindowInDays', PENDING_WINDOW);
  return (present) => {
    const record = findKept(present, keyId, 'ScheduleKeyDeletion');
    const deletionDate = daysAfter(present.now, pendingWindowInDays);
    return {
      state: withKey(present.snapshot.state, { ...record, deletionDate }),
      result: {
        keyId: record.arn,
        deletionDate: new Date(deletionDate),
        keyState: 'PendingDeletion',
        pendingWindowInDays,
      },
    };
  };
}

/** The key is disabled then, whatever it was before. */
export function cancelKeyDeletion({ keyId }: CancelKeyDeletionRequest): Edit<CancelKeyDeletionResult> {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const { record } = findKeyNoAlias(present, keyId);
    requireCustomerManaged(present, record, 'CancelKeyDeletion');
    if (record.deletionDate === undefined) {
      throw new KmsError('KMSInvalidStateException', `${record.arn} is not pending deletion.`);
    }
    const key = { ...record, deletionDate: undefined, disabled: true };
    return { state: withKey(present.snapshot.state, key), result: { keyId: record.arn } };
  };
}

export function updateKeyDescription({ keyId, description }: UpdateKeyDescriptionRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  requireDescription(description);
  return (present) => {
    const record = findKept(present, keyId, 'UpdateKeyDescription');
    return { state: withKey(present.snapshot.state, { ...record, description }), result: undefined };
  };
}

/** A customer's key that waits for nothing. */
function findSwitchable(present: Present, keyId: string, operation: string): KeyRecord {
  const record = findKept(present, keyId, operation);
  if (keyStateAt(record, present.now) === 'PendingImport') throw invalidState(record.arn, 'PendingImport');
  return record;
}

function rotateIfOverdue(key: KeyRecord, present: Changeable): KeyRecord {
  const { now } = present;
  if (key.rotation === undefined || !rotatesBy(key, now)) return key;
  return rotated(key, key.rotation, { date: now, now, ahead: newMaterial(key, present) });
}
