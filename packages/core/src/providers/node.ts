/**
 * Primitives of Node's OpenSSL. The default provider on Node.
 * @module
 */

import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  createHash,
  type DecipherGCM,
  getCiphers,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { nobleAes } from '#noble-aes';
import { TAG_LENGTH } from '../limits.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import type { HashName } from '../suites.ts';
import { missingCiphers, withAesOf } from './complete.ts';
import {
  isWrappedLength,
  requireAesKey,
  requireGcmIv,
  requireGcmLengths,
  requireGcmTag,
  requireHkdfLength,
  requireKwKey,
  requireKwpKey,
} from './lengths.ts';
import { ecdsaKeyPair, ecdsaVerifier } from './node-ecdsa.ts';
import { HASH_LENGTHS, hmacBuffer } from './node-hmac.ts';

const GCM_OPTIONS = { authTagLength: TAG_LENGTH };
/** RFC 3394 §2.2.3.1. */
const KW_IV = Uint8Array.of(0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6);
/** RFC 5649 §3. */
const KWP_IV = Uint8Array.of(0xa6, 0x59, 0x59, 0xa6);
/** Bytes of a piece. `update` returns a copy, and pieces of this size keep that copy in the processor's cache. */
const UPDATE_LENGTH = 65536;

/** The primitives of OpenSSL. Some platforms lack some of them. */
const opensslProvider: Provider = {
  name: 'node',

  randomKey: (length) => randomFillSync(new Uint8Array(length)),
  randomFill: fillFromPool,

  aesGcm: (key) => new NodeAesGcmKey(key),

  aesKwWrap: (kek, key) => {
    requireAesKey(kek, 'The key-encryption key');
    requireKwKey(key);
    return owned(createCipheriv(`id-aes${kek.length * 8}-wrap`, kek, KW_IV).update(key));
  },
  aesKwUnwrap: (kek, wrapped) => {
    requireAesKey(kek, 'The key-encryption key');
    return isWrappedLength(wrapped, 24) ? unwrap(`id-aes${kek.length * 8}-wrap`, kek, KW_IV, wrapped) : undefined;
  },
  aesKwpWrap: (kek, key) => {
    requireAesKey(kek, 'The key-encryption key');
    requireKwpKey(key);
    return owned(createCipheriv(`id-aes${kek.length * 8}-wrap-pad`, kek, KWP_IV).update(key));
  },
  aesKwpUnwrap: (kek, wrapped) => {
    requireAesKey(kek, 'The key-encryption key');
    return isWrappedLength(wrapped, 16) ? unwrap(`id-aes${kek.length * 8}-wrap-pad`, kek, KWP_IV, wrapped) : undefined;
  },

  hash: (name, data) => owned(createHash(name).update(data).digest()),
  hmac,
  hkdfExtract: (name, salt, inputKey) => hmac(name, salt, inputKey),
  hkdfExpand,

  ecdsaKeyPair,
  ecdsaVerifier,

  equalConstantTime: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};

/**
 * The primitives of `node:crypto`, which are the default on Node, but for RSA: `#rsa` has that, so that an application
 * without RSA keys does not carry it. On platforms that lack some of Node's ciphers, such as Bun and Deno, noble
 * supplies those, and `name` lists them.
 */
export const provider: Provider = /* @__PURE__ */ withAesOf(
  nobleAes,
  opensslProvider,
  /* @__PURE__ */ missingCiphers(/* @__PURE__ */ getCiphers()),
);

/** A prepared key. It is a class for speed: new closures for each key would cost as much as a copy of the data. */
class NodeAesGcmKey implements AesGcmKey {
  readonly #algorithm: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    requireAesKey(key, 'The AES-GCM key');
    this.#algorithm = key.length === 32 ? 'aes-256-gcm' : key.length === 24 ? 'aes-192-gcm' : 'aes-128-gcm';
    this.#key = key;
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void {
    requireGcmLengths(iv, plaintext, output, TAG_LENGTH);
    const cipher = createCipheriv(this.#algorithm, this.#key, iv, GCM_OPTIONS);
    cipher.setAAD(aad);
    update(cipher, plaintext, output);
    cipher.final();
    output.set(cipher.getAuthTag(), plaintext.length);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array): boolean {
    requireGcmLengths(iv, sealed, output, -TAG_LENGTH);
    const decipher = createDecipheriv(this.#algorithm, this.#key, iv, GCM_OPTIONS);
    decipher.setAAD(aad);
    if (output.length === 0) {
      decipher.setAuthTag(sealed);
    } else {
      decipher.setAuthTag(sealed.subarray(output.length));
      updateAndWipe(decipher, sealed.subarray(0, output.length), output);
    }
    try {
      decipher.final();
      return true;
    } catch {
      // After a complete update, `final` fails only if the tag is wrong.
      return false;
    }
  }

  gcmSealApart(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer>[] {
    requireGcmIv(iv);
    const cipher = createCipheriv(this.#algorithm, this.#key, iv, GCM_OPTIONS);
    cipher.setAAD(aad);
    const pieces = updateApart(cipher, plaintext);
    cipher.final();
    pieces.push(owned(cipher.getAuthTag()));
    return pieces;
  }

  gcmOpenApart(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined {
    requireGcmIv(iv);
    requireGcmTag(sealed);
    const length = sealed.length - TAG_LENGTH;
    const decipher = createDecipheriv(this.#algorithm, this.#key, iv, GCM_OPTIONS);
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(length));
    const pieces = updateApart(decipher, sealed.subarray(0, length));
    try {
      decipher.final();
      return pieces;
    } catch {
      // As above.
      for (const piece of pieces) piece.fill(0);
      return undefined;
    }
  }
}

/** Returns the pieces that Node allocated for OpenSSL's output. */
function updateApart(cipher: CipherGCM | DecipherGCM, input: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < input.length; at += UPDATE_LENGTH) pieces.push(owned(cipher.update(pieceAt(input, at))));
  return pieces;
}

function update(cipher: CipherGCM, input: Uint8Array, output: Uint8Array): void {
  for (let at = 0; at < input.length; at += UPDATE_LENGTH) output.set(cipher.update(pieceAt(input, at)), at);
}

function updateAndWipe(decipher: DecipherGCM, input: Uint8Array, output: Uint8Array): void {
  for (let at = 0; at < input.length; at += UPDATE_LENGTH) {
    const plaintext = decipher.update(pieceAt(input, at));
    output.set(plaintext, at);
    plaintext.fill(0);
  }
}

function pieceAt(input: Uint8Array, at: number): Uint8Array {
  return input.length <= UPDATE_LENGTH ? input : input.subarray(at, at + UPDATE_LENGTH);
}

function unwrap(
  algorithm: string,
  kek: Uint8Array,
  iv: Uint8Array,
  wrapped: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const decipher = createDecipheriv(algorithm, kek, iv);
  try {
    return owned(decipher.update(wrapped));
  } catch {
    // Lengths were checked before, so the integrity check failed.
    return undefined;
  }
}

function hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return owned(hmacBuffer(name, key, data));
}

// Not Node's hkdfSync: its key objects and jobs cost more than the three HMACs together.
function hkdfExpand(
  name: HashName,
  pseudorandomKey: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const hashLength = HASH_LENGTHS[name];
  requireHkdfLength(length, hashLength);
  const output = new Uint8Array(length);
  // The block before, info, and a counter. The first block has none before it.
  const before = length > hashLength ? hashLength : 0;
  const data = new Uint8Array(before + info.length + 1);
  data.set(info, before);
  for (let at = 0, counter = 1; at < length; at += hashLength, counter++) {
    data[data.length - 1] = counter;
    const block = hmacBuffer(name, pseudorandomKey, counter === 1 && before > 0 ? data.subarray(before) : data);
    if (before > 0) data.set(block);
    // A Buffer's own methods would cost more than these few bytes.
    for (let i = 0; i < hashLength; i++) {
      if (at + i < length) output[at + i] = block[i] as number;
      block[i] = 0;
    }
  }
  data.fill(0);
  return output;
}

// A call of the system costs as much as a frame of 64 bytes. One call fills the public values of some hundred messages.
const pool = new Uint8Array(8192);
let unused = pool.length;

function fillFromPool(target: Uint8Array): void {
  if (target.length > pool.length - unused) {
    if (target.length > pool.length) {
      randomFillSync(target);
      return;
    }
    randomFillSync(pool);
    unused = 0;
  }
  // A view would cost more than copying the few bytes one by one.
  for (let i = 0, at = unused; i < target.length; i++, at++) {
    target[i] = pool[at] as number;
    // Overwritten, so that bytes in use are neither returned again nor left in the pool.
    pool[at] = 0;
  }
  unused += target.length;
}

/** Returns the bytes in an ArrayBuffer of their own. Small results of OpenSSL may share Node's pool. */
function owned(bytes: Buffer): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) {
    return new Uint8Array(bytes.buffer);
  }
  const copy = Uint8Array.from(bytes);
  bytes.fill(0);
  return copy;
}
