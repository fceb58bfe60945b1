/**
 * Key namespaces and key names of raw keyrings: public text, matched by equality of its bytes.
 * @module
 */

import { MAX_UINT16 } from '../limits.ts';
import { encodeUtf8, isWellFormed } from '../utf8.ts';

const RESERVED_NAMESPACE = 'aws-kms';

/** Bytes of a raw keyring's namespace. `aws-kms…` is refused: a KMS keyring would take the key for its own. */
export function keyNamespaceBytes(keyNamespace: string): Uint8Array<ArrayBuffer> {
  const bytes = nameBytes(keyNamespace, 'keyNamespace', MAX_UINT16);
  if (keyNamespace.startsWith(RESERVED_NAMESPACE)) {
    throw new RangeError(
      `keyNamespace must not begin with "${RESERVED_NAMESPACE}": that is how KMS keyrings mark their keys.`,
    );
  }
  return bytes;
}

/** Bytes of a name of 1 to `most` bytes. */
export function nameBytes(text: string, option: string, most: number): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string' || !isWellFormed(text))
    throw new TypeError(`${option} must be a string of well-formed Unicode.`);
  const bytes = encodeUtf8(text);
  if (bytes.length < 1 || bytes.length > most)
    throw new RangeError(`${option} must have 1 to ${most} bytes of UTF-8, not ${bytes.length}.`);
  return bytes;
}
