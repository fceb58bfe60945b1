/**
 * The provider of `node:crypto` on platforms that lack some of Node's ciphers, such as Bun and Deno.
 * @module
 */

import { PolicyError } from '../errors.ts';
import type { AesProvider, Provider } from '../provider.ts';

/** OpenSSL's names of the ciphers, with `#` in place of the key's bits. */
const GCM = 'aes-#-gcm';
const KW = 'id-aes#-wrap';
const KWP = 'id-aes#-wrap-pad';
const BITS = [128, 192, 256];

/** Returns the ciphers that the provider needs and the platform lacks. */
export function missingCiphers(present: readonly string[]): readonly string[] {
  const needed = [GCM, KW, KWP].flatMap((pattern) => BITS.map((bits) => pattern.replace('#', String(bits))));
  return needed.filter((cipher) => !present.includes(cipher));
}

/**
 * Returns a provider that takes each missing cipher from `other`, and lists them in its name. Without `other`, a call
 * that needs a missing cipher throws `PolicyError` (`UNSUPPORTED`).
 */
export function withAesOf(other: AesProvider | undefined, own: Provider, missing: readonly string[]): Provider {
  if (missing.length === 0) return own;
  const choose = (pattern: string, { length }: Uint8Array): AesProvider => {
    const cipher = pattern.replace('#', String(length * 8));
    if (!missing.includes(cipher)) return own;
    if (other !== undefined) return other;
    throw new PolicyError(
      'UNSUPPORTED',
      `The cipher ${cipher} is missing in this platform's crypto. Pass nobleProvider of @securestring/core/noble as provider.`,
    );
  };
  return {
    ...own,
    name: `${own.name} (${other?.name ?? 'nothing'} for ${missing.join(', ')})`,
    aesGcm: (key) => choose(GCM, key).aesGcm(key),
    aesKwWrap: (kek, key) => choose(KW, kek).aesKwWrap(kek, key),
    aesKwUnwrap: (kek, wrapped) => choose(KW, kek).aesKwUnwrap(kek, wrapped),
    aesKwpWrap: (kek, key) => choose(KWP, kek).aesKwpWrap(kek, key),
    aesKwpUnwrap: (kek, wrapped) => choose(KWP, kek).aesKwpUnwrap(kek, wrapped),
  };
}
