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

/**
 * Keys on and off, and their end. All of them throw a `KmsError`: `NotFoundException` for an unknown key,
 * `AccessDeniedException` for a key of AWS's, `KMSInvalidStateException` for a key that is pending deletion.
 */
export interface LifecycleOperations {
  /** Replaces a key's description. */
  updateKeyDescription(request: UpdateKeyDescriptionRequest): Promise<void>;
  /** Lets a disabled key be used again. An automatic rotation that came due meanwhile is done at once. */
  enableKey(request: EnableKeyRequest): Promise<void>;
  /** Keeps a key from being used until `enableKey`. */
  disableKey(request: DisableKeyRequest): Promise<void>;
  /** Deletes a key after 7 to 30 days. Until then it cannot be used, and `cancelKeyDeletion` brings it back. */
  scheduleKeyDeletion(request: ScheduleKeyDeletionRequest): Promise<ScheduleKeyDeletionResult>;
  /** Keeps a key that is pending deletion. It is disabled then, whatever it was before. */
  cancelKeyDeletion(request: CancelKeyDeletionRequest): Promise<CancelKeyDeletionResult>;
}
