/**
 * AES-256-GCM under a key that is derived for one use, by HMAC-SHA-256 from a longer-lived one.
 * @module
 */

import { openOnce, type Provider, sealOnce } from '../provider.ts';

/**
 * Writes ciphertext ‖ tag into `output`, which has `plaintext.length + 16` bytes, under the key HMAC-SHA-256(key,
 * input). No input comes twice with one IV.
 */
export function sealDerived(
  provider: Provider,
  key: Uint8Array,
  input: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  output: Uint8Array,
): void {
  if (provider.sealDerived !== undefined) {
    provider.sealDerived(key, input, iv, aad, plaintext, output);
    return;
  }
  const derived = provider.hmac('sha256', key, input);
  try {
    sealOnce(provider, derived, iv, aad, plaintext, output);
  } finally {
    derived.fill(0);
  }
}

/** Opens such a ciphertext into `output`. Returns false if the tag is wrong; then `output` is wiped. */
export function openDerived(
  provider: Provider,
  key: Uint8Array,
  input: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  output: Uint8Array,
): boolean {
  const opened =
    provider.openDerived === undefined
      ? openByPrimitives(provider, key, input, iv, aad, sealed, output)
      : provider.openDerived(key, input, iv, aad, sealed, output);
  if (!opened) output.fill(0);
  return opened;
}

function openByPrimitives(
  provider: Provider,
  key: Uint8Array,
  input: Uint8Array,
  ...rest: readonly [iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array]
): boolean {
  const derived = provider.hmac('sha256', key, input);
  try {
    return openOnce(provider, derived, ...rest);
  } finally {
    derived.fill(0);
  }
}
