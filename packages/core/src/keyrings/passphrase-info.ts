/**
 * The provider info of data keys under a passphrase, a form of this engine's own:
 *
 * ```
 * version 01 | log2 N u8 | r u8 | p u8 | salt 16 | IV 12
 * ```
 * @module
 */

import { concatBytes } from '../bytes.ts';
import { IV_LENGTH, PASSPHRASE_COSTS } from '../limits.ts';

/** The key provider id of data keys under a passphrase. */
export const PASSPHRASE_PROVIDER_ID = 'securestring-passphrase';

/** What makes the wrapping key of a passphrase. RFC 7914 §2. */
export interface PassphraseCosts {
  /** The binary logarithm of N, the number of blocks in memory. */
  readonly log2N: number;
  /** The size of a block, in 128 bytes. */
  readonly r: number;
  /** How often the work is done. */
  readonly p: number;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

const VERSION = 0x01;
const SALT_LENGTH = 16;
const COSTS_LENGTH = 4 + SALT_LENGTH;

/** Encodes the part that makes the key; the IV follows it. */
export function encodePassphraseCosts({ log2N, r, p, salt }: PassphraseCosts): Uint8Array<ArrayBuffer> {
  return concatBytes(Uint8Array.of(VERSION, log2N, r, p), salt);
}

/** Decodes a provider info; `undefined` if it has another version or length. The costs are not checked yet. */
export function decodePassphraseInfo(info: Uint8Array): (PassphraseCosts & { readonly iv: Uint8Array }) | undefined {
  const [version, log2N = 0, r = 0, p = 0] = info;
  if (version !== VERSION || info.length !== COSTS_LENGTH + IV_LENGTH) return undefined;
  return { log2N, r, p, salt: info.subarray(4, COSTS_LENGTH), iv: info.subarray(COSTS_LENGTH) };
}

/** Whether the costs are safe to pay for a message of a stranger. */
export function areSafeCosts({ log2N, r, p }: PassphraseCosts): boolean {
  const { leastLog2N, memory, work } = PASSPHRASE_COSTS;
  if (log2N < leastLog2N || log2N > 30 || r < 1 || p < 1) return false;
  // RFC 7914 §2 has N below 2^(128·r/8), and not every scrypt refuses another.
  if (log2N >= 16 * r) return false;
  return 128 * 2 ** log2N * r <= memory && 2 ** log2N * r * p <= work;
}
