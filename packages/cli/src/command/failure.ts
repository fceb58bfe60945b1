/**
 * What went wrong, in one line that says what to do, and the exit code for it.
 * @module
 */

import { meaningOf } from './aws-words.ts';
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
  NoSuchEntity: EXIT.notFound,
  InvalidKeyId: EXIT.notFound,
  InvalidCiphertextException: EXIT.notAuthentic,
  UNLOCK_FAILED: EXIT.locked,
  AUTHENTICATION_FAILED: EXIT.notAuthentic,
  STORAGE_DAMAGED: EXIT.notAuthentic,
  KEYSTORE_TRUNCATED: EXIT.notAuthentic,
  KEYSTORE_DAMAGED: EXIT.notAuthentic,
  KEYSTORE_TAMPERED: EXIT.notAuthentic,
  KEYSTORE_ROLLED_BACK: EXIT.notAuthentic,
  AUDIT_LOG_DAMAGED: EXIT.notAuthentic,
  AUDIT_LOG_MISSING: EXIT.notFound,
  STORE_TAMPERED: EXIT.notAuthentic,
  UNSAFE_UNLOCK_SLOT: EXIT.notAuthentic,
  NOT_AN_ENVELOPE: EXIT.notAuthentic,
  ENVELOPE_TRUNCATED: EXIT.notAuthentic,
  ENVELOPE_DAMAGED: EXIT.notAuthentic,
  ENVELOPE_TAMPERED: EXIT.notAuthentic,
  MALFORMED_MESSAGE: EXIT.notAuthentic,
  MALFORMED_ENCRYPTION_CONTEXT: EXIT.notAuthentic,
  NO_DATA_KEY: EXIT.locked,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  const code = codeOf(error);
  if (!(error instanceof Error) || code === undefined) return EXIT.failed;
  return EXIT_CODES[awsNameOf(error)] ?? EXIT_CODES[code] ?? EXIT.failed;
}

/** One line. AWS's refusals have their name in front, since some have no words. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && FROM_AWS.test(codeOf(error) ?? '')) {
    const name = awsNameOf(error);
    const words = meaningOf(name, error.message.replace(OF_KMS, ''));
    const said = words === '' || words === 'null' ? `${name}${WITHOUT_WORDS[name] ?? ''}` : `${name}: ${words}`;
    return ADVICE[name] === undefined ? said : `${said} ${ADVICE[name]}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The same as a sentence, for more to follow: AWS ends some of its own without a stop. */
export function sentenceOf(error: unknown): string {
  return messageOf(error).replace(/\.?$/, '.');
}

/** Whether an error has that code. */
export function isCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** Whether AWS KMS refused something, or Parameter Store hands that on. */
export function isFromKms(error: unknown): boolean {
  return error instanceof Error && (OF_KMS.test(error.message) || codeOf(error)?.startsWith('KMS_') === true);
}

/** Recognises errors by their code: loading the engine to ask for their class would slow down every start. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** AWS KMS's own exception, where Parameter Store hands it on. */
export function awsNameOf({ name, message }: Error): string {
  return OF_KMS.exec(message)?.[1] ?? name;
}

/** The words in which Parameter Store reports what AWS KMS refused. */
const OF_KMS = / \(Service: AWSKMS; Status Code: \d+; Error Code: (\w+); Request ID: [\w-]+; Proxy: null\)$/;

/** Codes of errors whose name is that of AWS's exception. */
const FROM_AWS = /^(IAM|KMS|SSM|STS)_/;

/** What to do, where AWS does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  ParameterAlreadyExists: 'Give --overwrite to add a version.',
};

/** What AWS keeps silent about. */
const WITHOUT_WORDS: Readonly<Record<string, string>> = {
  InvalidCiphertextException:
    ': the ciphertext was changed, or was made for another name, key or encryption context. Check those, and restore a copy if it is damaged.',
  NotAuthorizedException: ": the store's own key has alias/aws/ssm alone.",
};

/** Adds the place in the policy, which AWS does not name. */
export function withReason(error: unknown): never {
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  if (typeof reason !== 'string' || !(error instanceof Error)) throw error;
  throw new CliError(EXIT.failed, `${error.name}: ${error.message} ${reason}`, { cause: error });
}
