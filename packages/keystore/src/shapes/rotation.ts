/**
 * Rotation of key material.
 * @module
 */

import type { RotationType } from '../state/records.ts';
import type { ExpirationModel } from './keys.ts';
import type { PageRequest, PageResult } from './page.ts';

export interface EnableKeyRotationRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** 90 to 2560 days, counted from the call that sets them. Default 365, also where another period is in force. */
  readonly rotationPeriodInDays?: number;
}

export interface DisableKeyRotationRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface GetKeyRotationStatusRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface GetKeyRotationStatusResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** Whether automatic rotation is on. False of a key that is pending deletion, whatever it was set to. */
  readonly keyRotationEnabled: boolean;
  /** Only with `keyRotationEnabled`. */
  readonly rotationPeriodInDays?: number;
  /** Later than now. Only with `keyRotationEnabled`. */
  readonly nextRotationDate?: Date;
}

export interface RotateKeyOnDemandRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

export interface RotateKeyOnDemandResult {
  /** The key's ARN. */
  readonly keyId: string;
}

/** `CURRENT` encrypts; `NON_CURRENT` only decrypts; `PENDING_ROTATION` was imported and awaits `rotateKeyOnDemand`. */
export type KeyMaterialState = 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';

/** Whether imported material is there, or was erased or has expired. */
export type ImportState = 'IMPORTED' | 'PENDING_IMPORT';

export interface ListKeyRotationsRequest extends PageRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** Default `ROTATIONS_ONLY`: without the key's first material, and without one that awaits its rotation. */
  readonly includeKeyMaterial?: 'ALL_KEY_MATERIAL' | 'ROTATIONS_ONLY';
}

export interface RotationsListEntry {
  /** The key's ARN. */
  readonly keyId: string;
  /** 64 hex digits. */
  readonly keyMaterialId: string;
  readonly keyMaterialState: KeyMaterialState;
  /** When it became what encrypts. Not of the first material, nor of one that awaits its rotation. */
  readonly rotationDate?: Date;
  /** Only with `rotationDate`. */
  readonly rotationType?: RotationType;
  /** Only of imported material, as all that follows. */
  readonly importState?: ImportState;
  /** Only of material that is there. */
  readonly expirationModel?: ExpirationModel;
  /** Only of material that expires. */
  readonly validTo?: Date;
  /** Only where one was given. */
  readonly keyMaterialDescription?: string;
}

export interface ListKeyRotationsResult extends PageResult {
  /** Oldest first. */
  readonly rotations: readonly RotationsListEntry[];
}

/**
 * Rotation: new key material under the same key id, ARN and aliases. What was encrypted before opens as before. All of them
 * throw a `KmsError`: `UnsupportedOperationException` for a key that cannot rotate, among others.
 */
export interface RotationOperations {
  /** Turns automatic rotation on, or gives it another period of 90 to 2560 days, which counts from now. */
  enableKeyRotation(request: EnableKeyRotationRequest): Promise<void>;
  /** Turns automatic rotation off. The current material stays what encrypts. */
  disableKeyRotation(request: DisableKeyRotationRequest): Promise<void>;
  /** Returns whether and when a key rotates. An HMAC key never does. */
  getKeyRotationStatus(request: GetKeyRotationStatusRequest): Promise<GetKeyRotationStatusResult>;
  /**
   * Rotates a key now, 25 times in its life at most.
   *
   * @throws `KmsError` (`LimitExceededException`; `ConflictException` within 20 minutes before an automatic rotation).
   */
  rotateKeyOnDemand(request: RotateKeyOnDemandRequest): Promise<RotateKeyOnDemandResult>;
  /** Lists a key's rotations, oldest first, or all of its materials. */
  listKeyRotations(request: ListKeyRotationsRequest): Promise<ListKeyRotationsResult>;
}
