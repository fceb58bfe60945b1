/**
 * Signatures taken apart and put together by hand: DER, the curves' orders, and footers of messages.
 * @module
 */

import { concat, prefixed } from './bytes.ts';

export interface CurveFacts {
  readonly curve: 'P-256' | 'P-384';
  readonly hash: 'sha256' | 'sha384';
  /** Bytes of r and of s. */
  readonly length: number;
  /** Bytes of every signature that is written. */
  readonly fixedLength: number;
  readonly order: bigint;
}

/** The orders as FIPS 186-4 D.1.2.3 and D.1.2.4 print them. */
export const CURVES: readonly CurveFacts[] = [
  {
    curve: 'P-256',
    hash: 'sha256',
    length: 32,
    fixedLength: 71,
    order: 115792089210356248762697446949407573529996955224135760342422259061068512044369n,
  },
  {
    curve: 'P-384',
    hash: 'sha384',
    length: 48,
    fixedLength: 103,
    order:
      39402006196394479212279040100143613805079739270465446667946905279627659399113263569398956308152294913554433653942643n,
  },
];

/** Returns the number in so many bytes, big-endian. */
export function integer(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn));
}

export function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Returns the element: tag, length in one byte, content. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = concat(...content);
  return concat(Uint8Array.of(tag, bytes.length), bytes);
}

/** Returns a positive number in minimal two's complement. */
export function minimal(value: bigint): Uint8Array<ArrayBuffer> {
  for (let length = 1; ; length++) if (value < 1n << BigInt(8 * length - 1)) return integer(value, length);
}

/** Returns the DER of r and s as they are. */
export function der(r: bigint, s: bigint): Uint8Array<ArrayBuffer> {
  return tlv(0x30, tlv(0x02, minimal(r)), tlv(0x02, minimal(s)));
}

/** A signed message's DER signature, whose length is the fixed one, and all before its footer. */
export function splitFooter(
  message: Uint8Array,
  { fixedLength }: CurveFacts,
): { signed: Uint8Array; signature: Uint8Array } {
  const at = message.length - fixedLength;
  return { signed: message.subarray(0, at - 2), signature: message.subarray(at) };
}

/** Returns the same message with another DER signature in its footer. */
export function withSignature(message: Uint8Array, facts: CurveFacts, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(splitFooter(message, facts).signed, prefixed(signature));
}
