/**
 * Versions of a parameter.
 * @module
 */

import type { StoredTier } from '@securestring/core';
import type { ParameterDataType, ParameterType, PolicyType } from '../state/records.ts';
import type { PageRequest, PageResult } from './page.ts';

/** A policy of a version. */
export interface ParameterInlinePolicy {
  /** The policy as JSON. */
  readonly policyText: string;
  /** What the policy is for. */
  readonly policyType: PolicyType;
  /** `Finished` after a notification. An Expiration is `Pending` until the parameter is gone. */
  readonly policyStatus: 'Pending' | 'Finished';
}

/** A request of `getParameterHistory`. A page has 1 to 50 entries, default 50. */
export interface GetParameterHistoryRequest extends PageRequest {
  /** The parameter's name or ARN. */
  readonly name: string;
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

/** A version of a parameter. */
export interface ParameterHistory {
  /** The name that the parameter was created with. */
  readonly name: string;
  /** The type of this version. */
  readonly type: ParameterType;
  /** The key of a SecureString, as the caller named it. */
  readonly keyId?: string;
  /** When this version was written. */
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  /** The description, if there is one. */
  readonly description?: string;
  /** The value; for a SecureString that is not decrypted, base64 of its ciphertext. */
  readonly value: string;
  /** The regular expression that the value matches, if there is one. */
  readonly allowedPattern?: string;
  /** The version's number, from 1. */
  readonly version: number;
  /** The labels on this version. */
  readonly labels: readonly string[];
  /** The tier that this version is stored in. */
  readonly tier: StoredTier;
  /** The policies of this version. */
  readonly policies: readonly ParameterInlinePolicy[];
  /** The data type of the value. */
  readonly dataType: ParameterDataType;
}

/** The answer of `getParameterHistory`. */
export interface GetParameterHistoryResult extends PageResult {
  /** The versions, oldest first. */
  readonly parameters: readonly ParameterHistory[];
}

/** Versions of a parameter. */
export interface VersionOperations {
  /**
   * Returns the kept versions of a parameter: at most 100, oldest first, at most 50 a page.
   *
   * @throws `SsmError` (`ParameterNotFound`; `InvalidKeyId` if the key of a version cannot be used).
   * @example
   * const { parameters } = await store.getParameterHistory({ name: '/app/password', withDecryption: true });
   */
  getParameterHistory(request: GetParameterHistoryRequest): Promise<GetParameterHistoryResult>;
}
