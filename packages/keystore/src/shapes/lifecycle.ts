/**
 * Keys on and off, and their end.
 * @module
 */

export interface EnableKeyRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface DisableKeyRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface ScheduleKeyDeletionRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** 7 to 30 days until the key is deleted. Default 30. */
  readonly pendingWindowInDays?: number;
}

export interface ScheduleKeyDeletionResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** From then on the key is there no more. */
  readonly deletionDate: Date;
  readonly keyState: 'PendingDeletion';
  readonly pendingWindowInDays: number;
}

export interface CancelKeyDeletionRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface CancelKeyDeletionResult {
  /** The key's ARN. */
  readonly keyId: string;
}

export interface UpdateKeyDescriptionRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** Up to 8192 characters. */
  readonly description: string;
}
