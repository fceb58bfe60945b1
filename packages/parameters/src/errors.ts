/**
 * Errors of the parameter store, by who is to blame. {@link SsmError} is what AWS Systems Manager would have answered;
 * {@link ParameterStoreError} is about the store itself and its storage. Misuse of the API is a `TypeError` or a
 * `RangeError`.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { ServiceError } from '@securestring/service';

/** AWS's exception names, and the stable code of each. */
const SSM_CODES = {
  AccessDeniedException: 'SSM_ACCESS_DENIED',
  HierarchyLevelLimitExceededException: 'SSM_HIERARCHY_LEVEL_LIMIT',
  IncompatiblePolicyException: 'SSM_INCOMPATIBLE_POLICY',
  InvalidAllowedPatternException: 'SSM_INVALID_ALLOWED_PATTERN',
  InvalidFilterKey: 'SSM_INVALID_FILTER_KEY',
  InvalidFilterOption: 'SSM_INVALID_FILTER_OPTION',
  InvalidFilterValue: 'SSM_INVALID_FILTER_VALUE',
  InvalidKeyId: 'SSM_INVALID_KEY_ID',
  InvalidNextToken: 'SSM_INVALID_NEXT_TOKEN',
  InvalidPolicyAttributeException: 'SSM_INVALID_POLICY_ATTRIBUTE',
  InvalidPolicyTypeException: 'SSM_INVALID_POLICY_TYPE',
  InvalidResourceId: 'SSM_INVALID_RESOURCE_ID',
  InvalidResourceType: 'SSM_INVALID_RESOURCE_TYPE',
  ParameterAlreadyExists: 'SSM_PARAMETER_ALREADY_EXISTS',
  ParameterLimitExceeded: 'SSM_PARAMETER_LIMIT',
  ParameterMaxVersionLimitExceeded: 'SSM_PARAMETER_MAX_VERSION_LIMIT',
  ParameterNotFound: 'SSM_PARAMETER_NOT_FOUND',
  ParameterPatternMismatchException: 'SSM_PARAMETER_PATTERN_MISMATCH',
  ParameterVersionLabelLimitExceeded: 'SSM_PARAMETER_VERSION_LABEL_LIMIT',
  ParameterVersionNotFound: 'SSM_PARAMETER_VERSION_NOT_FOUND',
  PoliciesLimitExceededException: 'SSM_POLICIES_LIMIT',
  ServiceSettingNotFound: 'SSM_SERVICE_SETTING_NOT_FOUND',
  TooManyTagsError: 'SSM_TOO_MANY_TAGS',
  TooManyUpdates: 'SSM_TOO_MANY_UPDATES',
  UnsupportedParameterType: 'SSM_UNSUPPORTED_PARAMETER_TYPE',
  ValidationException: 'SSM_VALIDATION',
} as const;

/** Every exception of AWS Systems Manager that this store throws. */
export type SsmExceptionName = keyof typeof SSM_CODES;
/** Every code of an {@link SsmError}. */
export type SsmErrorCode = (typeof SSM_CODES)[SsmExceptionName];

/** AWS Systems Manager's answer: `name` is its exception's name and `message` its wording. */
export class SsmError extends ServiceError<SsmExceptionName, SsmErrorCode> {
  /** The name in the request that was refused, where one call brought several requests: `importParameters`. */
  declare readonly parameterName?: string;

  constructor(name: SsmExceptionName, message: string, options?: ErrorOptions) {
    super(name, SSM_CODES[name], message, options);
  }
}

export function validationError(message: string): SsmError {
  return new SsmError('ValidationException', message);
}

/** Every code of a {@link ParameterStoreError}. */
export type ParameterStoreErrorCode =
  | 'STORE_CLOSED'
  | 'STORE_RECORD'
  | 'STORE_TAMPERED'
  | 'STORAGE_CONFLICT'
  | 'STORAGE_BUSY'
  | 'STORAGE_DAMAGED'
  | 'STORAGE_FAILED';

/**
 * The store cannot be read or written. What was stored is as it was; only after `STORAGE_FAILED` the change may have been
 * stored all the same, where the storage failed so late that it cannot know.
 */
export class ParameterStoreError extends SecureStringError<ParameterStoreErrorCode> {
  override readonly name = 'ParameterStoreError';
}
