/**
 * Data keys on their own, for callers who do their own envelope encryption.
 * @module
 */

import { bindContext, type EncryptionContext } from '../encryption-context.ts';
import { type Members, members, number, optional, takeOptions, text } from '../options.ts';
import { asKeyService, type GenerateDataKeyResult, type KeyService, requireAnswer } from './key-service.ts';

/** Which key wraps the data key, and how. */
export interface GenerateDataKeyOptions {
  readonly kms: KeyService;
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** Bound to the wrapped key; the same pairs are needed to decrypt it. Default none. */
  readonly encryptionContext?: EncryptionContext;
  /** 1 to 1024. */
  readonly numberOfBytes: number;
}

/**
 * A fresh data key, in clear and wrapped. Use `plaintext`, wipe it with `fill(0)`, store `ciphertextBlob`; the key
 * service's `decrypt` gives it back.
 *
 * @throws whatever the key service throws.
 * @example
 * const { plaintext, ciphertextBlob } = generateDataKey({ kms: keystore, keyId: 'alias/my-key', numberOfBytes: 32 });
 */
export function generateDataKey(options: GenerateDataKeyOptions): GenerateDataKeyResult {
  return generate('generateDataKey', options);
}

/** As {@link generateDataKey}, without ever handing out the key in clear: to be used, or not, by whoever may decrypt. */
export function generateDataKeyWithoutPlaintext(
  options: GenerateDataKeyOptions,
): Omit<GenerateDataKeyResult, 'plaintext'> {
  const { plaintext, ...wrapped } = generate('generateDataKeyWithoutPlaintext', options);
  plaintext.fill(0);
  return wrapped;
}

const OPTIONS: Members<GenerateDataKeyOptions> = members<GenerateDataKeyOptions>({
  kms: asKeyService,
  keyId: text,
  encryptionContext: optional((context) => bindContext(context as EncryptionContext).pairs),
  numberOfBytes: number,
});

function generate(name: string, options: GenerateDataKeyOptions): GenerateDataKeyResult {
  const { kms, ...request } = takeOptions(name, options, OPTIONS);
  const result = kms.generateDataKey(request);
  requireAnswer(result, 'plaintext');
  return result;
}
