/**
 * AES of the noble libraries. On platforms that lack some of Node's ciphers, the provider of `node:crypto` uses it too.
 * @module
 */

import { aeskw, aeskwp, gcm } from '@noble/ciphers/aes.js';
import { TAG_LENGTH } from '../limits.ts';
import type { AesProvider } from '../provider.ts';
import { isWrappedLength, requireAesKey, requireGcmLengths, requireKwKey, requireKwpKey } from './lengths.ts';

/** The AES functions of the noble libraries. */
export const nobleAes: AesProvider = {
  name: 'noble',

  aesGcm: (key) => {
    requireAesKey(key, 'The AES-GCM key');
    return {
      gcmSeal: (iv, aad, plaintext, output) => {
        requireGcmLengths(iv, plaintext, output, TAG_LENGTH);
        output.set(gcm(key, iv, aad).encrypt(plaintext));
      },
      gcmOpen: (iv, aad, sealed, output) => {
        requireGcmLengths(iv, sealed, output, -TAG_LENGTH);
        const plaintext = unlessRefused(() => gcm(key, iv, aad).decrypt(sealed));
        if (plaintext === undefined) return false;
        output.set(plaintext);
        plaintext.fill(0);
        return true;
      },
    };
  },

  aesKwWrap: (kek, key) => {
    requireAesKey(kek, 'The key-encryption key');
    requireKwKey(key);
    return owned(aeskw(kek).encrypt(key));
  },
  aesKwUnwrap: (kek, wrapped) => {
    requireAesKey(kek, 'The key-encryption key');
    return isWrappedLength(wrapped, 24) ? unlessRefused(() => owned(aeskw(kek).decrypt(wrapped))) : undefined;
  },
  aesKwpWrap: (kek, key) => {
    requireAesKey(kek, 'The key-encryption key');
    requireKwpKey(key);
    return owned(aeskwp(kek).encrypt(key));
  },
  aesKwpUnwrap: (kek, wrapped) => {
    requireAesKey(kek, 'The key-encryption key');
    return isWrappedLength(wrapped, 16) ? unlessRefused(() => owned(aeskwp(kek).decrypt(wrapped))) : undefined;
  },
};

/** Returns the result, or `undefined` if the tag is wrong. Lengths were checked before. */
function unlessRefused<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    // In noble a plain Error is a cryptographic failure, and its subclasses are misuse.
    if (error instanceof Error && Object.getPrototypeOf(error) === Error.prototype) return undefined;
    throw error;
  }
}

/** Returns the bytes in an ArrayBuffer of their own. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength)
    return bytes as Uint8Array<ArrayBuffer>;
  const copy = Uint8Array.from(bytes);
  bytes.fill(0);
  return copy;
}
