/**
 * The header tag: AES-GCM over an empty plaintext, with the header body as additional authenticated data.
 * data-format/message-header.md#authentication-tag.
 * @module
 */

import { concatBytes, NO_BYTES } from '../bytes.ts';
import { type DecodedHeader, ZERO_IV } from '../message/header.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import type { DerivedKeys } from './derive.ts';

/** What .NET 4.0.0 bound in place of nothing: a count of zero pairs. */
export const NET_400_EMPTY_CONTEXT: Uint8Array = new Uint8Array(2);

/**
 * Writes the tag over the body's wire bytes, and over the pairs that are bound without being stored
 * (`requiredContext`, serialised; zero bytes where there are none).
 */
export function sealHeader(key: AesGcmKey, body: Uint8Array, requiredContext: Uint8Array, tag: Uint8Array): void {
  // The frames' IVs begin at 1 under this key, so the zero IV is the header's alone.
  key.gcmSeal(ZERO_IV, authenticated(body, requiredContext), NO_BYTES, tag);
}

/**
 * Whether commitment and tag are right: the tag over the body's wire bytes, never over a serialisation made anew, since
 * a writer may have ordered the context otherwise. Which of the two is wrong is not told.
 */
export function verifyHeader(
  provider: Provider,
  key: AesGcmKey,
  keys: DerivedKeys,
  header: DecodedHeader,
  requiredContext: Uint8Array,
): boolean {
  return (
    provider.equalConstantTime(keys.commitment, header.commitment) &&
    key.gcmOpen(header.iv, authenticated(header.bodyBytes, requiredContext), header.tag, new Uint8Array(0))
  );
}

function authenticated(body: Uint8Array, requiredContext: Uint8Array): Uint8Array {
  return requiredContext.length === 0 ? body : concatBytes(body, requiredContext);
}
