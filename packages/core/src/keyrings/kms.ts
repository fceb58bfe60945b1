/**
 * The KMS keyring: data keys under the keys of a key service. framework/aws-kms/aws-kms-keyring.md.
 *
 * Provider id = `aws-kms`; provider info = key ARN; ciphertext = the service's blob. The service receives the
 * encryption context unchanged.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import { AuthenticationError, KeyringResultError } from '../errors.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { listOf, type Members, members, optional, record, takeOptions, text } from '../options.ts';
import { quoted } from '../quoted.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { ask, runAtOnce, runCalls, type Steps } from './awaitable.ts';
import { type AsyncKeyService, asKeyService, type KeyService, requireBytesIn } from './key-service.ts';
import type { AsyncKeyring, Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyring.ts';

/** A filter of the keys that a discovery keyring may try, by their ARNs. */
export interface DiscoveryFilter {
  /** Account ids, of 12 digits each. */
  readonly accountIds: readonly string[];
  /** The partition, such as `aws`. */
  readonly partition: string;
}

/** A key service, and the keys to use. */
export interface KmsKeyringOptions<Service extends AsyncKeyService = KeyService> {
  /** The key service that wraps and unwraps data keys. */
  readonly kms: Service;
  /** Key that generates data keys: key id, key ARN, alias name or alias ARN. */
  readonly generatorKeyId?: string;
  /** Further keys, each of which can open the message too. Default none. */
  readonly keyIds?: readonly string[];
  /** Decrypts under the key that the message names: `true` for any key, or a filter. Such a keyring cannot encrypt. */
  readonly discovery?: true | DiscoveryFilter;
}

const FILTER: Members<DiscoveryFilter> = members<DiscoveryFilter>({ accountIds: listOf(text), partition: text });
const OPTIONS: Members<KmsKeyringOptions> = members<KmsKeyringOptions>({
  kms: asKeyService,
  generatorKeyId: optional(text),
  keyIds: optional(listOf(text)),
  discovery: optional((value, name) => (value === true ? true : record(FILTER)(value, name))),
});
/** The same for a service that may return promises: a service of either kind passes the same check. */
const ASYNC_OPTIONS = OPTIONS as Members<KmsKeyringOptions<AsyncKeyService>>;
const PROVIDER_ID_TEXT = 'aws-kms';
const PROVIDER_ID = encodeUtf8(PROVIDER_ID_TEXT);
const KEY_ARN = /^arn:([^:]+):kms:[^:]+:([^:]+):key\/[^:]+$/;

/**
 * Makes a keyring over a key service. With `generatorKeyId` and `keyIds` it is strict: it encrypts under all of these
 * keys, and decrypts data keys that name one of them by its key ARN. An alias can encrypt, but never matches a data
 * key. With
 * `discovery` it only decrypts.
 *
 * Each request to decrypt names the key, and the service must return the same key id.
 *
 * @throws `TypeError` if the options ask for neither or both.
 * @example
 * const keyring = kmsKeyring({ kms: keystore, generatorKeyId: 'alias/my-key' });
 */
export function kmsKeyring(options: KmsKeyringOptions): Keyring {
  const { wrap, unwrap } = kmsSteps(takeOptions('kmsKeyring', options, OPTIONS));
  return {
    wrapDataKey: (request) => runAtOnce(wrap(request)),
    unwrapDataKey: (key, request) => runAtOnce(unwrap(key, request)),
  };
}

/**
 * Makes the keyring of {@link kmsKeyring} over a key service that answers with promises, for `encryptAsync`,
 * `decryptAsync` and streams.
 *
 * @throws as {@link kmsKeyring} does.
 * @example
 * const keyring = kmsKeyringAsync({ kms: awsKeyService(client, awsKms), generatorKeyId: 'alias/my-key' });
 */
export function kmsKeyringAsync(options: KmsKeyringOptions<AsyncKeyService>): AsyncKeyring {
  const { wrap, unwrap } = kmsSteps(takeOptions('kmsKeyringAsync', options, ASYNC_OPTIONS));
  return {
    wrapDataKey: (request) => runCalls(wrap(request)),
    unwrapDataKey: (key, request) => runCalls(unwrap(key, request)),
  };
}

interface KmsSteps {
  wrap(request: WrapRequest): Steps<WrappedDataKey>;
  unwrap(key: EncryptedDataKey, request: KeyringRequest): Steps<Uint8Array | null>;
}

function kmsSteps({ kms, generatorKeyId, keyIds = [], discovery }: KmsKeyringOptions<AsyncKeyService>): KmsSteps {
  const strict = generatorKeyId !== undefined || keyIds.length > 0;
  if (strict === (discovery !== undefined)) {
    throw new TypeError('A KMS keyring takes generatorKeyId and keyIds, or discovery: one of the two ways.');
  }
  const own = new Set(generatorKeyId === undefined ? keyIds : [generatorKeyId, ...keyIds]);
  const matches = discovery === undefined ? (arn: string) => own.has(arn) : discoveryMatch(discovery);
  return {
    wrap: (request) => wrapDataKey(kms, generatorKeyId, keyIds, request),
    *unwrap(key, request) {
      const arn = keyArnOf(key);
      return arn !== undefined && matches(arn) ? yield* unwrapDataKey(kms, arn, key, request) : null;
    },
  };
}

function discoveryMatch(discovery: true | DiscoveryFilter): (arn: string) => boolean {
  if (discovery === true) return () => true;
  const accountIds = new Set(discovery.accountIds);
  const { partition } = discovery;
  return (arn) => {
    const [, arnPartition, accountId] = KEY_ARN.exec(arn) ?? [];
    return arnPartition === partition && accountId !== undefined && accountIds.has(accountId);
  };
}

function keyArnOf(key: EncryptedDataKey): string | undefined {
  if (decodeUtf8(key.providerId) !== PROVIDER_ID_TEXT) return undefined;
  const arn = decodeUtf8(key.providerInfo);
  return arn !== undefined && KEY_ARN.test(arn) ? arn : undefined;
}

function* wrapDataKey(
  kms: AsyncKeyService,
  generatorKeyId: string | undefined,
  keyIds: readonly string[],
  request: WrapRequest,
): Steps<WrappedDataKey> {
  const { encryptionContext, suite, plaintextDataKey: given } = request;
  if (given !== undefined) {
    const all = generatorKeyId === undefined ? keyIds : [generatorKeyId, ...keyIds];
    if (all.length === 0) throw new KeyringResultError('A KMS keyring that discovers cannot encrypt.');
    return { plaintextDataKey: given, encryptedDataKeys: yield* wrapUnder(kms, given, all, encryptionContext) };
  }
  if (generatorKeyId === undefined)
    throw new KeyringResultError('This KMS keyring has no generatorKeyId, so it cannot make a data key.');
  const numberOfBytes = suite.dataKeyLength;
  const generated = yield* ask(() => kms.generateDataKey({ keyId: generatorKeyId, numberOfBytes, encryptionContext }));
  requireBytesIn(generated, 'plaintext');
  const { plaintext } = generated;
  try {
    requireBytesIn(generated, 'ciphertextBlob');
    const first = encryptedDataKey(generated.keyId, generated.ciphertextBlob);
    const others = yield* wrapUnder(kms, plaintext, keyIds, encryptionContext);
    return { plaintextDataKey: plaintext, encryptedDataKeys: [first, ...others] };
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
}

function* wrapUnder(
  kms: AsyncKeyService,
  plaintext: Uint8Array,
  keyIds: readonly string[],
  encryptionContext: EncryptionContext,
): Steps<EncryptedDataKey[]> {
  const wrapped: EncryptedDataKey[] = [];
  for (const keyId of keyIds) {
    const result = yield* ask(() => kms.encrypt({ keyId, plaintext, encryptionContext }));
    requireBytesIn(result, 'ciphertextBlob');
    wrapped.push(encryptedDataKey(result.keyId, result.ciphertextBlob));
  }
  return wrapped;
}

function encryptedDataKey(keyArn: string, ciphertext: Uint8Array): EncryptedDataKey {
  if (!KEY_ARN.test(keyArn))
    throw new KeyringResultError(
      `The key service returned ${quoted(String(keyArn))} as keyId, which must be a key ARN.`,
    );
  return { providerId: PROVIDER_ID, providerInfo: encodeUtf8(keyArn), ciphertext };
}

function* unwrapDataKey(
  kms: AsyncKeyService,
  keyId: string,
  key: EncryptedDataKey,
  request: KeyringRequest,
): Steps<Uint8Array> {
  const { encryptionContext } = request;
  const result = yield* ask(() => kms.decrypt({ keyId, ciphertextBlob: key.ciphertext, encryptionContext }));
  requireBytesIn(result, 'plaintext');
  if (result.keyId === keyId) return result.plaintext;
  result.plaintext.fill(0);
  throw new AuthenticationError();
}
