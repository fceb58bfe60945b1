/**
 * Primitives of the noble libraries, in plain JavaScript: for browsers, edge runtimes and wherever Node's are not.
 * @module
 */

import { aeskw, aeskwp, gcm } from '@noble/ciphers/aes.js';
import { equalBytes, randomBytes } from '@noble/ciphers/utils.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { TAG_LENGTH } from '../limits.ts';
import type { Provider } from '../provider.ts';
import {
  isWrappedLength,
  requireAesKey,
  requireGcmLengths,
  requireHkdfLength,
  requireKwKey,
  requireKwpKey,
} from './lengths.ts';
import { ecdsaKeyPair, ecdsaVerifier } from './noble-ecdsa.ts';

const HASHES = { sha1, sha256, sha384, sha512 } as const;

/** The primitives of the noble libraries: the default where there is no Node. */
export const nobleProvider: Provider = {
  name: 'noble',

  randomKey: (length) => owned(randomBytes(length)),
  randomFill: (target) => target.set(randomBytes(target.length)),

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

  hash: (name, data) => owned(HASHES[name](data)),
  hmac: (name, key, data) => owned(hmac(HASHES[name], key, data)),
  hkdfExtract: (name, salt, inputKey) => owned(extract(HASHES[name], inputKey, salt)),
  hkdfExpand: (name, pseudorandomKey, info, length) => {
    requireHkdfLength(length, HASHES[name].outputLen);
    return length === 0 ? new Uint8Array(0) : owned(expand(HASHES[name], pseudorandomKey, info, length));
  },

  ecdsaKeyPair,
  ecdsaVerifier,

  equalConstantTime: (a, b) => equalBytes(a, b),
};

/** The name that every platform's default goes by. */
export { nobleProvider as provider };

/** The result, or `undefined` where the library refuses what was checked for its lengths before: a wrong tag. */
function unlessRefused<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    // noble: a plain Error is a cryptographic failure, its subclasses are misuse.
    if (error instanceof Error && Object.getPrototypeOf(error) === Error.prototype) return undefined;
    throw error;
  }
}

/** The same bytes with an ArrayBuffer of their own. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength)
    return bytes as Uint8Array<ArrayBuffer>;
  const copy = Uint8Array.from(bytes);
  bytes.fill(0);
  return copy;
}
