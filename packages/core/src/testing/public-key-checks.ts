/**
 * Checks of a provider's ECDSA and RSA.
 * @module
 */

import { concatBytes, sameBytes, toHex } from '../bytes.ts';
import type { Provider, RsaPadding, RsaProvider } from '../provider.ts';
import { encodeUtf8 } from '../utf8.ts';
import { changed, counting, expect, expectBytes, hex, isUnsupported, pem } from './expect.ts';
import { ECDSA_VECTORS, RSA_VECTOR } from './vectors.ts';

const NONE = new Uint8Array(0);
const SAMPLE = encodeUtf8('sample');

/** Checks the vectors of ECDSA. */
export function checkEcdsaVectors(provider: Provider): void {
  for (const { curve, hash, publicKey, signature } of ECDSA_VECTORS) {
    const verify = (bytes: Uint8Array, ...pieces: readonly Uint8Array[]) => {
      const verifier = provider.ecdsaVerifier(curve, hash, hex(publicKey));
      expect(verifier !== undefined, `ecdsaVerifier refused a point of ${curve}`);
      for (const piece of pieces) verifier?.update(piece);
      return verifier?.verify(bytes) === true;
    };
    const right = hex(signature);
    expect(verify(right, SAMPLE), `ecdsaVerifier refused the vector of ${curve}`);
    expect(verify(right, SAMPLE.subarray(0, 2), NONE, SAMPLE.subarray(2)), `update in pieces differs on ${curve}`);
    expect(!verify(right, encodeUtf8('samples')), `ecdsaVerifier accepted another text on ${curve}`);
    const zero = new Uint8Array(right.length);
    for (const wrong of [zero, NONE, right.subarray(1), concatBytes(right, Uint8Array.of(0)), ...changed(right, 16)])
      expect(!verify(wrong, SAMPLE), `ecdsaVerifier accepted a wrong signature of ${curve}`);
  }
}

/** Checks new key pairs and their signatures. */
export function checkEcdsaPairs(provider: Provider): void {
  for (const { curve, hash, publicKey, signature } of ECDSA_VECTORS) {
    const pair = provider.ecdsaKeyPair(curve);
    expect(pair.publicKey.length === publicKey.length / 2, `ecdsaKeyPair must return a compressed point of ${curve}`);
    expect(!sameBytes(pair.publicKey, provider.ecdsaKeyPair(curve).publicKey), 'ecdsaKeyPair returned a key twice');
    // Signing is repeated until DER has the fixed length, so that equal signatures would repeat for ever.
    const signatures = [0, 1].map(() => {
      const signer = pair.signer(hash);
      for (const piece of [SAMPLE, NONE, SAMPLE]) signer.update(piece);
      return signer.sign();
    });
    expect(new Set(signatures.map(toHex)).size === 2, `sign returned the same signature of ${curve} twice`);
    for (const made of signatures) {
      expect(made.length === signature.length / 2, `sign must return r ‖ s of ${curve}`);
      const verifier = provider.ecdsaVerifier(curve, hash, pair.publicKey);
      verifier?.update(concatBytes(SAMPLE, SAMPLE));
      expect(verifier?.verify(made) === true, `A signature of ${curve} does not verify`);
    }
  }
}

/** Checks that wrong points are refused. */
export function checkEcdsaPoints(provider: Provider): void {
  for (const { curve, hash, publicKey } of ECDSA_VECTORS) {
    const point = hex(publicKey);
    const x = point.subarray(1);
    const prefixed = (prefix: number) => concatBytes(Uint8Array.of(prefix), x);
    // A coordinate of all ones is not below the field's prime.
    const tooLarge = concatBytes(Uint8Array.of(2), new Uint8Array(x.length).fill(0xff));
    const wrong = [NONE, x, prefixed(0), prefixed(4), concatBytes(point, Uint8Array.of(0)), tooLarge];
    for (const bytes of wrong)
      expect(provider.ecdsaVerifier(curve, hash, bytes) === undefined, `ecdsaVerifier accepted no point of ${curve}`);
  }
}

const PADDINGS: readonly RsaPadding[] = ['PKCS1', 'OAEP-SHA-1', 'OAEP-SHA-256', 'OAEP-SHA-384', 'OAEP-SHA-512'];
const PUBLIC_KEY = pem('PUBLIC KEY', RSA_VECTOR.publicKey);
const PRIVATE_KEY = pem('PRIVATE KEY', RSA_VECTOR.privateKey);

/** Checks the vector of RSA, and each padding. */
export function checkRsa(rsa: RsaProvider): void {
  const opened = rsa.rsaDecrypt(PRIVATE_KEY, 'OAEP-SHA-256', hex(RSA_VECTOR.ciphertext));
  expectBytes(opened, RSA_VECTOR.plaintext, 'rsaDecrypt');
  for (const padding of PADDINGS) {
    const ciphertext = rsa.rsaEncrypt(PUBLIC_KEY, padding, counting(32));
    expect(ciphertext.length === 256, `rsaEncrypt ${padding} must return as many bytes as the modulus has`);
    const decrypt = () => rsa.rsaDecrypt(PRIVATE_KEY, padding, ciphertext);
    if (padding !== 'PKCS1' || !isUnsupported(decrypt))
      expectBytes(decrypt(), toHex(counting(32)), `rsaDecrypt ${padding}`);
  }
}

/** Checks that changed ciphertexts and damaged keys are refused. */
export function checkRsaRefusals(rsa: RsaProvider): void {
  for (const padding of PADDINGS.slice(1)) {
    const ciphertext = rsa.rsaEncrypt(PUBLIC_KEY, padding, counting(32));
    const wrong = [NONE, ciphertext.subarray(1), ...changed(ciphertext, 64)];
    for (const bytes of wrong)
      expect(rsa.rsaDecrypt(PRIVATE_KEY, padding, bytes) === undefined, `rsaDecrypt ${padding} opened changed bytes`);
  }
  // The same number in one byte less. RFC 8017 §7.1.2, step 1b.
  const short = rsaCiphertextOfZero(rsa).subarray(1);
  expect(rsa.rsaDecrypt(PRIVATE_KEY, 'OAEP-SHA-256', short) === undefined, 'rsaDecrypt opened too few bytes');
  const noKey = pem('PUBLIC KEY', 'AAAA');
  expect(
    isUnsupported(() => rsa.rsaEncrypt(noKey, 'OAEP-SHA-256', SAMPLE)),
    'rsaEncrypt must refuse a damaged key',
  );
  const noPrivateKey = pem('PRIVATE KEY', 'AAAA');
  expect(
    isUnsupported(() => rsa.rsaDecrypt(noPrivateKey, 'OAEP-SHA-256', hex(RSA_VECTOR.ciphertext))),
    'rsaDecrypt must refuse a damaged key',
  );
}

/** Returns a ciphertext that begins with a zero byte: one in 256 does. */
function rsaCiphertextOfZero(rsa: RsaProvider): Uint8Array {
  for (;;) {
    const ciphertext = rsa.rsaEncrypt(PUBLIC_KEY, 'OAEP-SHA-256', counting(32));
    if (ciphertext[0] === 0) return ciphertext;
  }
}
