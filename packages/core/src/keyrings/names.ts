/**
 * Key namespaces and key names of raw keyrings: public text, whose bytes are compared.
 * @module
 */

import { IV_LENGTH, MAX_UINT16, TAG_LENGTH } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { decodeUtf8, encodeUtf8, isWellFormed } from '../utf8.ts';

const RESERVED_NAMESPACE = 'aws-kms';

/** Returns the bytes of a raw keyring's namespace. It refuses `aws-kms…`, which marks the keys of KMS keyrings. */
export function keyNamespaceBytes(keyNamespace: string): Uint8Array<ArrayBuffer> {
  const bytes = nameBytes(keyNamespace, 'keyNamespace', MAX_UINT16);
  if (keyNamespace.startsWith(RESERVED_NAMESPACE)) {
    throw new RangeError(
      `keyNamespace must not begin with "${RESERVED_NAMESPACE}": that is how KMS keyrings mark their keys.`,
    );
  }
  return bytes;
}

/** Returns the bytes of a name. Throws unless they are 1 to `maxLength`. */
export function nameBytes(text: string, option: string, maxLength: number): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string' || !isWellFormed(text))
    throw new TypeError(`${option} must be a string of well-formed Unicode.`);
  const bytes = encodeUtf8(text);
  if (bytes.length < 1 || bytes.length > maxLength)
    throw new RangeError(`${option} must have 1 to ${maxLength} bytes of UTF-8, not ${bytes.length}.`);
  return bytes;
}

/** Returns the name of the key that wrapped a data key, as the message has it; `undefined` if it is not text. */
export function wrappingKeyName({ providerInfo }: EncryptedDataKey): string | undefined {
  return decodeUtf8(rawAesName(providerInfo) ?? providerInfo);
}

/** Returns the name in a raw AES key's provider info, which ends with tag length in bits, IV length and IV. */
export function rawAesName(providerInfo: Uint8Array): Uint8Array | undefined {
  const nameLength = providerInfo.length - 8 - IV_LENGTH;
  if (nameLength < 0) return undefined;
  const view = new DataView(providerInfo.buffer, providerInfo.byteOffset + nameLength);
  const isAes = view.getUint32(0) === TAG_LENGTH * 8 && view.getUint32(4) === IV_LENGTH;
  return isAes ? providerInfo.subarray(0, nameLength) : undefined;
}
