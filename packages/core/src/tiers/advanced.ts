/**
 * The advanced tier: envelope encryption. Stored: base64 of an Encryption SDK message of suite 0x0478, whose data key
 * the key service generated, with the context `{ PARAMETER_ARN }` in its header.
 * @module
 */

import { encodeBase64 } from '../base64.ts';
import { decryptPlanned, messageReader } from '../decrypt.ts';
import { ASYNC_DECRYPT_OPTIONS, planDecryption } from '../decryption-plan.ts';
import { encryptAwaitable } from '../encrypt.ts';
import type { EncryptionContext } from '../encryption-context.ts';
import { KeyUnavailableError, MalformedError, PolicyError } from '../errors.ts';
import { ask, isPromise, type Steps } from '../keyrings/awaitable.ts';
import type { AsyncKeyService } from '../keyrings/key-service.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import type { KmsKeyringOptions } from '../keyrings/kms.ts';
import { takeOptions } from '../options.ts';
import type { Provider } from '../provider.ts';
import { quoted } from '../quoted.ts';
import type { SuiteId } from '../suites.ts';
import { PARAMETER_ARN_KEY, parameterContext } from './parameter-arn.ts';
import { checkValueLength, openedValue } from './value.ts';

/** A suite that commits to its key and does not sign: writer and reader share the key, so a signature adds nothing. */
const ADVANCED_SUITE: SuiteId = 0x0478;

/** A key service, and `kmsKeyring` or `kmsKeyringAsync`: the first refuses promises, the second waits for them. */
export interface KeyAccess {
  readonly kms: AsyncKeyService;
  keyringOf(options: KmsKeyringOptions<AsyncKeyService>): AsyncKeyring;
}

/** Seals 1 to 8192 bytes. */
export function* sealAdvanced(
  { kms, keyringOf }: KeyAccess,
  keyId: string,
  arn: string,
  value: Uint8Array,
  provider: Provider | undefined,
): Steps<string> {
  checkValueLength(value, 'Advanced');
  const keyring = keyringOf({ kms, generatorKeyId: keyId });
  const options = {
    keyring,
    suite: ADVANCED_SUITE,
    encryptionContext: parameterContext(arn),
    ...(provider && { provider }),
  };
  const { message } = yield* ask(() => encryptAwaitable('sealParameter', value, options));
  return encodeBase64(message);
}

/** Opens a message that was sealed for this ARN. The ARN is compared before the key service is called. */
export function* openAdvanced(
  { kms, keyringOf }: KeyAccess,
  arn: string,
  message: Uint8Array,
  provider: Provider | undefined,
): Steps<string> {
  const body = messageReader(message);
  const watched = watchDecrypt(kms);
  const keyring = keyringOf({ kms: watched.kms, discovery: true });
  const options = { keyring, maxEncryptedDataKeys: 1, ...(provider && { provider }) };
  const plan = planDecryption(body, takeOptions('openParameter', options, ASYNC_DECRYPT_OPTIONS));
  if (plan.header.suite.id !== ADVANCED_SUITE) {
    throw new MalformedError('MALFORMED_SEALED_VALUE', 'An advanced-tier value is a message of suite 0x0478', 1);
  }
  checkContext(plan.request.encryptionContext, arn);
  try {
    const { plaintext } = yield* ask(() => decryptPlanned(plan, body, keyring));
    return openedValue(plaintext, 'Advanced');
  } catch (error) {
    // The key service's own error (a disabled key, a deleted key), as in the standard tier.
    throw error instanceof KeyUnavailableError ? (watched.refusal() ?? error) : error;
  }
}

/** Throws unless the context holds the expected ARN and nothing else. */
function checkContext(context: EncryptionContext, arn: string): void {
  const found = context[PARAMETER_ARN_KEY];
  if (found !== arn || Object.keys(context).length !== 1) {
    throw new PolicyError(
      'ENCRYPTION_CONTEXT_MISMATCH',
      `This value was sealed for ${found === undefined ? 'no parameter' : quoted(found)}, not for ${quoted(arn)}: it was copied from elsewhere.`,
    );
  }
}

/** Wraps a key service and keeps its error from decrypt. A message with one encrypted data key has at most one. */
function watchDecrypt(kms: AsyncKeyService): { kms: AsyncKeyService; refusal: () => unknown } {
  let refusal: unknown;
  const refuse = (error: unknown): never => {
    refusal = error;
    throw error;
  };
  return {
    refusal: () => refusal,
    kms: {
      generateDataKey: (request) => kms.generateDataKey(request),
      encrypt: (request) => kms.encrypt(request),
      decrypt: (request) => {
        try {
          const result = kms.decrypt(request);
          return isPromise(result) ? result.then(undefined, refuse) : result;
        } catch (error) {
          return refuse(error);
        }
      },
    },
  };
}
