/**
 * The interface of a key service: the three operations of AWS KMS that parameters need, in AWS's terms.
 * `@securestring/keystore` implements it offline. Any object of this shape will do. Also data keys on their own, for
 * callers who do their own envelope encryption.
 * @module
 */

import { bindContext, type EncryptionContext } from '../encryption-context.ts';
import { KeyringResultError } from '../errors.ts';
import { type Members, members, number, optional, type Take, takeOptions, text, withMethods } from '../options.ts';
import { type Awaitable, isPromise } from './awaitable.ts';
import { wipeBytes } from './checked.ts';

/** A request of GenerateDataKey. */
export interface GenerateDataKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** 1 to 1024. */
  readonly numberOfBytes: number;
  /** Pairs to bind the wrapped key to. Default none. */
  readonly encryptionContext?: EncryptionContext;
}

/** The result of GenerateDataKey. */
export interface GenerateDataKeyResult {
  /** The ARN of the key that was used, even if the request named an alias. */
  readonly keyId: string;
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array;
  /** The data key, wrapped. */
  readonly ciphertextBlob: Uint8Array;
}

/** A request of Encrypt. */
export interface EncryptRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** 1 to 4096 bytes. */
  readonly plaintext: Uint8Array;
  /** Pairs to bind the ciphertext to. Default none. */
  readonly encryptionContext?: EncryptionContext;
}

/** The result of Encrypt. */
export interface EncryptResult {
  /** The ARN of the key that was used. */
  readonly keyId: string;
  /** The ciphertext, from which Decrypt finds the key. */
  readonly ciphertextBlob: Uint8Array;
}

/** A request of Decrypt. */
export interface DecryptRequest {
  /** The key that the blob must be under. Default the key that the blob names. */
  readonly keyId?: string;
  /** A ciphertext of Encrypt or GenerateDataKey. */
  readonly ciphertextBlob: Uint8Array;
  /** The pairs that the ciphertext is bound to. */
  readonly encryptionContext?: EncryptionContext;
}

/** The result of Decrypt. */
export interface DecryptResult {
  /** The ARN of the key that was used. */
  readonly keyId: string;
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array;
}

/** A synchronous key service. It throws if it refuses a request. */
export interface KeyService {
  /** Makes a data key, and returns it in clear and wrapped under the named key. */
  generateDataKey(request: GenerateDataKeyRequest): GenerateDataKeyResult;
  /** Encrypts a plaintext under the named key. */
  encrypt(request: EncryptRequest): EncryptResult;
  /** Decrypts a blob. */
  decrypt(request: DecryptRequest): DecryptResult;
}

/**
 * A key service whose methods may answer with promises, such as one over the network. `kmsKeyringAsync`,
 * `sealParameterAsync` and `openParameterAsync` take it, and every {@link KeyService} is one too.
 */
export interface AsyncKeyService {
  /** Makes a data key, as {@link KeyService.generateDataKey} does. */
  generateDataKey(request: GenerateDataKeyRequest): Awaitable<GenerateDataKeyResult>;
  /** Encrypts a plaintext, as {@link KeyService.encrypt} does. */
  encrypt(request: EncryptRequest): Awaitable<EncryptResult>;
  /** Decrypts a blob, as {@link KeyService.decrypt} does. */
  decrypt(request: DecryptRequest): Awaitable<DecryptResult>;
}

/** Throws a `TypeError` unless the value has the methods of a key service. A promise of one is refused too. */
export const asKeyService: Take<KeyService> = withMethods<KeyService>(
  ['generateDataKey', 'encrypt', 'decrypt'],
  'a key service with the methods generateDataKey, encrypt and decrypt, such as `await openKeystore(…)` gives',
);

/** Throws unless a key service's result has bytes as this part. It refuses promises, since a service is synchronous. */
export function requireBytesIn(answer: unknown, part: 'plaintext' | 'ciphertextBlob'): void {
  const bytes = (answer as { readonly [Part in typeof part]?: unknown } | undefined | null)?.[part];
  if (bytes instanceof Uint8Array) return;
  if (!isPromise(answer)) throw new KeyringResultError(`The key service must return a ${part} of bytes.`);
  answer.then(
    (late) => wipeBytes((late as Partial<DecryptResult> | undefined)?.plaintext),
    () => undefined,
  );
  throw new KeyringResultError(
    'The key service returned a promise, but it must be synchronous. For an asynchronous one, call the function whose name ends in Async.',
  );
}

/** Options of `generateDataKey`. */
export interface GenerateDataKeyOptions {
  /** The key service that makes the data key. */
  readonly kms: KeyService;
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** Pairs to bind the wrapped key to; the same pairs are needed to decrypt it. Default none. */
  readonly encryptionContext?: EncryptionContext;
  /** 1 to 1024. */
  readonly numberOfBytes: number;
}

/**
 * Makes a data key, and returns it in clear and wrapped. Use `plaintext`, wipe it with `fill(0)`, and store
 * `ciphertextBlob`: the key service's `decrypt` returns the data key again.
 *
 * @throws whatever the key service throws.
 * @example
 * const { plaintext, ciphertextBlob } = generateDataKey({ kms: keystore, keyId: 'alias/my-key', numberOfBytes: 32 });
 */
export function generateDataKey(options: GenerateDataKeyOptions): GenerateDataKeyResult {
  return generate('generateDataKey', options);
}

/**
 * Makes a data key and returns it only wrapped, for a process that stores keys and must not see them. Errors are those
 * of {@link generateDataKey}.
 */
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
