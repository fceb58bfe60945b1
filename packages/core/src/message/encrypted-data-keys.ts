/**
 * The encrypted data keys of a header: u16 count, then for each u16 length and bytes of provider id, provider info and
 * ciphertext. data-format/message-header.md#encrypted-data-keys.
 * @module
 */

import { copyBytes, type Reader, type Writer } from '../bytes.ts';
import { PolicyError } from '../errors.ts';
import { MAX_UINT16 } from '../limits.ts';
import { decodeUtf8 } from '../utf8.ts';

/** One wrapped copy of the data key. Its parts are bytes whose meaning only the key provider knows. */
export interface EncryptedDataKey {
  /** UTF-8 of the key provider's id, 1 to 65535 bytes. */
  readonly providerId: Uint8Array;
  /** Bytes by which the provider finds its key, 0 to 65535; not always text. */
  readonly providerInfo: Uint8Array;
  /** The wrapped data key, 0 to 65535 bytes. */
  readonly ciphertext: Uint8Array;
}

/** Returns the number of bytes that {@link writeEncryptedDataKeys} writes. */
export function encryptedDataKeysLength(keys: readonly EncryptedDataKey[]): number {
  let length = 2;
  for (const key of keys) length += 6 + key.providerId.length + key.providerInfo.length + key.ciphertext.length;
  return length;
}

/** Writes the section of encrypted data keys. */
export function writeEncryptedDataKeys(writer: Writer, keys: readonly EncryptedDataKey[]): void {
  writer.uint16(keys.length);
  for (const key of keys) writer.raw16(key.providerId).raw16(key.providerInfo).raw16(key.ciphertext);
}

/** Reads into `keys`, so that keys before an error can be shown. Throws before any key if there are more than `max`. */
export function readEncryptedDataKeys(reader: Reader, max: number, keys: EncryptedDataKey[]): void {
  const start = reader.offset;
  const count = reader.uint16('encrypted data key count');
  if (count === 0) throw reader.error('A message needs at least one encrypted data key', start);
  checkEncryptedDataKeyCount(count, max);
  for (let i = 0; i < count; i++) {
    const at = reader.offset;
    const providerId = reader.own16('key provider id');
    if (decodeUtf8(providerId) === undefined) throw reader.error('key provider id is not valid UTF-8', at);
    keys.push({
      providerId,
      providerInfo: reader.own16('key provider info'),
      ciphertext: reader.own16('encrypted data key'),
    });
  }
}

/** Throws if there are more encrypted data keys than the caller's limit. */
export function checkEncryptedDataKeyCount(count: number, max: number): void {
  if (count > max) {
    throw new PolicyError(
      'ENCRYPTED_DATA_KEY_LIMIT',
      `The message has ${count} encrypted data keys; maxEncryptedDataKeys allows ${max}.`,
    );
  }
}

/** Whether a keyring's encrypted data key fits the format. */
export function isEncodable(key: unknown): key is EncryptedDataKey {
  const { providerId, providerInfo, ciphertext } = (key ?? {}) as Readonly<Record<keyof EncryptedDataKey, unknown>>;
  return (
    isPart(providerId) &&
    isPart(providerInfo) &&
    isPart(ciphertext) &&
    providerId.length > 0 &&
    decodeUtf8(providerId) !== undefined
  );
}

function isPart(part: unknown): part is Uint8Array {
  return part instanceof Uint8Array && part.length <= MAX_UINT16;
}

/** Returns a copy that shares no bytes. */
export function ownEncryptedDataKey(key: EncryptedDataKey): EncryptedDataKey {
  return {
    providerId: copyBytes(key.providerId),
    providerInfo: copyBytes(key.providerInfo),
    ciphertext: copyBytes(key.ciphertext),
  };
}
