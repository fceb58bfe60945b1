/**
 * Primitives of the noble libraries, in plain JavaScript: for browsers, edge runtimes and other platforms without
 * Node's.
 * @module
 */

import { equalBytes, randomBytes } from '@noble/ciphers/utils.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { Provider } from '../provider.ts';
import { requireHkdfLength } from './lengths.ts';
import { nobleAes, owned } from './noble-aes.ts';
import { ecdsaKeyPair, ecdsaVerifier } from './noble-ecdsa.ts';

const HASHES = { sha1, sha256, sha384, sha512 } as const;

/** The primitives of the noble libraries, which are the default on platforms other than Node. It has no RSA. */
export const nobleProvider: Provider = {
  ...nobleAes,

  randomKey: (length) => owned(randomBytes(length)),
  randomFill: (target) => target.set(randomBytes(target.length)),

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

/** The default provider. Every platform exports it under this name. */
export { nobleProvider as provider };
