/**
 * The raw RSA keyring: data keys under an RSA key that the caller holds. framework/raw-rsa-keyring.md.
 *
 * Provider id = key namespace; provider info = key name; ciphertext = RSAES of the data key. The encryption context is
 * bound by the message's header alone, not by this wrap.
 * @module
 */

import { provider as defaultProvider } from '#provider';
import { rsa as defaultRsa } from '#rsa';
import { sameBytes } from '../bytes.ts';
import { AuthenticationError, PolicyError } from '../errors.ts';
import { MAX_UINT16 } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Members, members, oneOf, optional, type Take, takeOptions, text } from '../options.ts';
import type { Provider, RsaPadding, RsaProvider } from '../provider.ts';
import type { Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyring.ts';
import { keyNamespaceBytes, nameBytes } from './names.ts';

/** An RSA key pair, or half of one, and its names. */
export interface RawRsaKeyringOptions {
  /** 1 to 65535 bytes of UTF-8, written in clear as the provider id. It must not begin with `aws-kms`. */
  readonly keyNamespace: string;
  /** 1 to 65535 bytes of UTF-8, written in clear. Names the key within its namespace. */
  readonly keyName: string;
  /**
   * The padding. OAEP has MGF1 of the same hash and an empty label. There is no default: take `OAEP-SHA-256` or
   * stronger for new messages. `PKCS1` (v1.5) is only for partners that support no other: it has a long history of
   * padding oracles. It can encrypt on every platform, and decrypt only if the platform returns random bytes for a bad
   * padding (OpenSSL
   * 3.2).
   */
  readonly padding: RsaPadding;
  /** The key to encrypt with, PEM of SPKI. It is never derived from the private key. */
  readonly publicKey?: string;
  /** The key to decrypt with, PEM of PKCS#8. */
  readonly privateKey?: string;
}

const PADDINGS: readonly RsaPadding[] = ['PKCS1', 'OAEP-SHA-1', 'OAEP-SHA-256', 'OAEP-SHA-384', 'OAEP-SHA-512'];
const OPTIONS: Members<RawRsaKeyringOptions> = members<RawRsaKeyringOptions>({
  keyNamespace: text,
  keyName: text,
  padding: oneOf('RSA padding', PADDINGS),
  publicKey: optional(pem('PUBLIC KEY')),
  privateKey: optional(pem('PRIVATE KEY')),
});

/**
 * Makes a keyring over one RSA key pair, or over half of one. The keys stay in a closure: no log or `inspect` shows
 * them. A provider without RSA is a `PolicyError` (`UNSUPPORTED`) of the call that needs it.
 *
 * @throws `TypeError` or `RangeError` if an option is of the wrong type or length.
 * @example
 * const keyring = rawRsaKeyring({ keyNamespace: 'my-app', keyName: 'rsa-1', padding: 'OAEP-SHA-256', publicKey });
 */
export function rawRsaKeyring(options: RawRsaKeyringOptions): Keyring {
  const { keyNamespace, keyName, padding, publicKey, privateKey } = takeOptions('rawRsaKeyring', options, OPTIONS);
  if (publicKey === undefined && privateKey === undefined) {
    throw new TypeError('A raw RSA keyring needs a publicKey to encrypt, a privateKey to decrypt, or both.');
  }
  const providerId = keyNamespaceBytes(keyNamespace);
  const providerInfo = nameBytes(keyName, 'keyName', MAX_UINT16);
  const isMine = (key: EncryptedDataKey) =>
    sameBytes(key.providerId, providerId) && sameBytes(key.providerInfo, providerInfo);
  return {
    wrapDataKey: (request) => {
      if (publicKey === undefined) throw new TypeError('This raw RSA keyring has no publicKey, so it cannot encrypt.');
      return wrapDataKey(publicKey, padding, providerId, providerInfo, request);
    },
    unwrapDataKey: (key, request) => {
      if (!isMine(key)) return null;
      if (privateKey === undefined)
        throw new TypeError('This raw RSA keyring has no privateKey, so it cannot decrypt.');
      return unwrapDataKey(privateKey, padding, key, request);
    },
  };
}

/** Makes the check of a PEM label. The platform checks the key itself when it is used. */
function pem(label: string): Take<string> {
  return (value, name) => {
    if (typeof value === 'string' && value.trimStart().startsWith(`-----BEGIN ${label}-----`)) return value;
    throw new TypeError(`${name} must be PEM text that begins with "-----BEGIN ${label}-----".`);
  };
}

function wrapDataKey(
  publicKey: string,
  padding: RsaPadding,
  providerId: Uint8Array,
  providerInfo: Uint8Array,
  request: WrapRequest,
): WrappedDataKey {
  const { provider, suite } = request;
  const rsa = rsaOf(provider);
  const plaintextDataKey = request.plaintextDataKey ?? provider.randomKey(suite.dataKeyLength);
  try {
    const ciphertext = rsa.rsaEncrypt(publicKey, padding, plaintextDataKey);
    return { plaintextDataKey, encryptedDataKeys: [{ providerId, providerInfo, ciphertext }] };
  } catch (error) {
    if (request.plaintextDataKey === undefined) plaintextDataKey.fill(0);
    throw error;
  }
}

function unwrapDataKey(
  privateKey: string,
  padding: RsaPadding,
  key: EncryptedDataKey,
  request: KeyringRequest,
): Uint8Array {
  const dataKey = rsaOf(request.provider).rsaDecrypt(privateKey, padding, key.ciphertext);
  // With implicit rejection a wrong padding returns bytes of some length, so the length is part of the check.
  if (dataKey?.length === request.suite.dataKeyLength) return dataKey;
  dataKey?.fill(0);
  throw new AuthenticationError();
}

function rsaOf(provider: Provider): RsaProvider {
  const rsa = provider === defaultProvider ? defaultRsa : provider.rsa;
  if (rsa !== undefined) return rsa;
  throw new PolicyError(
    'UNSUPPORTED',
    `The provider "${provider.name}" has no RSA. Use the node provider, or another keyring.`,
  );
}
