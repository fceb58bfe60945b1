/**
 * Errors, by who is to blame. Misuse of the API is a `TypeError` (wrong type) or a `RangeError` (wrong length or
 * number); everything that can happen to a correct program is a {@link SecureStringError} with a stable `code`.
 * @module
 */

import { quoted } from './quoted.ts';

/** Codes of bytes that are not what they claim to be. */
export type MalformedCode =
  | 'MALFORMED_MESSAGE'
  | 'MALFORMED_KEY_BLOB'
  | 'MALFORMED_ENCRYPTION_CONTEXT'
  | 'MALFORMED_SEALED_VALUE'
  | 'MALFORMED_ARN';
/** Codes of a limit or a rule that the caller, or the caller's configuration, set. */
export type PolicyCode =
  | 'COMMITMENT_POLICY'
  | 'ENCRYPTION_CONTEXT_MISMATCH'
  | 'FRAME_LENGTH_LIMIT'
  | 'HEADER_LENGTH_LIMIT'
  | 'SIGNED_MESSAGE'
  | 'ENCRYPTED_DATA_KEY_LIMIT'
  | 'MESSAGE_TOO_LONG'
  | 'RESERVED_ENCRYPTION_CONTEXT_KEY'
  | 'UNSUPPORTED';
/** Codes of Parameter Store's rules on values and tiers. */
export type ParameterCode = 'PARAMETER_VALUE' | 'PARAMETER_NAME' | 'TIER_DOWNGRADE';
/** Every code that this package throws. */
export type CoreErrorCode =
  | MalformedCode
  | PolicyCode
  | ParameterCode
  | 'AUTHENTICATION_FAILED'
  | 'NO_DATA_KEY'
  | 'INVALID_KEYRING_RESULT';

/** Base of every error here. Branch on `code`, which is stable; `message` is for people. */
export class SecureStringError<Code extends string = string> extends Error {
  override name = 'SecureStringError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The bytes are not of the format, or not of a form of it that is safe to read. Nothing of them was trusted. */
export class MalformedError extends SecureStringError<MalformedCode> {
  override name = 'MalformedError';
  /** Where in the input, in bytes from its start, the field begins that is wrong. */
  readonly offset: number;
  /** The message without the offset. */
  readonly what: string;

  constructor(code: MalformedCode, what: string, offset: number) {
    super(code, `${what} (at byte ${offset}).`);
    this.what = what;
    this.offset = offset;
  }
}

/** The bytes end too early; a reader of a stream waits for more. */
export class CutShortError extends MalformedError {
  /** Bytes that there must be at least, counted from the first of those that were read. */
  readonly needed: number;

  constructor(code: MalformedCode, what: string, offset: number, needed: number) {
    super(code, what, offset);
    this.needed = needed;
  }
}

/**
 * A tag, key commitment, wrap or signature did not verify. Deliberately says no more: which of them failed, and
 * under which key, would be an oracle.
 */
export class AuthenticationError extends SecureStringError<'AUTHENTICATION_FAILED'> {
  override name = 'AuthenticationError';

  constructor() {
    super(
      'AUTHENTICATION_FAILED',
      'Authentication failed: the data was changed or damaged, or it was made under another key or encryption context.',
    );
  }
}

/** What was asked for is well formed, and refused by a rule: the caller's policy or limit, or the format's. */
export class PolicyError extends SecureStringError<PolicyCode> {
  override name = 'PolicyError';
}

/**
 * That a platform lacks an algorithm, or that a keyring breaks its contract, tells nothing of a data key; why one did not
 * open would, and stays unsaid.
 */
export function isSafeToReport(error: unknown): error is SecureStringError {
  return error instanceof KeyringResultError || (error instanceof PolicyError && error.code === 'UNSUPPORTED');
}

/** Why one encrypted data key of a message did not open. No finer reason is ever given. */
export interface DataKeyFailure {
  /** Place of the encrypted data key in the message, from 0. */
  readonly index: number;
  /** The key provider id as text, for finding the key that is missing. */
  readonly providerId: string;
  readonly cause: 'not mine' | 'unwrap failed';
}

/** No encrypted data key of the message could be opened with the keyring. */
export class KeyUnavailableError extends SecureStringError<'NO_DATA_KEY'> {
  override name = 'KeyUnavailableError';
  /** One entry for each encrypted data key, in the message's order. */
  readonly failures: readonly DataKeyFailure[];

  constructor(failures: readonly DataKeyFailure[]) {
    const list = failures
      .slice(0, 8)
      .map(({ index, providerId, cause }) => `#${index} ${quoted(providerId)}: ${cause}`);
    super(
      'NO_DATA_KEY',
      `The keyring opened none of the message's ${failures.length} encrypted data key(s): ${list.join('; ')}${
        failures.length > 8 ? '; …' : ''
      }. Check the key's namespace, name and bytes (a KMS keyring opens by key ARN, never by alias), and that the encryption context is the one the message was made with, pairs that its header does not store included.`,
    );
    this.failures = failures;
  }
}

/** A keyring or key service returned something that the engine refuses to use. */
export class KeyringResultError extends SecureStringError<'INVALID_KEYRING_RESULT'> {
  override name = 'KeyringResultError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_KEYRING_RESULT', message, options);
  }
}

/** A rule of Parameter Store: `name` is AWS's exception name and `message` AWS's wording. */
export class ParameterError extends SecureStringError<ParameterCode> {
  constructor(name: string, code: ParameterCode, message: string) {
    super(code, message);
    this.name = name;
  }
}
