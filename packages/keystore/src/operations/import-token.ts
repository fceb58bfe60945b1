/**
 * Import tokens, and the unwrapping of key material with them. A token has all that an import needs, sealed for one
 * key, so the keystore keeps nothing between GetParametersForImport and ImportKeyMaterial.
 *
 * ```
 * 01 | salt 16 | IV 12 | AES-256-GCM(valid to i64 ms ‖ algorithm u8 ‖ RSA private key, PKCS#8 DER) | tag 16
 * key = HMAC-SHA256(import token key, 00000001 ‖ "securestring import token v1" ‖ 00 ‖ salt ‖ 00000100), AAD = key ARN
 * ```
 * @module
 */

import type { Provider } from '@securestring/core';
import { Reader, Writer } from '@securestring/core/bytes';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider, rsaOpener } from '#platform';
import { openSealed, SEALED_OVERHEAD, sealInto } from '../document/sealed.ts';
import { KEY_LENGTH } from '../limits.ts';
import type { ImportWrappingAlgorithm } from '../requests.ts';

/** The content of a token. */
export interface ImportToken {
  /** Milliseconds since 1970. */
  readonly validTo: number;
  readonly algorithm: ImportWrappingAlgorithm;
  /** PKCS#8 DER; secret. The owner of the token wipes it. */
  readonly privateKey: Uint8Array;
}

interface Wrapping {
  /** The algorithm's number in a token. */
  readonly code: number;
  /** The hash of OAEP and of its MGF1, RFC 8017 §7.1. */
  readonly hash: 'sha1' | 'sha256';
  /** Whether RSA wraps an AES key, and that key wraps the key material. */
  readonly byAes: boolean;
}

const WRAPPINGS: Readonly<Record<ImportWrappingAlgorithm, Wrapping>> = {
  RSAES_OAEP_SHA_1: { code: 1, hash: 'sha1', byAes: false },
  RSAES_OAEP_SHA_256: { code: 2, hash: 'sha256', byAes: false },
  RSA_AES_KEY_WRAP_SHA_1: { code: 3, hash: 'sha1', byAes: true },
  RSA_AES_KEY_WRAP_SHA_256: { code: 4, hash: 'sha256', byAes: true },
};
/** The algorithms that this keystore supports. */
export const WRAPPING_ALGORITHMS: readonly ImportWrappingAlgorithm[] = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
];

const VERSION = 1;
const LABEL = encodeUtf8('securestring import token v1');
/** Bytes of a token's content before the private key. */
const FIXED_LENGTH = 9;

/** Seals a token for the key that `arn` names. */
export function sealToken(
  tokenKey: Uint8Array,
  arn: string,
  { validTo, algorithm, privateKey }: ImportToken,
  provider: Provider = defaultProvider,
): Uint8Array<ArrayBuffer> {
  const high = Math.floor(validTo / 2 ** 32);
  const content = new Writer(new Uint8Array(FIXED_LENGTH + privateKey.length))
    .uint32(high)
    .uint32(validTo - high * 2 ** 32)
    .uint8(WRAPPINGS[algorithm].code)
    .raw(privateKey).bytes;
  const writer = new Writer(new Uint8Array(1 + content.length + SEALED_OVERHEAD)).uint8(VERSION);
  const sealed = writer.reserve(content.length + SEALED_OVERHEAD);
  try {
    sealInto(sealed, content, { provider, secret: tokenKey, label: LABEL, authenticated: encodeUtf8(arn) });
  } finally {
    content.fill(0);
  }
  return writer.bytes;
}

/** Opens a token that was sealed for the key that `arn` names; `undefined` if it was not. The caller wipes it. */
export function openToken(
  tokenKey: Uint8Array,
  arn: string,
  bytes: Uint8Array,
  provider: Provider = defaultProvider,
): ImportToken | undefined {
  if (bytes[0] !== VERSION || bytes.length <= 1 + SEALED_OVERHEAD + FIXED_LENGTH) return undefined;
  const content = openSealed(bytes.subarray(1), {
    provider,
    secret: tokenKey,
    label: LABEL,
    authenticated: encodeUtf8(arn),
  });
  if (content === undefined) return undefined;
  try {
    const reader = new Reader(content, 'MALFORMED_SEALED_VALUE');
    const validTo = Number(BigInt.asIntN(64, reader.uint64('valid to')));
    const code = reader.uint8('algorithm');
    const privateKey = reader.take(reader.remaining, 'private key');
    const algorithm = WRAPPING_ALGORITHMS.find((name) => WRAPPINGS[name].code === code);
    return algorithm && { validTo, algorithm, privateKey: privateKey.slice() };
  } finally {
    content.fill(0);
  }
}

/**
 * Unwraps key material with a token. The caller wipes it. The result is `undefined` for wrong bytes of any kind: a
 * reason would help an attacker who guesses at a padding.
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
