/**
 * The native provider. Hashes, HMAC, HKDF, AES-GCM and the whole units of work are AWS-LC's, over Node-API; key wraps,
 * signatures and RSA are those of `nodeProvider`.
 * @module
 */

import type { Provider } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { addon, aesGcm, deriveMessageKey } from './native-aes.ts';
import { clearScratch, given, placeOf, scratch, takeOutput } from './scratch.ts';

type HashName = Parameters<Provider['hash']>[0];

/** Each hash by the number that the native part knows it by, and the bytes of its digest. FIPS 180-4 §1. */
const HASHES: Readonly<Record<HashName, { readonly number: number; readonly length: number }>> = {
  sha1: { number: 1, length: 20 },
  sha256: { number: 256, length: 32 },
  sha384: { number: 384, length: 48 },
  sha512: { number: 512, length: 64 },
};

/**
 * The primitives of AWS-LC, and the units of a message's work in one call each. Pass it as `provider`.
 *
 * @example
 * const { message } = encrypt(plaintext, { keyring, provider: nativeProvider });
 */
export const nativeProvider: Provider = {
  ...nodeProvider,
  name: 'native',

  randomKey,

  aesGcm,
  deriveMessageKey,
  sealDerived,
  openDerived,

  hash,
  hmac,
  hkdfExtract: hmac,
  hkdfExpand,
};

function randomKey(length: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(length);
  try {
    const place = placeOf(output);
    addon.randomFill(scratch, place);
    takeOutput(output, place);
    return output;
  } finally {
    clearScratch();
  }
}

function hash(name: HashName, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { number, length } = HASHES[name];
  const output = new Uint8Array(length);
  try {
    const [content, place] = [given(data), placeOf(output)];
    addon.hash(scratch, number, content, place);
    takeOutput(output, place);
    return output;
  } finally {
    clearScratch();
  }
}

function hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { number, length } = HASHES[name];
  const output = new Uint8Array(length);
  try {
    const [secret, content, place] = [given(key), given(data), placeOf(output)];
    addon.hmac(scratch, number, secret, content, place);
    takeOutput(output, place);
    return output;
  } finally {
    clearScratch();
  }
}

function hkdfExpand(
  name: HashName,
  pseudorandomKey: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  // The constructor of an array would round it.
  if (!Number.isInteger(length)) throw new RangeError(`HKDF gives whole bytes, not ${length}.`);
  const output = new Uint8Array(length);
  try {
    const [secret, content, place] = [given(pseudorandomKey), given(info), placeOf(output)];
    addon.hkdfExpand(scratch, HASHES[name].number, secret, content, place);
    takeOutput(output, place);
    return output;
  } finally {
    clearScratch();
  }
}

function sealDerived(
  key: Uint8Array,
  input: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  output: Uint8Array,
): void {
  try {
    const [secret, context, nonce] = [given(key), given(input), given(iv)];
    const [additional, content, place] = [given(aad), given(plaintext), placeOf(output)];
    addon.sealDerived(scratch, secret, context, nonce, additional, content, place);
    takeOutput(output, place);
  } finally {
    clearScratch();
  }
}

function openDerived(
  key: Uint8Array,
  input: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  output: Uint8Array,
): boolean {
  try {
    const [secret, context, nonce] = [given(key), given(input), given(iv)];
    const [additional, content, place] = [given(aad), given(sealed), placeOf(output)];
    const opened = addon.openDerived(scratch, secret, context, nonce, additional, content, place);
    takeOutput(output, place);
    return opened;
  } finally {
    clearScratch();
  }
}
