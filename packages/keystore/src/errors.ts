/**
 * Errors of the keystore, by who is to blame. {@link KmsError} is the answer that AWS KMS would give, {@link StsError}
 * that of AWS Security Token Service; {@link KeystoreError} is about the keystore itself: its file, its unlocking, its
 * storage. Misuse of the API is a `TypeError` or a `RangeError`.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { ServiceError } from '@securestring/service';

/** A refusal of AWS's with a reason that AWS does not give. */
abstract class ReasonedError<Name extends string, Code extends string> extends ServiceError<Name, Code> {
  /** Of a policy that is refused, its wrong place; else only from a keystore with `diagnostics: true`. */
  declare readonly reason?: string;

  constructor(name: Name, code: Code, message: string, reason?: string) {
    super(name, code, message);
    if (reason !== undefined) this.reason = reason;
  }
}

/** AWS's exception names, and the stable code of each. */
const KMS_CODES = {
  AccessDeniedException: 'KMS_ACCESS_DENIED',
  AlreadyExistsException: 'KMS_ALREADY_EXISTS',
  ConflictException: 'KMS_CONFLICT',
  DisabledException: 'KMS_DISABLED',
  DryRunOperationException: 'KMS_DRY_RUN',
  ExpiredImportTokenException: 'KMS_EXPIRED_IMPORT_TOKEN',
  IncorrectKeyException: 'KMS_INCORRECT_KEY',
  IncorrectKeyMaterialException: 'KMS_INCORRECT_KEY_MATERIAL',
  InvalidArnException: 'KMS_INVALID_ARN',
  InvalidCiphertextException: 'KMS_INVALID_CIPHERTEXT',
  InvalidGrantIdException: 'KMS_INVALID_GRANT_ID',
  InvalidGrantTokenException: 'KMS_INVALID_GRANT_TOKEN',
  InvalidImportTokenException: 'KMS_INVALID_IMPORT_TOKEN',
  InvalidKeyUsageException: 'KMS_INVALID_KEY_USAGE',
  InvalidMarkerException: 'KMS_INVALID_MARKER',
  KMSInvalidMacException: 'KMS_INVALID_MAC',
  KMSInvalidStateException: 'KMS_INVALID_STATE',
  LimitExceededException: 'KMS_LIMIT_EXCEEDED',
  MalformedPolicyDocumentException: 'KMS_MALFORMED_POLICY_DOCUMENT',
  NotAuthorizedException: 'KMS_NOT_AUTHORIZED',
  NotFoundException: 'KMS_NOT_FOUND',
  TagException: 'KMS_TAG',
  UnsupportedOperationException: 'KMS_UNSUPPORTED_OPERATION',
  ValidationException: 'KMS_VALIDATION',
} as const;

/** The name of an exception of AWS KMS that this keystore throws. */
export type KmsExceptionName = keyof typeof KMS_CODES;
/** The code of a {@link KmsError}. */
export type KmsErrorCode = (typeof KMS_CODES)[KmsExceptionName];

/** A refusal of AWS KMS: `name` is AWS's name of the exception, `message` is AWS's text, which may be empty. */
export class KmsError extends ReasonedError<KmsExceptionName, KmsErrorCode> {
  constructor(name: KmsExceptionName, message: string, reason?: string) {
    super(name, KMS_CODES[name], message, reason);
  }
}

/** IAM's names of errors, and the stable code of each. */
const IAM_CODES = {
  DeleteConflict: 'IAM_DELETE_CONFLICT',
  EntityAlreadyExists: 'IAM_ENTITY_ALREADY_EXISTS',
  InvalidInput: 'IAM_INVALID_INPUT',
  LimitExceeded: 'IAM_LIMIT_EXCEEDED',
  MalformedPolicyDocument: 'IAM_MALFORMED_POLICY_DOCUMENT',
  NoSuchEntity: 'IAM_NO_SUCH_ENTITY',
  ValidationError: 'IAM_VALIDATION',
} as const;

/** The name of an error of AWS IAM that this keystore throws. */
export type IamExceptionName = keyof typeof IAM_CODES;
/** The code of an {@link IamError}. */
export type IamErrorCode = (typeof IAM_CODES)[IamExceptionName];

/** A refusal of AWS IAM, about users, roles and their policies: `name` is AWS's name, `message` is AWS's text. */
export class IamError extends ReasonedError<IamExceptionName, IamErrorCode> {
  constructor(name: IamExceptionName, message: string, reason?: string) {
    super(name, IAM_CODES[name], message, reason);
  }
}

/** AWS's exception names of STS, and the stable code of each. */
const STS_CODES = {
  AccessDenied: 'STS_ACCESS_DENIED',
  MalformedPolicyDocument: 'STS_MALFORMED_POLICY_DOCUMENT',
  PackedPolicyTooLarge: 'STS_PACKED_POLICY_TOO_LARGE',
  ValidationError: 'STS_VALIDATION',
} as const;

/** The name of an exception of AWS's Security Token Service that this keystore throws. */
export type StsExceptionName = keyof typeof STS_CODES;
/** The code of a {@link StsError}. */
export type StsErrorCode = (typeof STS_CODES)[StsExceptionName];

/** A refusal of AWS's Security Token Service: `name` is AWS's name of the exception, `message` AWS's text. */
export class StsError extends ReasonedError<StsExceptionName, StsErrorCode> {
  constructor(name: StsExceptionName, message: string, reason?: string) {
    super(name, STS_CODES[name], message, reason);
  }
}

/** The code of a {@link KeystoreError}. */
export type KeystoreErrorCode =
  | 'NOT_A_KEYSTORE'
  | 'KEYSTORE_VERSION'
  | 'KEYSTORE_TRUNCATED'
  | 'KEYSTORE_DAMAGED'
  | 'UNSAFE_UNLOCK_SLOT'
  | 'UNLOCK_FAILED'
  | 'UNLOCK_SLOTS'
  | 'KEYSTORE_TAMPERED'
  | 'KEYSTORE_RECORD'
  | 'KEYSTORE_ROLLED_BACK'
  | 'KEYSTORE_REKEYED'
  | 'KEYSTORE_ACCOUNT'
  | 'KEYSTORE_MISSING'
  | 'KEYSTORE_EXISTS'
  | 'KEYSTORE_CLOSED'
  | 'NOT_AN_ENVELOPE'
  | 'ENVELOPE_VERSION'
  | 'ENVELOPE_TRUNCATED'
  | 'ENVELOPE_DAMAGED'
  | 'ENVELOPE_TAMPERED'
  | 'ENVELOPE_RECORD'
  | 'ENVELOPE_KIND'
  | 'STORAGE_CONFLICT'
  | 'STORAGE_BUSY'
  | 'STORAGE_FAILED';

/**
 * A failure to open, read or write the keystore. Nothing was changed, with one exception: after `STORAGE_FAILED` the
 * change may have been stored, if the storage failed too late to know.
 */
export class KeystoreError extends SecureStringError<KeystoreErrorCode> {
  override readonly name = 'KeystoreError';
}
