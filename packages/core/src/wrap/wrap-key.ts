/**
 * Symmetric key wrap: a key under a key-encryption key.
 * @module
 */

import { provider as defaultProvider } from '#provider';
import { bytes, KEY_TEXT_HINT, NO_BYTES, PLAIN_TEXT_HINT, requireBytes } from '../bytes.ts';
import { AuthenticationError } from '../errors.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { type Members, members, oneOf, optional, takeOptions } from '../options.ts';
import { asProvider, openOnce, type Provider, sealOnce } from '../provider.ts';

/** Names of key wraps: `AES-KW` of RFC 3394, `AES-KWP` of RFC 5649, `AES-GCM` of NIST SP 800-38D with a random IV. */
export type WrapAlgorithm = 'AES-KW' | 'AES-KWP' | 'AES-GCM';

/** Options of `wrapKey` and `unwrapKey`. */
export interface WrapOptions {
  /** The algorithm. There is no default. */
  readonly algorithm: WrapAlgorithm;
  /** Additional authenticated data, only for AES-GCM: the other two algorithms have no place for it. Default none. */
  readonly aad?: Uint8Array;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

interface Wrapping {
  wrap(provider: Provider, kek: Uint8Array, key: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer>;
  unwrap(
    provider: Provider,
    kek: Uint8Array,
    wrapped: Uint8Array,
    aad: Uint8Array,
  ): Uint8Array<ArrayBuffer> | undefined;
}

const WRAPPINGS: Readonly<Record<WrapAlgorithm, Wrapping>> = {
  'AES-KW': {
    wrap: (p, kek, key) => p.aesKwWrap(kek, key),
    unwrap: (p, kek, wrapped) => p.aesKwUnwrap(kek, wrapped),
  },
  'AES-KWP': {
    wrap: (p, kek, key) => p.aesKwpWrap(kek, key),
    unwrap: (p, kek, wrapped) => p.aesKwpUnwrap(kek, wrapped),
  },
  'AES-GCM': { wrap: gcmWrap, unwrap: gcmUnwrap },
};
const ALGORITHMS = Object.keys(WRAPPINGS) as WrapAlgorithm[];

const OPTIONS: Members<WrapOptions> = members<WrapOptions>({
  algorithm: oneOf('wrap algorithm', ALGORITHMS),
  aad: optional(bytes(PLAIN_TEXT_HINT)),
  provider: optional(asProvider),
});

/**
 * Wraps `key` under `kek` (16, 24 or 32 bytes).
 *
 * | algorithm | key, bytes | wrapped, bytes |
 * |---|---|---|
 * | `AES-KW` (RFC 3394 §2.2.1) | 16 and more, a multiple of 8 | key + 8 |
 * | `AES-KWP` (RFC 5649 §4.1) | 1 to 65536 | key rounded up to 8, + 8 |
 * | `AES-GCM` (SP 800-38D §7.1) | 1 to 65536 | IV 12 ‖ ciphertext ‖ tag 16 |
 *
 * The first two are deterministic. With AES-GCM the IV is random: wrap at most 2^32 keys under one `kek`.
 *
 * @throws `RangeError` if a length is not one of these, `TypeError` if `aad` is given with AES-KW or AES-KWP.
 * @example
 * const wrapped = wrapKey(kek, dataKey, { algorithm: 'AES-KWP' });
 * const key = unwrapKey(kek, wrapped, { algorithm: 'AES-KWP' });
 */
export function wrapKey(kek: Uint8Array, key: Uint8Array, options: WrapOptions): Uint8Array<ArrayBuffer> {
  const { wrapping, provider, aad } = prepare('wrapKey', kek, options);
  requireBytes(key, 'The key', KEY_TEXT_HINT);
  return wrapping.wrap(provider, kek, key, aad);
}

/**
 * Unwraps a key that {@link wrapKey} wrapped. The caller wipes it.
 *
 * @throws `AuthenticationError` if `kek`, the wrapped bytes or `aad` differ from those it was wrapped with.
 * @throws `RangeError` if `kek` does not have 16, 24 or 32 bytes, `TypeError` if `aad` is given with AES-KW or AES-KWP.
 */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array, options: WrapOptions): Uint8Array<ArrayBuffer> {
  const { wrapping, provider, aad } = prepare('unwrapKey', kek, options);
  requireBytes(wrapped, 'The wrapped key');
  const key = wrapping.unwrap(provider, kek, wrapped, aad);
  if (key === undefined) throw new AuthenticationError();
  return key;
}

const MAX_GCM_KEY_LENGTH = 65536;

function prepare(
  name: string,
  kek: Uint8Array,
  options: WrapOptions,
): { wrapping: Wrapping; provider: Provider; aad: Uint8Array } {
  requireBytes(kek, 'The key-encryption key', KEY_TEXT_HINT);
  const { algorithm, aad, provider = defaultProvider } = takeOptions(name, options, OPTIONS);
  if (aad !== undefined && algorithm !== 'AES-GCM') {
    throw new TypeError(`${algorithm} has no additional authenticated data. Use AES-GCM to bind some.`);
  }
  return { wrapping: WRAPPINGS[algorithm], provider, aad: aad ?? NO_BYTES };
}

function gcmWrap(provider: Provider, kek: Uint8Array, key: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer> {
  if (key.length < 1 || key.length > MAX_GCM_KEY_LENGTH) {
    throw new RangeError(`AES-GCM wraps keys of 1 to ${MAX_GCM_KEY_LENGTH} bytes here, not ${key.length}.`);
  }
  const wrapped = new Uint8Array(IV_LENGTH + key.length + TAG_LENGTH);
  const iv = wrapped.subarray(0, IV_LENGTH);
  provider.randomFill(iv);
  sealOnce(provider, kek, iv, aad, key, wrapped.subarray(IV_LENGTH));
  return wrapped;
}

function gcmUnwrap(
  provider: Provider,
  kek: Uint8Array,
  wrapped: Uint8Array,
  aad: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  if (wrapped.length <= IV_LENGTH + TAG_LENGTH) return undefined;
  const key = new Uint8Array(wrapped.length - IV_LENGTH - TAG_LENGTH);
  if (openOnce(provider, kek, wrapped.subarray(0, IV_LENGTH), aad, wrapped.subarray(IV_LENGTH), key)) return key;
  key.fill(0);
  return undefined;
}
