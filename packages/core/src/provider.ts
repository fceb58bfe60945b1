/**
 * What the engine asks of a source of cryptographic primitives. Implementations are in `providers/`.
 * All functions are synchronous and pure but for randomness.
 * @module
 */

import { type Take, withMethods } from './options.ts';
import type { CurveName, HashName } from './suites.ts';

/** A prepared AES-GCM key: IV 12 bytes, tag 16 bytes. It borrows the key's bytes until its last use. */
export interface AesGcmKey {
  /**
   * Writes ciphertext ‖ tag into `output`, which has `plaintext.length + 16` bytes. NIST SP 800-38D §7.1.
   * The caller answers for never using an IV twice under one key.
   */
  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void;
  /**
   * Writes the plaintext of ciphertext ‖ tag into `output`, which has `sealed.length - 16` bytes. NIST SP 800-38D §7.2.
   * Where it returns false the tag was wrong, and what `output` holds must not be used.
   */
  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array): boolean;
  /**
   * As `gcmSeal`, in pieces of the library's own making, each with its own memory: spares a copy where a library cannot
   * write into a given buffer.
   */
  gcmSealApart?(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer>[];
  /** As `gcmOpen`, in such pieces; `undefined` where the tag was wrong, and nothing of the plaintext is left then. */
  gcmOpenApart?(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined;
}

/** A fresh key pair of one message. */
export interface EcdsaKeyPair {
  /** SEC1 compressed point, 33 bytes (P-256) or 49 (P-384). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** A signature to be made over what is handed to `update`, piece by piece. */
  signer(hash: HashName): EcdsaSigner;
}

/** One signature in the making. */
export interface EcdsaSigner {
  /** Takes the next piece of what is signed. */
  update(data: Uint8Array): void;
  /** r ‖ s, 64 or 96 bytes. FIPS 186-4 §6.4. Once. */
  sign(): Uint8Array;
}

/** One verification in the making. */
export interface EcdsaVerifier {
  /** Takes the next piece of what was signed. */
  update(data: Uint8Array): void;
  /** `signature` is r ‖ s; s may be high. Once. */
  verify(signature: Uint8Array): boolean;
}

/** RSAES of RFC 8017: PKCS1 is §7.2, OAEP §7.1 with MGF1 of the same hash and an empty label. */
export type RsaPadding = 'PKCS1' | 'OAEP-SHA-1' | 'OAEP-SHA-256' | 'OAEP-SHA-384' | 'OAEP-SHA-512';

/** RSA encryption; a platform may lack it. Keys are PEM text. */
export interface RsaProvider {
  /**
   * `publicKey` is SPKI.
   *
   * @throws `PolicyError` (`UNSUPPORTED`) where the platform reads no RSA key from it.
   */
  rsaEncrypt(publicKey: string, padding: RsaPadding, plaintext: Uint8Array): Uint8Array<ArrayBuffer>;
  /**
   * `privateKey` is PKCS#8. `undefined` where it does not open.
   *
   * @throws `PolicyError` (`UNSUPPORTED`) for PKCS1 where the platform has no implicit rejection, and where it reads no
   *   RSA key from `privateKey`.
   */
  rsaDecrypt(privateKey: string, padding: RsaPadding, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
}

/** A source of cryptographic primitives. Write your own by replacing what you need of another. */
export interface Provider {
  /** Which implementation this is, so that a fallback is never silent. */
  readonly name: string;

  /** Bytes for a secret key, straight from the system's generator. */
  randomKey(length: number): Uint8Array<ArrayBuffer>;
  /** Fills `target` with random bytes for a public value: message id, nonce, IV, salt. May come from a pool. */
  randomFill(target: Uint8Array): void;

  /** Prepares a key of 16, 24 or 32 bytes. */
  aesGcm(key: Uint8Array): AesGcmKey;

  /** AES-KW, RFC 3394 §2.2.1: 8 bytes more than the key, whose length is a multiple of 8 and at least 16. */
  aesKwWrap(kek: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer>;
  /** RFC 3394 §2.2.2; `undefined` where the integrity check fails. */
  aesKwUnwrap(kek: Uint8Array, wrapped: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
  /** AES-KWP, RFC 5649 §4.1: keys of any length from 1 byte. */
  aesKwpWrap(kek: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer>;
  /** RFC 5649 §4.2; `undefined` where the integrity check fails. */
  aesKwpUnwrap(kek: Uint8Array, wrapped: Uint8Array): Uint8Array<ArrayBuffer> | undefined;

  /** FIPS 180-4. */
  hash(name: HashName, data: Uint8Array): Uint8Array<ArrayBuffer>;
  /** RFC 2104. */
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer>;
  /** RFC 5869 §2.2; the salt may be empty. */
  hkdfExtract(name: HashName, salt: Uint8Array, inputKey: Uint8Array): Uint8Array<ArrayBuffer>;
  /** RFC 5869 §2.3; at most 255 hash lengths. */
  hkdfExpand(name: HashName, pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Uint8Array<ArrayBuffer>;

  /** A key pair from the system's generator. */
  ecdsaKeyPair(curve: CurveName): EcdsaKeyPair;
  /** For a SEC1 compressed point; `undefined` where it is none of the curve. */
  ecdsaVerifier(curve: CurveName, hash: HashName, publicKey: Uint8Array): EcdsaVerifier | undefined;

  /** Where the platform has it. */
  readonly rsa?: RsaProvider;

  /** Equality in a time that tells nothing of the content. Different lengths are unequal. */
  equalConstantTime(a: Uint8Array, b: Uint8Array): boolean;
}

/** Refuses what is not a provider, the name of one among it. */
export const asProvider: Take<Provider> = withMethods<Provider>(
  ['randomKey', 'randomFill', 'aesGcm', 'hmac'],
  'a provider of primitives, such as nodeProvider of @securestring/core/node or nobleProvider of @securestring/core/noble',
);
/** The part of a provider that is AES. */
export type AesProvider = Pick<
  Provider,
  'name' | 'aesGcm' | 'aesKwWrap' | 'aesKwUnwrap' | 'aesKwpWrap' | 'aesKwpUnwrap'
>;
