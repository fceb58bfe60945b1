/**
 * Requests and answers of the operations that enable, disable and delete keys.
 * @module
 */

import type { KeyRequest, KeyResult } from './keys.ts';

/** A request of `enableKey`. */
export interface EnableKeyRequest extends KeyRequest {}

/** A request of `disableKey`. */
export interface DisableKeyRequest extends KeyRequest {}

/** A request of `scheduleKeyDeletion`. */
export interface ScheduleKeyDeletionRequest extends KeyRequest {
  /** The days until the key is deleted, 7 to 30. Default 30. */
  readonly pendingWindowInDays?: number;
}

/** An answer of `scheduleKeyDeletion`. */
export interface ScheduleKeyDeletionResult extends KeyResult {
  /** The time from which no call finds the key. */
  readonly deletionDate: Date;
  /** The state of the key until then. */
  readonly keyState: 'PendingDeletion';
  /** The days until the key is deleted. */
  readonly pendingWindowInDays: number;
}

/** A request of `cancelKeyDeletion`. */
export interface CancelKeyDeletionRequest extends KeyRequest {}

/** An answer of `cancelKeyDeletion`. */
export interface CancelKeyDeletionResult extends KeyResult {}

/** A request of `updateKeyDescription`. */
export interface UpdateKeyDescriptionRequest extends KeyRequest {
  /** Up to 8192 characters; may be empty. */
  readonly description: string;
}

/**
 * The operations that enable, disable and delete keys. All of them throw a `KmsError`: `NotFoundException` for an
 * unknown key, `AccessDeniedException` for a key that AWS manages, `KMSInvalidStateException` for a key that is pending
 * deletion.
 */
export interface LifecycleOperations {
  /** Replaces a key's description. */
  updateKeyDescription(request: UpdateKeyDescriptionRequest): Promise<void>;
  /** Makes a disabled key usable again. An automatic rotation that fell due in the meantime is done at once. */
  enableKey(request: EnableKeyRequest): Promise<void>;
  /** Disables a key: it cannot be used until `enableKey`. */
  disableKey(request: DisableKeyRequest): Promise<void>;
  /** Deletes a key after 7 to 30 days. Until then it cannot be used, and `cancelKeyDeletion` restores it. */
  scheduleKeyDeletion(request: ScheduleKeyDeletionRequest): Promise<ScheduleKeyDeletionResult>;
  /** Cancels the deletion of a key. The key is disabled then, even if it was enabled before. */
  cancelKeyDeletion(request: CancelKeyDeletionRequest): Promise<CancelKeyDeletionResult>;
}
