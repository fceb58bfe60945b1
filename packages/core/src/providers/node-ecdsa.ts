/**
 * ECDSA of Node's OpenSSL.
 * @module
 */

import {
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { concatBytes } from '../bytes.ts';
import { encodeIntegers } from '../der.ts';
import type { EcdsaKeyPair, EcdsaVerifier } from '../provider.ts';
import type { CurveName, HashName } from '../suites.ts';

/** DER of a SubjectPublicKeyInfo (RFC 5480 §2) up to the compressed point. */
const SPKI_PREFIXES: Readonly<Record<CurveName, Uint8Array>> = {
  'P-256': Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
  'P-384': Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex'),
};

export function ecdsaKeyPair(curve: CurveName): EcdsaKeyPair {
  // Not `publicKey.export` afterwards. On Node 20 the process would hang if the garbage collector ran during the export
  // and
  // dropped the job that made the key: the job would wait for the key's lock, which the export holds.
  const options = { namedCurve: curve, publicKeyEncoding: { format: 'jwk' } };
  const { publicKey, privateKey }: { publicKey: object; privateKey: KeyObject } = generateKeyPairSync('ec', options);
  return {
    // Node's types have no overload for a pair of which only one half is exported.
    publicKey: compressedPoint(publicKey as JsonWebKey),
    signer: (hash) => {
      const signer = createSign(hash);
      return {
        update: (data) => {
          signer.update(data);
        },
        sign: () => signer.sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }),
      };
    },
  };
}

export function ecdsaVerifier(curve: CurveName, hash: HashName, publicKey: Uint8Array): EcdsaVerifier | undefined {
  const key = importPoint(curve, publicKey);
  if (key === undefined) return undefined;
  const verifier = createVerify(hash);
  const length = publicKey.length - 1;
  return {
    update: (data) => {
      verifier.update(data);
    },
    // In DER, since for r ‖ s Node first passes the key to an older interface of OpenSSL: a tenth of the whole cost.
    verify: (signature) =>
      signature.length === 2 * length &&
      verifier.verify(key, encodeIntegers(signature.subarray(0, length), signature.subarray(length))),
  };
}

/** Returns the compressed point, SEC 1 §2.3.3: 02 or 03 by the parity of y, then x. */
function compressedPoint({ x = '', y = '' }: JsonWebKey): Uint8Array<ArrayBuffer> {
  const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1;
  return concatBytes(Uint8Array.of(odd === 1 ? 0x03 : 0x02), Buffer.from(x, 'base64url'));
}

function importPoint(curve: CurveName, point: Uint8Array): KeyObject | undefined {
  if (point[0] !== 0x02 && point[0] !== 0x03) return undefined;
  const prefix = SPKI_PREFIXES[curve];
  if (prefix.length + point.length !== 2 + (prefix[1] as number)) return undefined;
  try {
    return createPublicKey({ key: Buffer.concat([prefix, point]), format: 'der', type: 'spki' });
  } catch {
    // The DER around the point is fixed, so the point is not on the curve.
    return undefined;
  }
}
