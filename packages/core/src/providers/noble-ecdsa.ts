/**
 * ECDSA of the noble libraries.
 * @module
 */

import { p256, p384 } from '@noble/curves/nist.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { EcdsaKeyPair, EcdsaVerifier } from '../provider.ts';
import type { CurveName, HashName } from '../suites.ts';

const CURVES = { 'P-256': p256, 'P-384': p384 } as const;
const HASHES = { sha1, sha256, sha384, sha512 } as const;

export function ecdsaKeyPair(curve: CurveName): EcdsaKeyPair {
  const { secretKey, publicKey } = CURVES[curve].keygen();
  return {
    publicKey: Uint8Array.from(publicKey),
    signer: (hash) => {
      const hasher = HASHES[hash].create();
      return {
        update: (data) => {
          hasher.update(data);
        },
        // Hedged (RFC 6979 §3.6): signing again must give another signature, until one has the fixed length.
        sign: () => CURVES[curve].sign(hasher.digest(), secretKey, { prehash: false, lowS: false, extraEntropy: true }),
      };
    },
  };
}

export function ecdsaVerifier(curve: CurveName, hash: HashName, publicKey: Uint8Array): EcdsaVerifier | undefined {
  if (!CURVES[curve].utils.isValidPublicKey(publicKey, true)) return undefined;
  const hasher = HASHES[hash].create();
  return {
    update: (data) => {
      hasher.update(data);
    },
    verify: (signature) =>
      signature.length === 2 * (publicKey.length - 1) &&
      CURVES[curve].verify(signature, hasher.digest(), publicKey, { prehash: false, lowS: false }),
  };
}
