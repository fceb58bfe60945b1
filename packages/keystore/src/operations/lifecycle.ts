/**
 * The operations that enable, disable and delete keys. From the time of its deletion no call finds a key; the next
 * commit erases its material from the storage and from memory.
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
} from '../requests.ts';
import { daysAfter, isRotationDue, keyStateAt, rotateAt } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import { type KeyRecord, withKey } from '../state/records.ts';
import type { Draft, Edited } from '../state/view.ts';
import { findChangeableKey, findKeyNoAlias, invalidState, requireCustomerManaged } from './checks.ts';
import { DESCRIPTION, KEY, KEY_ID, NUMBER, TEXT, TIME } from './members.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

/** Enables a key, and does at once an automatic rotation that fell due while the key was disabled. */
export function enableKey(draft: Draft, { keyId }: EnableKeyRequest): Edited<void> {
  const record = findSwitchable(draft, keyId, 'EnableKey');
  const key = rotateIfOverdue({ ...record, disabled: false }, draft);
  return { state: withKey(draft.state, key), result: undefined };
}

/** Disables a key. */
export function disableKey(draft: Draft, { keyId }: DisableKeyRequest): Edited<void> {
  const record = findSwitchable(draft, keyId, 'DisableKey');
  return { state: withKey(draft.state, { ...record, disabled: true }), result: undefined };
}

/** Sets the date of a key's deletion. */
export function scheduleKeyDeletion(
  draft: Draft,
  { keyId, pendingWindowInDays = PENDING_WINDOW.default }: ScheduleKeyDeletionRequest,
): Edited<ScheduleKeyDeletionResult> {
  const record = findChangeableKey(draft, keyId, 'ScheduleKeyDeletion');
  const deletionDate = daysAfter(draft.now, pendingWindowInDays);
  return {
    state: withKey(draft.state, { ...record, deletionDate }),
    result: {
      keyId: record.arn,
      deletionDate: new Date(deletionDate),
      keyState: 'PendingDeletion',
      pendingWindowInDays,
    },
  };
}

/** Cancels a deletion. The key is disabled then, even if it was enabled before. */
export function cancelKeyDeletion(draft: Draft, { keyId }: CancelKeyDeletionRequest): Edited<CancelKeyDeletionResult> {
  const { record } = findKeyNoAlias(draft, keyId);
  requireCustomerManaged(draft, record, 'CancelKeyDeletion');
  if (record.deletionDate === undefined) {
    throw new KmsError('KMSInvalidStateException', `${record.arn} is not pending deletion.`);
  }
  const key = { ...record, deletionDate: undefined, disabled: true };
  return { state: withKey(draft.state, key), result: { keyId: record.arn } };
}

/** Replaces a key's description. */
export function updateKeyDescription(draft: Draft, { keyId, description }: UpdateKeyDescriptionRequest): Edited<void> {
  const record = findChangeableKey(draft, keyId, 'UpdateKeyDescription');
  return { state: withKey(draft.state, { ...record, description }), result: undefined };
}

/** Finds a customer's key that awaits neither its deletion nor an import. */
function findSwitchable(draft: Draft, keyId: string, operation: string): KeyRecord {
  const record = findChangeableKey(draft, keyId, operation);
  if (keyStateAt(record, draft.now) === 'PendingImport') throw invalidState(record.arn, 'PendingImport');
  return record;
}

function rotateIfOverdue(key: KeyRecord, draft: Draft): KeyRecord {
  const { now } = draft;
  if (key.rotation === undefined || !isRotationDue(key, now)) return key;
  return rotateAt(key, key.rotation, { date: now, now, ahead: newMaterial(key, draft) });
}

/** The rows of these operations. */
export const LIFECYCLE_ROWS: Rows<LifecycleOperations> = {
  updateKeyDescription: {
    ...SILENT_CHANGE,
    request: { keyId: KEY_ID, description: DESCRIPTION },
    work: updateKeyDescription,
  },
  enableKey: { ...SILENT_CHANGE, request: KEY, work: enableKey },
  disableKey: { ...SILENT_CHANGE, request: KEY, work: disableKey },
  scheduleKeyDeletion: {
    request: { keyId: KEY_ID, pendingWindowInDays: optional(integer(PENDING_WINDOW)) },
    answer: { keyId: TEXT, deletionDate: TIME, keyState: TEXT, pendingWindowInDays: NUMBER },
    readOnly: false,
    shown: ['keyId', 'keyState', 'deletionDate', 'pendingWindowInDays'],
    way: 'change',
    conditions: { 'kms:ScheduleKeyDeletionPendingWindowInDays': 'pendingWindowInDays' },
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
