/**
 * Signatures of the signing suites: a new key pair for each message, ECDSA over every wire byte before the footer.
 * data-format/message-footer.md, client-apis/encrypt.md#construct-the-signature.
 *
 * Footer: u16 length ‖ DER `SEQUENCE { INTEGER r, INTEGER s }`.
 * @module
 */

import { decodeBase64, encodeBase64 } from '../base64.ts';
import { Reader, toHex } from '../bytes.ts';
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
  return encodeBase64(keyPair.publicKey);
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
  const signature = new Uint8Array(2 * length);
  try {
    const reader = new Reader(der, 'MALFORMED_MESSAGE');
    expectByte(reader, 0x30);
    expectByte(reader, reader.remaining - 1);
    readInteger(reader, order, signature.subarray(0, length));
    readInteger(reader, order, signature.subarray(length));
    reader.expectEnd('the signature');
  } catch (error) {
    throw error instanceof MalformedError ? new AuthenticationError() : error;
  }
  return signature;
}

/**
 * Makes the verifier of a message from the public key in its encryption context.
 *
 * @throws `MalformedError` (`MALFORMED_MESSAGE`) if the text is not a compressed point of the suite's curve.
 */
export function messageVerifier(provider: Provider, suite: SigningSuite, publicKey: string): EcdsaVerifier {
  const { curve, hash } = suite.signature;
  const point = decodeBase64(publicKey);
  if (typeof point !== 'number' && point.length === 1 + CURVES[curve].length) {
    const verifier = provider.ecdsaVerifier(curve, hash, point);
    if (verifier !== undefined) return verifier;
  }
  throw new MalformedError(
    'MALFORMED_MESSAGE',
    `The public key in the encryption context is not a compressed point of ${curve}`,
    0,
  );
}

function readInteger(reader: Reader, order: bigint, output: Uint8Array): void {
  expectByte(reader, 0x02);
  const bytes = reader.take(reader.uint8('integer length'), 'integer');
  const digits = bytes[0] === 0 ? bytes.subarray(1) : bytes;
  const minimal = bytes.length > 0 && digits.length > 0 && (digits === bytes) === (digits[0] as number) < 0x80;
  const value = minimal && digits.length <= output.length ? toInteger(digits) : 0n;
  if (value < 1n || value >= order) throw reader.error('An integer of the signature is out of range');
  output.set(digits, output.length - digits.length);
}

function expectByte(reader: Reader, expected: number): void {
  if (reader.uint8('signature') !== expected) throw reader.error('The signature is not DER');
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
