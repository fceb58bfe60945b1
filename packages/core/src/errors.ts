/**
 * Errors, grouped by their cause. Misuse of the API is a `TypeError` (wrong type) or a `RangeError` (wrong length or
 * number). Everything that can happen to a correct program is a {@link SecureStringError} with a stable `code`.
 * @module
 */

import { quoted } from './quoted.ts';

/** Codes of input bytes that do not follow their format. */
export type MalformedCode =
  | 'MALFORMED_MESSAGE'
  | 'MALFORMED_KEY_BLOB'
  | 'MALFORMED_ENCRYPTION_CONTEXT'
  | 'MALFORMED_SEALED_VALUE'
  | 'MALFORMED_ARN';
/** Codes of limits and rules that the caller set, or that the format or platform sets. */
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
/** All codes of errors that this package throws. */
export type CoreErrorCode =
  | MalformedCode
  | PolicyCode
  | ParameterCode
  | 'AUTHENTICATION_FAILED'
  | 'NO_DATA_KEY'
  | 'INVALID_KEYRING_RESULT';

/** The base class of this package's errors. Branch on `code`, which is stable; `message` is for people. */
export class SecureStringError<Code extends string = string> extends Error {
  override name = 'SecureStringError';
  /** The stable code of the error. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error for bytes that do not follow the format, or that are not safe to read. None of their content was used. */
export class MalformedError extends SecureStringError<MalformedCode> {
  override name = 'MalformedError';
  /** The start of the wrong field, in bytes from the start of the input. */
  readonly offset: number;
  /** The message without the offset. */
  readonly what: string;

  constructor(code: MalformedCode, what: string, offset: number) {
    super(code, `${what} (at byte ${offset}).`);
    this.what = what;
    this.offset = offset;
  }
}

/** An error for bytes that end too early. A stream waits for more. */
export class CutShortError extends MalformedError {
  /** The number of bytes needed to go on, counted from the first byte that was read. */
  readonly needed: number;

  constructor(code: MalformedCode, what: string, offset: number, needed: number) {
    super(code, what, offset);
    this.needed = needed;
  }
}

/**
 * An error for a tag, key commitment, wrapped key or signature that did not verify. It deliberately does not say which
 * of them failed, nor under which key: that would be an oracle.
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

/** An error for a well-formed request that a rule refuses: the caller's policy or limit, or a rule of the format. */
export class PolicyError extends SecureStringError<PolicyCode> {
  override name = 'PolicyError';
}

/**
 * Whether an error from opening a data key may reach the caller. A missing algorithm and a broken keyring reveal
 * nothing about the data key. The reason why it did not open would, so all other errors are hidden.
 */
export function isSafeToReport(error: unknown): error is SecureStringError {
  return error instanceof KeyringResultError || (error instanceof PolicyError && error.code === 'UNSUPPORTED');
}

/** The reason why one encrypted data key of a message did not open. It has more detail only with `diagnostics`. */
export interface DataKeyFailure {
  /** Index of the encrypted data key in the message, from 0. */
  readonly index: number;
  /** The key provider id as text. It helps to find the missing key. */
  readonly providerId: string;
  /** `not mine`: the keyring did not recognise the key. `unwrap failed`: it did, and could not open it. */
  readonly cause: 'not mine' | 'unwrap failed';
  /** With `diagnostics`, the name of the wrapping key as the message has it, such as a key ARN, if it is text. */
  readonly keyName?: string;
  /** With `diagnostics`, the error that the keyring threw, such as a KMS exception. */
  readonly reason?: unknown;
}

/** Names of pairs of a message that did not open: those that its header stores, and those that only the caller has. */
export interface ContextNames {
  /** Names in the header, without those of the format itself. */
  readonly stored: readonly string[];
  /** The caller's names that the header does not have: misspelled, or left out of the message when it was written. */
  readonly unstored: readonly string[];
}

/** An error for a message of which the keyring could open no encrypted data key. */
export class KeyUnavailableError extends SecureStringError<'NO_DATA_KEY'> {
  override name = 'KeyUnavailableError';
  /** One entry for each encrypted data key, in the message's order. */
  readonly failures: readonly DataKeyFailure[];
  /** With `diagnostics`, the names of the encryption context. */
  readonly contextNames?: ContextNames;

  constructor(failures: readonly DataKeyFailure[], details?: UnopenedDetails) {
    const list = details?.failures ?? failures.slice(0, MOST_LISTED).map(failureText);
    super(
      'NO_DATA_KEY',
      `The keyring opened none of the message's encrypted data keys (${failures.length} in all): ${list.join('; ')}${
        failures.length > MOST_LISTED ? '; …' : ''
      }. ${details?.advice ?? ''}Check the key's namespace, name and bytes (a KMS keyring opens by key ARN, never by alias), and that the encryption context is the one the message was made with, pairs that its header does not store included.`,
    );
    this.failures = failures;
    if (details !== undefined) this.contextNames = details.contextNames;
  }
}

/** What `diagnostics` adds to a {@link KeyUnavailableError}: names, a text for each failure listed, and advice. */
export interface UnopenedDetails {
  readonly contextNames: ContextNames;
  readonly failures: readonly string[];
  readonly advice: string;
}

/** Failures, and names of pairs, that a message lists. */
export const MOST_LISTED = 8;

function failureText({ index, providerId, cause }: DataKeyFailure): string {
  return `#${index} ${quoted(providerId)}: ${cause}`;
}

/** An error for a result of a keyring or key service that the engine refuses to use. */
export class KeyringResultError extends SecureStringError<'INVALID_KEYRING_RESULT'> {
  override name = 'KeyringResultError';

  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_KEYRING_RESULT', message, options);
  }
}

/** An error for a broken rule of Parameter Store: `name` is AWS's exception name and `message` AWS's wording. */
export class ParameterError extends SecureStringError<ParameterCode> {
  constructor(name: string, code: ParameterCode, message: string) {
    super(code, message);
    this.name = name;
  }
}
