/**
 * Key namespaces and key names of raw keyrings: public text, whose bytes are compared.
 * @module
 */

import { MAX_UINT16 } from '../limits.ts';
import { encodeUtf8, isWellFormed } from '../utf8.ts';

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
