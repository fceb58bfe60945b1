/**
 * The raw AES keyring: data keys under an AES key that the caller holds. framework/raw-aes-keyring.md.
 *
 * Provider id = key namespace; provider info = key name ‖ tag length in bits u32 ‖ IV length u32 ‖ IV 12; ciphertext =
 * AES-GCM of the data key ‖ tag 16, under the canonical encryption context.
 * @module
 */

import { bytes, copyBytes, hasBytesAt, KEY_TEXT_HINT, sameBytes, Writer } from '../bytes.ts';
import { AuthenticationError } from '../errors.ts';
import { IV_LENGTH, MAX_UINT16, TAG_LENGTH } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Members, members, takeOptions, text } from '../options.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import { careful, type Keyring, type KeyringRequest, type WrappedDataKey, type WrapRequest } from './keyring.ts';
import { keyNamespaceBytes, nameBytes } from './names.ts';

/** An AES key and its names. */
export interface RawAesKeyringOptions {
  /** 1 to 65535 bytes of UTF-8, written in clear as the provider id. It must not begin with `aws-kms`. */
  readonly keyNamespace: string;
  /** 1 to 65515 bytes of UTF-8, written in clear. Names the key within its namespace. */
  readonly keyName: string;
  /** 16, 24 or 32 bytes, whatever the suite. It is copied, so that the caller may wipe its own. */
  readonly wrappingKey: Uint8Array;
}

/** Tag length in bits and IV length in bytes, which the provider info has between key name and IV. */
const SHAPE = new Writer(new Uint8Array(8)).uint32(TAG_LENGTH * 8).uint32(IV_LENGTH).bytes;

const OPTIONS: Members<RawAesKeyringOptions> = members<RawAesKeyringOptions>({
  keyNamespace: text,
  keyName: text,
  wrappingKey: bytes(KEY_TEXT_HINT),
});

/**
 * Makes a keyring over one AES key. The key stays in a closure: no log, `inspect` or JSON of the keyring shows it.
 *
 * With random IVs one wrapping key should wrap at most 2^32 data keys (NIST SP 800-38D §8.3).
 *
 * @throws `TypeError` or `RangeError` if an option is of the wrong type or length.
 * @example
 * const keyring = rawAesKeyring({ keyNamespace: 'my-app', keyName: 'key-1', wrappingKey });
 * const { message } = encrypt(plaintext, { keyring });
 */
export function rawAesKeyring(options: RawAesKeyringOptions): Keyring {
  const { keyNamespace, keyName: name, wrappingKey: given } = takeOptions('rawAesKeyring', options, OPTIONS);
  if (given.length !== 16 && given.length !== 24 && given.length !== 32) {
    throw new RangeError(`wrappingKey must have 16, 24 or 32 bytes, not ${given.length}.`);
  }
  const wrappingKey = copyBytes(given);
  const providerId = keyNamespaceBytes(keyNamespace);
  const keyName = nameBytes(name, 'keyName', MAX_UINT16 - SHAPE.length - IV_LENGTH);
  const preparedBy = preparedKey(wrappingKey);
  return careful({
    wrapDataKey: (request) => wrapDataKey(preparedBy(request.provider), providerId, keyName, request),
    unwrapDataKey: (key, request) =>
      isMine(key, providerId, keyName, request) ? unwrapDataKey(preparedBy(request.provider), key, request) : null,
  });
}

/** Returns a function that prepares the key by a provider, and keeps it prepared by the last one, which few change. */
function preparedKey(wrappingKey: Uint8Array): (provider: Provider) => AesGcmKey {
  let last: { readonly provider: Provider; readonly key: AesGcmKey } | undefined;
  return (provider) => {
    if (last?.provider === provider) return last.key;
    const key = provider.aesGcm(wrappingKey);
    last?.key.close?.();
    last = { provider, key };
    return key;
  };
}

function wrapDataKey(
  wrappingKey: AesGcmKey,
  providerId: Uint8Array,
  keyName: Uint8Array,
  request: WrapRequest,
): WrappedDataKey {
  const { provider, suite, contextBytes } = request;
  const plaintextDataKey = request.plaintextDataKey ?? provider.randomKey(suite.dataKeyLength);
  const info = new Writer(new Uint8Array(keyName.length + SHAPE.length + IV_LENGTH)).raw(keyName).raw(SHAPE);
  const iv = info.reserve(IV_LENGTH);
  provider.randomFill(iv);
  const ciphertext = new Uint8Array(plaintextDataKey.length + TAG_LENGTH);
  wrappingKey.gcmSeal(iv, contextBytes, plaintextDataKey, ciphertext);
  const encryptedDataKey = { providerId: copyBytes(providerId), providerInfo: info.bytes, ciphertext };
  return { plaintextDataKey, encryptedDataKeys: [encryptedDataKey] };
}

/** Compares every part and its length, since one name may be the beginning of another. */
function isMine(key: EncryptedDataKey, providerId: Uint8Array, keyName: Uint8Array, request: KeyringRequest): boolean {
  const { providerInfo, ciphertext } = key;
  return (
    sameBytes(key.providerId, providerId) &&
    providerInfo.length === keyName.length + SHAPE.length + IV_LENGTH &&
    hasBytesAt(providerInfo, 0, keyName) &&
    hasBytesAt(providerInfo, keyName.length, SHAPE) &&
    ciphertext.length === request.suite.dataKeyLength + TAG_LENGTH
  );
}

function unwrapDataKey(wrappingKey: AesGcmKey, key: EncryptedDataKey, request: KeyringRequest): Uint8Array {
  const iv = key.providerInfo.subarray(-IV_LENGTH);
  const dataKey = new Uint8Array(key.ciphertext.length - TAG_LENGTH);
  if (wrappingKey.gcmOpen(iv, request.contextBytes, key.ciphertext, dataKey)) return dataKey;
  dataKey.fill(0);
  throw new AuthenticationError();
}
