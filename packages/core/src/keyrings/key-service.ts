/**
 * What the engine asks of a key service: the three operations of AWS KMS that parameters need, in AWS's terms.
 * `@securestring/keystore` implements it offline; anything of this shape will do.
 * @module
 */

import { bindContext, type EncryptionContext } from '../encryption-context.ts';
import { KeyringResultError } from '../errors.ts';
import { type Members, members, number, optional, type Take, takeOptions, text, withMethods } from '../options.ts';
import { isPromise } from './awaitable.ts';
import { wipeBytes } from './checked.ts';

/** What GenerateDataKey is asked for. */
export interface GenerateDataKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** 1 to 1024. */
  readonly numberOfBytes: number;
  readonly encryptionContext?: EncryptionContext;
}

/** What GenerateDataKey answers. */
export interface GenerateDataKeyResult {
  /** The ARN of the key that was used, also where an alias was sent. */
  readonly keyId: string;
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array;
  readonly ciphertextBlob: Uint8Array;
}

/** What Encrypt is asked for. */
export interface EncryptRequest {
  readonly keyId: string;
  /** 1 to 4096 bytes. */
  readonly plaintext: Uint8Array;
  readonly encryptionContext?: EncryptionContext;
}

/** What Encrypt answers. */
export interface EncryptResult {
  readonly keyId: string;
  readonly ciphertextBlob: Uint8Array;
}

/** What Decrypt is asked for. */
export interface DecryptRequest {
  /** Where it is given, the blob must be under this key. */
  readonly keyId?: string;
  readonly ciphertextBlob: Uint8Array;
  readonly encryptionContext?: EncryptionContext;
}

/** What Decrypt answers. */
export interface DecryptResult {
  readonly keyId: string;
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array;
}

/** A synchronous key service. It throws where it refuses. */
export interface KeyService {
  /** A fresh data key, in clear and under the named key. */
  generateDataKey(request: GenerateDataKeyRequest): GenerateDataKeyResult;
  /** A plaintext under the named key. */
  encrypt(request: EncryptRequest): EncryptResult;
  /** The plaintext of a blob. */
  decrypt(request: DecryptRequest): DecryptResult;
}

/** Refuses what is not a key service, the promise of one among it. */
export const asKeyService: Take<KeyService> = withMethods<KeyService>(
  ['generateDataKey', 'encrypt', 'decrypt'],
  'a key service with the methods generateDataKey, encrypt and decrypt, such as `await openKeystore(…)` gives',
);

/** Refuses an answer without its bytes, first of all a promise: a key service answers at once. */
export function requireBytesIn(answer: unknown, part: 'plaintext' | 'ciphertextBlob'): void {
  const bytes = (answer as { readonly [Part in typeof part]?: unknown } | undefined | null)?.[part];
  if (bytes instanceof Uint8Array) return;
  if (!isPromise(answer)) throw new KeyringResultError(`The key service must answer with a ${part} of bytes.`);
  answer.then(
    (late) => wipeBytes((late as Partial<DecryptResult> | undefined)?.plaintext),
    () => undefined,
  );
  throw new KeyringResultError(
    'The key service answered with a promise, but it must answer at once. Write an AsyncKeyring for one that cannot.',
  );
}

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
  requireBytesIn(result, 'plaintext');
  return result;
}
