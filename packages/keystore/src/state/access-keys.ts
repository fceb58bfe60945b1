/**
 * The secrets of access keys: each record holds its own wrapped.
 * @module
 */

import type { Provider } from '@securestring/core';
import { excerpt } from '@securestring/core/quoted';
import { KeystoreError } from '../errors.ts';
import { SECRET_ACCESS_KEY_LENGTH } from '../limits.ts';
import type { AccessKeyRecord, KeystoreState } from './records.ts';

/** The key that wraps secrets, 32 secret bytes, and the provider to do it with. */
interface Wrapping {
  readonly wrappingKey: Uint8Array;
  readonly provider: Provider;
}

/** Returns the state with every access key wrapped by another key. */
export function rewrapAccessKeys(
  state: KeystoreState,
  from: Uint8Array,
  { wrappingKey, provider }: Wrapping,
): KeystoreState {
  const { accessKeys } = state;
  if (accessKeys === undefined) return state;
  const rewrapped = [...accessKeys].map(([id, key]) => {
    const secret = unwrapAccessKey(key, { wrappingKey: from, provider });
    const wrapped = provider.aesKwpWrap(wrappingKey, secret);
    secret.fill(0);
    return [id, { ...key, wrapped }] as const;
  });
  return { ...state, accessKeys: new Map(rewrapped) };
}

/**
 * Unwraps the secret of an access key, 40 bytes; the caller's.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`).
 */
export function unwrapAccessKey(
  { accessKeyId, wrapped }: AccessKeyRecord,
  { wrappingKey, provider }: Wrapping,
): Uint8Array {
  const secret = provider.aesKwpUnwrap(wrappingKey, wrapped);
  if (secret?.length === SECRET_ACCESS_KEY_LENGTH) return secret;
  secret?.fill(0);
  throw new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: access key ${excerpt(accessKeyId)} does not unwrap. Restore a copy of it; nothing was changed.`,
  );
}
