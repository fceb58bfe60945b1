/**
 * Requests and answers of the operations on the rotation of key material.
 * @module
 */

import type { RotationType } from '../state/records.ts';
import type { ExpirationModel, KeyRequest, KeyResult } from './keys.ts';
import type { PageRequest, PageResult } from './page.ts';

/** A request of `enableKeyRotation`. */
export interface EnableKeyRotationRequest extends KeyRequest {
  /**
   * The days between rotations, 90 to 2560, counted from the call that sets them. Default 365, even after another
   * period.
   */
  readonly rotationPeriodInDays?: number;
}

/** A request of `disableKeyRotation`. */
export interface DisableKeyRotationRequest extends KeyRequest {}

/** A request of `getKeyRotationStatus`. */
export interface GetKeyRotationStatusRequest extends KeyRequest {}

/** An answer of `getKeyRotationStatus`. */
export interface GetKeyRotationStatusResult extends KeyResult {
  /** Whether automatic rotation is on. False for a key that is pending deletion. */
  readonly keyRotationEnabled: boolean;
  /** The days between rotations. Only with `keyRotationEnabled`. */
  readonly rotationPeriodInDays?: number;
  /** The time of the next rotation. Only with `keyRotationEnabled`. */
  readonly nextRotationDate?: Date;
}

/** A request of `rotateKeyOnDemand`. */
export interface RotateKeyOnDemandRequest extends KeyRequest {}

/** An answer of `rotateKeyOnDemand`. */
export interface RotateKeyOnDemandResult extends KeyResult {}

/**
 * The use of a material. `CURRENT` encrypts, `NON_CURRENT` only decrypts, `PENDING_ROTATION` awaits
 * `rotateKeyOnDemand`.
 */
export type KeyMaterialState = 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';

/** Whether imported material is present. `PENDING_IMPORT`: it was erased, or has expired. */
export type ImportState = 'IMPORTED' | 'PENDING_IMPORT';

/** A request of `listKeyRotations`. */
export interface ListKeyRotationsRequest extends PageRequest, KeyRequest {
  /**
   * `ROTATIONS_ONLY`: the materials that a rotation made current. `ALL_KEY_MATERIAL`: also the key's first material,
   * and one that awaits its rotation. Default `ROTATIONS_ONLY`.
   */
  readonly includeKeyMaterial?: 'ALL_KEY_MATERIAL' | 'ROTATIONS_ONLY';
}

/** A material of a key, and the rotation to it. */
export interface RotationsListEntry extends KeyResult {
  /** The material's id, 64 hex digits. */
  readonly keyMaterialId: string;
  /** The use of the material now. */
  readonly keyMaterialState: KeyMaterialState;
  /** The time of the rotation to it. Absent for the first material, and for one that awaits its rotation. */
  readonly rotationDate?: Date;
  /** The cause of the rotation. Only with `rotationDate`. */
  readonly rotationType?: RotationType;
  /** Whether imported material is present. Only for imported material. */
  readonly importState?: ImportState;
  /** Whether it expires. Only for imported material that is present. */
  readonly expirationModel?: ExpirationModel;
  /** The time at which it expires. Only with `KEY_MATERIAL_EXPIRES`. */
  readonly validTo?: Date;
  /** The description of its import. Absent if it has none. */
  readonly keyMaterialDescription?: string;
}

/** An answer of `listKeyRotations`. */
export interface ListKeyRotationsResult extends PageResult {
  /** The materials, oldest first. */
  readonly rotations: readonly RotationsListEntry[];
}

/**
 * The operations on rotation: new key material for the same key id, ARN and aliases. The key still decrypts what it
 * encrypted before. All of them throw a `KmsError`: `UnsupportedOperationException` for a key that cannot rotate, among
 * others.
 */
export interface RotationOperations {
  /** Turns automatic rotation on, or gives it another period of 90 to 2560 days, which counts from now. */
  enableKeyRotation(request: EnableKeyRotationRequest): Promise<void>;
  /** Turns automatic rotation off. The current material still encrypts. */
  disableKeyRotation(request: DisableKeyRotationRequest): Promise<void>;
  /** Returns whether and when a key rotates. An HMAC key never does. */
  getKeyRotationStatus(request: GetKeyRotationStatusRequest): Promise<GetKeyRotationStatusResult>;
  /**
   * Rotates a key now, at most 25 times in its life.
   *
   * @throws `KmsError` (`LimitExceededException`; `ConflictException` within 20 minutes before an automatic rotation).
   */
  rotateKeyOnDemand(request: RotateKeyOnDemandRequest): Promise<RotateKeyOnDemandResult>;
  /** Lists a key's rotations, oldest first, or all of its materials. */
  listKeyRotations(request: ListKeyRotationsRequest): Promise<ListKeyRotationsResult>;
}
