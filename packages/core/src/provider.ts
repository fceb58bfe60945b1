/**
 * The interface of a source of cryptographic primitives. Implementations are in `providers/`.
 * All functions are synchronous, and pure except for randomness.
 * @module
 */

import { type Take, withMethods } from './options.ts';
import type { CurveName, HashName } from './suites.ts';

/**
 * A prepared AES-GCM key, for IVs of 12 bytes and tags of 16 bytes. It may keep a reference to the key's bytes, so the
 * caller wipes them only after the last use.
 */
export interface AesGcmKey {
  /**
   * Writes ciphertext ‖ tag into `output`, which has `plaintext.length + 16` bytes. NIST SP 800-38D §7.1.
   * The caller never uses an IV twice under one key. A wrong length is a `RangeError`.
   */
  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void;
  /**
   * Writes the plaintext of ciphertext ‖ tag into `output`, which has `sealed.length - 16` bytes. NIST SP 800-38D §7.2.
   * Returns false if the tag is wrong; then the caller must not use the content of `output`. A wrong length is a
   * `RangeError`.
   */
  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array): boolean;
  /**
   * Returns ciphertext ‖ tag in pieces that the library allocated, each with its own memory. Optional: it saves a copy
   * in libraries that cannot write into a given buffer.
   */
  gcmSealApart?(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer>[];
  /**
   * Returns the plaintext in such pieces, or `undefined` if the tag is wrong; then the plaintext is wiped. Optional.
   */
  gcmOpenApart?(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined;
  /**
   * Seals all frames of a body at once: writes sequence numbers, IVs, the final frame's marker and length, ciphertexts
   * and tags into `body`, as data-format/message-body.md lays them out. All frames but the last hold `frameLength`
   * bytes; the last one holds 1 to `frameLength`, or none if the plaintext is empty. `messageId` has 16 or 32 bytes.
   * Another length of `body` than that of these frames is a `RangeError`. Optional, a whole unit of work: see
   * {@link Provider}.
   */
  sealFrames?(messageId: Uint8Array, plaintext: Uint8Array, frameLength: number, body: Uint8Array): void;
  /**
   * Opens all frames of a body of message version 2 at once. Returns false if a sequence number, an IV, the final
   * frame's marker or length, or a tag is wrong; then `plaintext` is wiped. The last frame may be empty behind full
   * ones. `body` and `plaintext` have lengths that fit each other; others are a `RangeError`. Optional, a unit as well.
   */
  openFrames?(messageId: Uint8Array, body: Uint8Array, frameLength: number, plaintext: Uint8Array): boolean;
  /**
   * Wipes what the key holds outside of JavaScript's heap. The engine calls it when a message is done; a keyring keeps
   * its key prepared. A second call does nothing, other calls afterwards throw. Optional.
   */
  close?(): void;
}

/** A signing key pair, made for one message. */
export interface EcdsaKeyPair {
  /** SEC1 compressed point, 33 bytes (P-256) or 49 (P-384). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Begins a signature over the data that is passed to `update`, piece by piece. */
  signer(hash: HashName): EcdsaSigner;
}

/** A signature in the making. */
export interface EcdsaSigner {
  /** Takes the next piece of the signed data. */
  update(data: Uint8Array): void;
  /** Returns r ‖ s, 64 bytes (P-256) or 96 (P-384). FIPS 186-4 §6.4. Called once. */
  sign(): Uint8Array;
}

/** A verification in the making. */
export interface EcdsaVerifier {
  /** Takes the next piece of the signed data. */
  update(data: Uint8Array): void;
  /** Checks the signature r ‖ s, in which s may be high. A wrong length is a wrong signature. Called once. */
  verify(signature: Uint8Array): boolean;
}

/** RSA encryption schemes of RFC 8017: PKCS1 is §7.2, OAEP §7.1 with MGF1 of the same hash and an empty label. */
export type RsaPadding = 'PKCS1' | 'OAEP-SHA-1' | 'OAEP-SHA-256' | 'OAEP-SHA-384' | 'OAEP-SHA-512';

/** RSA encryption; a platform may lack it. Keys are PEM text. */
export interface RsaProvider {
  /**
   * Encrypts under `publicKey`, which is SPKI.
   *
   * @throws `PolicyError` (`UNSUPPORTED`) if the platform cannot read an RSA key from it.
   */
  rsaEncrypt(publicKey: string, padding: RsaPadding, plaintext: Uint8Array): Uint8Array<ArrayBuffer>;
  /**
   * Decrypts with `privateKey`, which is PKCS#8. Returns `undefined` if the ciphertext does not open.
   *
   * @throws `PolicyError` (`UNSUPPORTED`) for PKCS1 if the platform has no implicit rejection, and if the platform
   *   cannot read an RSA key from `privateKey`.
   */
  rsaDecrypt(privateKey: string, padding: RsaPadding, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
}

/**
 * A source of cryptographic primitives. To write your own, copy another one and replace some of its functions;
 * `providerContract` of `@securestring/core/testing` checks the result.
 *
 * A provider may also have whole units of work: `deriveMessageKey`, `sealDerived`, `openDerived`, and the frames of an
 * {@link AesGcmKey}. The engine calls a unit instead of the primitives in it. So if you copy a provider that has units
 * and replace a primitive, replace the units too, or leave them out.
 */
export interface Provider {
  /** The implementation's name, which error messages and `providerName` show. */
  readonly name: string;

  /** Returns bytes for a secret key, straight from the system's generator. */
  randomKey(length: number): Uint8Array<ArrayBuffer>;
  /** Fills `target` with random bytes for a public value: message id, nonce, IV, salt. They may come from a pool. */
  randomFill(target: Uint8Array): void;

  /** Prepares a key of 16, 24 or 32 bytes. Another length is a `RangeError`. */
  aesGcm(key: Uint8Array): AesGcmKey;

  /**
   * Wraps with AES-KW, RFC 3394 §2.2.1: 8 bytes more than the key, whose length is a multiple of 8 and at least 16.
   * Another length, of key or `kek`, is a `RangeError`.
   */
  aesKwWrap(kek: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Unwraps AES-KW, RFC 3394 §2.2.2. Returns `undefined` if the length or the integrity check is wrong. */
  aesKwUnwrap(kek: Uint8Array, wrapped: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
  /**
   * Wraps with AES-KWP, RFC 5649 §4.1: keys of 1 to 65536 bytes. Another length, of key or `kek`, is a `RangeError`.
   */
  aesKwpWrap(kek: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Unwraps AES-KWP, RFC 5649 §4.2. Returns `undefined` if the length or the integrity check is wrong. */
  aesKwpUnwrap(kek: Uint8Array, wrapped: Uint8Array): Uint8Array<ArrayBuffer> | undefined;

  /** Hashes data, FIPS 180-4. */
  hash(name: HashName, data: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Computes an HMAC, RFC 2104. */
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Extracts a pseudorandom key, RFC 5869 §2.2. The salt may be empty. */
  hkdfExtract(name: HashName, salt: Uint8Array, inputKey: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Expands a pseudorandom key, RFC 5869 §2.3, to 0 bytes to 255 hash lengths. Another length is a `RangeError`. */
  hkdfExpand(name: HashName, pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Uint8Array<ArrayBuffer>;

  /** Makes a key pair from the system's generator. */
  ecdsaKeyPair(curve: CurveName): EcdsaKeyPair;
  /** Begins a verification under a SEC1 compressed point. Returns `undefined` if the point is not on the curve. */
  ecdsaVerifier(curve: CurveName, hash: HashName, publicKey: Uint8Array): EcdsaVerifier | undefined;

  /**
   * RSA encryption, if the platform has it. The default provider is without it: on Node, `rawRsaKeyring` brings its
   * own, so that an application without RSA keys does not carry any.
   */
  readonly rsa?: RsaProvider;

  /**
   * Derives the key of a message that commits (suites 0x0478 and 0x0578), and prepares it: HKDF-SHA-512, the message id
   * as salt, and as info the suite's id ‖ `DERIVEKEY`. Writes the 32 bytes of the derivation with info `COMMITKEY` into
   * `commitment`. `dataKey`, `messageId` and `commitment` have 32 bytes; another length is a `RangeError`. The caller
   * wipes the data key at once. Returns `undefined` if the provider has no room for one more key: the engine takes the
   * primitives then. Optional, a unit.
   */
  deriveMessageKey?(
    suiteId: number,
    dataKey: Uint8Array,
    messageId: Uint8Array,
    commitment: Uint8Array,
  ): AesGcmKey | undefined;
  /** Seals as `gcmSeal` does, under the key HMAC-SHA-256(key, input). Optional, a unit. */
  sealDerived?(
    key: Uint8Array,
    input: Uint8Array,
    iv: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
    output: Uint8Array,
  ): void;
  /** Opens as `gcmOpen` does, under the key HMAC-SHA-256(key, input). Optional, a unit. */
  openDerived?(
    key: Uint8Array,
    input: Uint8Array,
    iv: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
    output: Uint8Array,
  ): boolean;

  /** Compares in a time that does not depend on the content. Different lengths are unequal. */
  equalConstantTime(a: Uint8Array, b: Uint8Array): boolean;
}

/** Throws a `TypeError` unless the value has the methods of a provider. A provider's name is refused too. */
export const asProvider: Take<Provider> = withMethods<Provider>(
  ['randomKey', 'randomFill', 'aesGcm', 'hmac'],
  'a provider of primitives, such as nodeProvider of @securestring/core/node or nobleProvider of @securestring/core/noble',
);
/** The AES part of a provider. */
export type AesProvider = Pick<
  Provider,
  'name' | 'aesGcm' | 'aesKwWrap' | 'aesKwUnwrap' | 'aesKwpWrap' | 'aesKwpUnwrap'
>;

/** Seals as `gcmSeal` does, under a key that is used once. */
export function sealOnce(
  provider: AesProvider,
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  output: Uint8Array,
): void {
  const prepared = provider.aesGcm(key);
  try {
    prepared.gcmSeal(iv, aad, plaintext, output);
  } finally {
    prepared.close?.();
  }
}

/** Opens as `gcmOpen` does, under a key that is used once. */
export function openOnce(
  provider: AesProvider,
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  output: Uint8Array,
): boolean {
  const prepared = provider.aesGcm(key);
  try {
    return prepared.gcmOpen(iv, aad, sealed, output);
  } finally {
    prepared.close?.();
  }
}
