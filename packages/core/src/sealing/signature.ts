/**
 * Signatures of the signing suites: a new key pair for each message, ECDSA over every wire byte before the footer.
 * data-format/message-footer.md, client-apis/encrypt.md#construct-the-signature.
 *
 * Footer: u16 length ‖ DER `SEQUENCE { INTEGER r, INTEGER s }`.
 * @module
 */

import { concatBytes, sameBytes, toHex } from '../bytes.ts';
import { encodeIntegers } from '../der.ts';
import { AuthenticationError, MalformedError } from '../errors.ts';
import type { EcdsaKeyPair, EcdsaVerifier, Provider } from '../provider.ts';
import type { CurveName, Suite } from '../suites.ts';

interface Curve {
  /** Bytes of a coordinate and of r and s. */
  readonly length: 32 | 48;
  /** The group's order n, FIPS 186-4 D.1.2.3 and D.1.2.4. */
  readonly order: bigint;
  /** Bytes of every signature that is written: of r and s, one has a leading zero byte and the other does not. */
  readonly signatureLength: 71 | 103;
}

const CURVES: Readonly<Record<CurveName, Curve>> = {
  'P-256': {
    length: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    signatureLength: 71,
  },
  'P-384': {
    length: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    signatureLength: 103,
  },
};

/** Returns the public key in the form of the encryption context: base64 of the compressed point. */
export function publicKeyText(keyPair: EcdsaKeyPair): string {
  return textOf(keyPair.publicKey);
}

/** Returns the bytes of the footer with a signature of {@link sign}, 0 if the suite does not sign. */
export function footerLength(suite: Suite): number {
  return suite.signature === null ? 0 : 2 + CURVES[suite.signature.curve].signatureLength;
}

/**
 * Signs `signed` and returns DER of the fixed length, so that a message's length is known before it is signed. If r or
 * s is too short (one signature in about 170), no choice of s has that length, and it signs again.
 */
export function sign(suite: SigningSuite, keyPair: EcdsaKeyPair, signed: Uint8Array): Uint8Array {
  const { curve, hash } = suite.signature;
  for (;;) {
    const signer = keyPair.signer(hash);
    signer.update(signed);
    const signature = encodeSignature(curve, signer.sign());
    if (signature.length === CURVES[curve].signatureLength) return signature;
  }
}

/** A suite that signs. */
export type SigningSuite = Suite & { readonly signature: NonNullable<Suite['signature']> };

/** Whether a suite signs. */
export function isSigning(suite: Suite): suite is SigningSuite {
  return suite.signature !== null;
}

/**
 * Encodes r ‖ s as DER, with n - s in place of s if that has the fixed length. Both verify (SEC 1 §4.1.4), and readers
 * accept both.
 */
export function encodeSignature(curve: CurveName, signature: Uint8Array): Uint8Array {
  const { length, order, signatureLength } = CURVES[curve];
  const r = signature.subarray(0, length);
  const s = signature.subarray(length);
  const der = encodeIntegers(r, s);
  if (der.length === signatureLength) return der;
  const negated = encodeIntegers(r, toBytes(order - toInteger(s), length));
  return negated.length === signatureLength ? negated : der;
}

/**
 * Decodes a DER signature into r ‖ s. Lengths and integers must be minimal, nothing may follow, and r and s are from 1
 * to n - 1; s may be high.
 *
 * @throws `AuthenticationError` for all other bytes: a malformed signature is a wrong one.
 */
export function decodeSignature(curve: CurveName, der: Uint8Array): Uint8Array {
  const { length, order } = CURVES[curve];
  // SEQUENCE and INTEGER have two bytes before their content. If a length is wrong, the comparison below finds it.
  const end = 4 + (der[3] ?? 0);
  const [r, s] = [toInteger(der.subarray(4, end)), toInteger(der.subarray(end + 2))];
  if (r > 0n && r < order && s > 0n && s < order) {
    const bytes = [toBytes(r, length), toBytes(s, length)];
    if (sameBytes(encodeIntegers(...bytes), der)) return concatBytes(...bytes);
  }
  throw new AuthenticationError();
}

/**
 * Makes the verifier of a message from the public key in its encryption context.
 *
 * @throws `MalformedError` (`MALFORMED_MESSAGE`) if the text is not a compressed point of the suite's curve.
 */
export function messageVerifier(provider: Provider, suite: SigningSuite, publicKey: string): EcdsaVerifier {
  const { curve, hash } = suite.signature;
  // Canonical base64 of a point has one length. Of longer text nothing is decoded.
  const point = publicKey.length === 4 * Math.ceil((1 + CURVES[curve].length) / 3) ? pointOf(publicKey) : undefined;
  const verifier = point && provider.ecdsaVerifier(curve, hash, point);
  if (verifier !== undefined) return verifier;
  throw new MalformedError(
    'MALFORMED_MESSAGE',
    `The public key in the encryption context is not a compressed point of ${curve}`,
    0,
  );
}

/** Decodes canonical base64 (RFC 4648 §4, §3.5). Returns `undefined` for all other text. */
function pointOf(publicKey: string): Uint8Array | undefined {
  try {
    const point = Uint8Array.from(atob(publicKey), (byte) => byte.charCodeAt(0));
    return textOf(point) === publicKey ? point : undefined;
  } catch {
    // `atob` refuses characters that are not base64, and nothing else.
    return undefined;
  }
}

// Not the package's own base64, which is for long texts: an application that only encrypts and decrypts does without.
function textOf(publicKey: Uint8Array): string {
  return btoa(String.fromCharCode(...publicKey));
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
