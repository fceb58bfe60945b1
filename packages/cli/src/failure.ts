/**
 * What went wrong, in one line that says what to do, and the exit code for it.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { EXIT } from './exit-codes.ts';

/** A refusal of the command line itself. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** By name of AWS's exception, or by code. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  ParameterNotFound: EXIT.notFound,
  ParameterVersionNotFound: EXIT.notFound,
  NotFoundException: EXIT.notFound,
  InvalidKeyId: EXIT.notFound,
  InvalidCiphertextException: EXIT.notAuthentic,
  UNLOCK_FAILED: EXIT.locked,
  AUTHENTICATION_FAILED: EXIT.notAuthentic,
  KEYSTORE_TRUNCATED: EXIT.notAuthentic,
  KEYSTORE_DAMAGED: EXIT.notAuthentic,
  KEYSTORE_TAMPERED: EXIT.notAuthentic,
  KEYSTORE_ROLLED_BACK: EXIT.notAuthentic,
  UNSAFE_UNLOCK_SLOT: EXIT.notAuthentic,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof SecureStringError) return EXIT_CODES[error.name] ?? EXIT_CODES[error.code] ?? EXIT.failed;
  return EXIT.failed;
}

/** One line. AWS's refusals have their name in front, since some have no words. */
export function messageOf(error: unknown): string {
  if (error instanceof SecureStringError && error.name !== error.constructor.name) {
    return error.message === '' ? `${error.name}${WITHOUT_WORDS[error.name] ?? ''}` : `${error.name}: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** What AWS keeps silent about. */
const WITHOUT_WORDS: Readonly<Record<string, string>> = {
  InvalidCiphertextException:
    ': the ciphertext was changed, or was made for another name, key or encryption context. Check those, and restore a copy if it is damaged.',
  NotAuthorizedException: ': names that begin with alias/aws/ are reserved.',
};
