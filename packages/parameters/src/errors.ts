/**
 * Errors of the parameter store, by who is to blame. {@link SsmError} is a refusal that AWS Systems Manager would give;
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

/** The name of an AWS Systems Manager exception that this store throws. */
export type SsmExceptionName = keyof typeof SSM_CODES;
/** The stable code of an {@link SsmError}. */
export type SsmErrorCode = (typeof SSM_CODES)[SsmExceptionName];

/** A refusal of AWS Systems Manager: `name` is the name of its exception and `message` its wording. */
export class SsmError extends ServiceError<SsmExceptionName, SsmErrorCode> {
  /** The name in the request that was refused, if one call brought several requests: `importParameters`. */
  declare readonly parameterName?: string;

  /** Makes a refusal with AWS's exception name and wording. */
  constructor(name: SsmExceptionName, message: string, options?: ErrorOptions) {
    super(name, SSM_CODES[name], message, options);
  }
}

/** Makes a `ValidationException`. */
export function validationError(message: string): SsmError {
  return new SsmError('ValidationException', message);
}

/** The stable code of a {@link ParameterStoreError}. */
export type ParameterStoreErrorCode =
  | 'STORE_CLOSED'
  | 'STORE_RECORD'
  | 'STORE_TAMPERED'
  | 'STORAGE_CONFLICT'
  | 'STORAGE_BUSY'
  | 'STORAGE_DAMAGED'
  | 'STORAGE_FAILED';

/**
 * An error of the store itself: it cannot be read or written. Nothing was changed, with one exception: after
 * `STORAGE_FAILED` the change may have been stored, if the storage failed so late that it cannot know.
 */
export class ParameterStoreError extends SecureStringError<ParameterStoreErrorCode> {
  /** The name of the class. */
  override readonly name = 'ParameterStoreError';
}
