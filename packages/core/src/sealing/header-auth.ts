/**
 * The header tag: AES-GCM over an empty plaintext, with the header body as additional authenticated data.
 * data-format/message-header.md#authentication-tag.
 * @module
 */

import { concatBytes, NO_BYTES } from '../bytes.ts';
import { type DecodedHeader, ZERO_IV } from '../message/header.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import type { MessageKey } from './derive.ts';

/** The form of the empty context that .NET 4.0.0 bound to the header: a count of zero pairs. */
export const NET_400_EMPTY_CONTEXT: Uint8Array = new Uint8Array(2);

/**
 * Writes the tag over the body's wire bytes and over `requiredContext`: the serialised pairs that are bound without
 * being stored, zero bytes without such pairs.
 */
export function sealHeader(key: AesGcmKey, body: Uint8Array, requiredContext: Uint8Array, tag: Uint8Array): void {
  // The frames' IVs begin at 1 under this key, so only the header uses the zero IV.
  key.gcmSeal(ZERO_IV, authenticated(body, requiredContext), NO_BYTES, tag);
}

/**
 * Whether both commitment and tag are right. The tag is checked over the wire bytes of the body, never over a new
 * serialisation, since the writer may have used another order of the context. The result does not say which is wrong.
 */
export function verifyHeader(
  provider: Provider,
  { key, commitment }: MessageKey,
  header: DecodedHeader,
  requiredContext: Uint8Array,
): boolean {
  return (
    provider.equalConstantTime(commitment, header.commitment) &&
    key.gcmOpen(header.iv, authenticated(header.bodyBytes, requiredContext), header.tag, NO_BYTES)
  );
}

function authenticated(body: Uint8Array, requiredContext: Uint8Array): Uint8Array {
  return requiredContext.length === 0 ? body : concatBytes(body, requiredContext);
}
