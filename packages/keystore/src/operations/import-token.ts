/**
 * Import tokens, and what they unwrap. A token holds all that the import needs, sealed for one key: nothing is kept
 * between GetParametersForImport and ImportKeyMaterial.
 *
 * ```
 * 01 | salt 16 | IV 12 | AES-256-GCM(valid to i64 ms ‖ algorithm u8 ‖ RSA private key, PKCS#8 DER) | tag 16
 * key = HMAC-SHA256(import token key, 00000001 ‖ "securestring import token v1" ‖ 00 ‖ salt ‖ 00000100), AAD = key ARN
 * ```
 * @module
 */

import type { Provider } from '@securestring/core';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider, rsaOpener } from '#platform';
import { ID_LENGTH, IV_LENGTH, KEY_LENGTH, TAG_LENGTH } from '../limits.ts';
import type { ImportWrappingAlgorithm } from '../shapes.ts';

/** What a token says. */
export interface ImportToken {
  /** Milliseconds since 1970. */
  readonly validTo: number;
  readonly algorithm: ImportWrappingAlgorithm;
  /** DER; secret, whoever has it wipes it. */
  readonly privateKey: Uint8Array;
}

interface Wrapping {
  /** In the token. */
  readonly code: number;
  /** Of OAEP and its MGF1, RFC 8017 §7.1. */
  readonly hash: 'sha1' | 'sha256';
  /** Whether RSA wraps an AES key, and that the key material. */
  readonly byAes: boolean;
}

const WRAPPINGS: Readonly<Record<ImportWrappingAlgorithm, Wrapping>> = {
  RSAES_OAEP_SHA_1: { code: 1, hash: 'sha1', byAes: false },
  RSAES_OAEP_SHA_256: { code: 2, hash: 'sha256', byAes: false },
  RSA_AES_KEY_WRAP_SHA_1: { code: 3, hash: 'sha1', byAes: true },
  RSA_AES_KEY_WRAP_SHA_256: { code: 4, hash: 'sha256', byAes: true },
};
export const WRAPPING_ALGORITHMS: readonly ImportWrappingAlgorithm[] = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
];

const VERSION = 1;
const LABEL = encodeUtf8('securestring import token v1');
const SALT_AT = 1;
const IV_AT = SALT_AT + ID_LENGTH;
const SEALED_AT = IV_AT + IV_LENGTH;
/** Bytes of a token's content before the private key. */
const FIXED_LENGTH = 9;

/** Seals a token for the key that `arn` names. */
export function sealToken(
  tokenKey: Uint8Array,
  arn: string,
  token: ImportToken,
  provider: Provider = defaultProvider,
): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(FIXED_LENGTH + token.privateKey.length);
  const view = new DataView(content.buffer);
  view.setBigInt64(0, BigInt(token.validTo));
  view.setUint8(8, WRAPPINGS[token.algorithm].code);
  content.set(token.privateKey, FIXED_LENGTH);
  const bytes = new Uint8Array(SEALED_AT + content.length + TAG_LENGTH);
  bytes[0] = VERSION;
  const iv = bytes.subarray(IV_AT, SEALED_AT);
  provider.randomFill(bytes.subarray(SALT_AT, SEALED_AT));
  const key = deriveKey(provider, tokenKey, LABEL, bytes.subarray(SALT_AT, IV_AT));
  try {
    provider.aesGcm(key).gcmSeal(iv, encodeUtf8(arn), content, bytes.subarray(SEALED_AT));
  } finally {
    key.fill(0);
    content.fill(0);
  }
  return bytes;
}

/** What a token says that was sealed for the key that `arn` names; `undefined` where it was not. */
export function openToken(
  tokenKey: Uint8Array,
  arn: string,
  bytes: Uint8Array,
  provider: Provider = defaultProvider,
): ImportToken | undefined {
  const contentLength = bytes.length - SEALED_AT - TAG_LENGTH;
  if (bytes[0] !== VERSION || contentLength <= FIXED_LENGTH) return undefined;
  const content = new Uint8Array(contentLength);
  const key = deriveKey(provider, tokenKey, LABEL, bytes.subarray(SALT_AT, IV_AT));
  try {
    const iv = bytes.subarray(IV_AT, SEALED_AT);
    if (!provider.aesGcm(key).gcmOpen(iv, encodeUtf8(arn), bytes.subarray(SEALED_AT), content)) return undefined;
    const view = new DataView(content.buffer);
    const algorithm = WRAPPING_ALGORITHMS.find((name) => WRAPPINGS[name].code === view.getUint8(8));
    if (algorithm === undefined) return undefined;
    return { validTo: Number(view.getBigInt64(0)), algorithm, privateKey: content.slice(FIXED_LENGTH) };
  } finally {
    key.fill(0);
    content.fill(0);
  }
}

/**
 * Unwraps key material as a token says. The caller wipes what it gets. `undefined` whatever is wrong with the bytes: a
 * reason would help whoever guesses at a padding.
 */
export function unwrapImport(
  { algorithm, privateKey }: ImportToken,
  wrapped: Uint8Array,
  provider: Provider = defaultProvider,
): Uint8Array | undefined {
  const { hash, byAes } = WRAPPINGS[algorithm];
  const { modulusBytes, open } = rsaOpener(privateKey);
  if (!byAes) return open(hash, wrapped);
  const wrappingKey = open(hash, wrapped.subarray(0, modulusBytes));
  try {
    if (wrappingKey?.length !== KEY_LENGTH) return undefined;
    return provider.aesKwpUnwrap(wrappingKey, wrapped.subarray(modulusBytes));
  } finally {
    wrappingKey?.fill(0);
  }
}
