/**
 * The primitives where there is no Node.
 * @module
 */

import { toHex } from '@securestring/core/bytes';
import { nobleProvider as provider } from '@securestring/core/noble';
import { encodeUtf8 } from '@securestring/core/utf8';

export { provider };

/** Makes a random UUID of version 4. */
export function randomUUID(): string {
  return crypto.randomUUID();
}

/** Hashes bytes, or a text in UTF-8, with SHA-256. Returns hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return toHex(provider.hash('sha256', typeof data === 'string' ? encodeUtf8(data) : data));
}

/** Makes HMAC-SHA256 under a key of at most 64 bytes, of texts in UTF-8, in hex. */
export function hmacHex(key: Uint8Array): (text: string) => string {
  return (text) => toHex(provider.hmac('sha256', key, encodeUtf8(text)));
}
