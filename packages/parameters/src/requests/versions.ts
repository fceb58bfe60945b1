/**
 * Versions of a parameter.
 * @module
 */

import type { StoredTier } from '@securestring/core';
import type { ParameterDataType, ParameterType, PolicyType } from '../state/records.ts';
import type { PageRequest, PageResult } from './page.ts';

export interface ParameterInlinePolicy {
  /** JSON. */
  readonly policyText: string;
  readonly policyType: PolicyType;
  /** Finished where a notification was given; an Expiration is pending for as long as anybody can see it. */
  readonly policyStatus: 'Pending' | 'Finished';
}

/** 1 to 50 entries a page, default 50. */
export interface GetParameterHistoryRequest extends PageRequest {
  readonly name: string;
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

export interface ParameterHistory {
  readonly name: string;
  readonly type: ParameterType;
  /** Of a SecureString only. */
  readonly keyId?: string;
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  readonly description?: string;
  readonly value: string;
  readonly allowedPattern?: string;
  readonly version: number;
  readonly labels: readonly string[];
  readonly tier: StoredTier;
  readonly policies: readonly ParameterInlinePolicy[];
  readonly dataType: ParameterDataType;
}

export interface GetParameterHistoryResult extends PageResult {
  /** Oldest first. */
  readonly parameters: readonly ParameterHistory[];
}

/** Versions of a parameter. */
export interface VersionOperations {
  /** Returns the versions of a parameter that are kept, 100 at most, oldest first, 50 a page at most. */
  getParameterHistory(request: GetParameterHistoryRequest): Promise<GetParameterHistoryResult>;
}
