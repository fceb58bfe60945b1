/**
 * The part of DER that signatures need.
 * @module
 */

import { Writer } from './bytes.ts';

/** Encodes positive numbers as `SEQUENCE { INTEGER … }`, of fewer than 128 bytes in all. X.690 §8.3, §8.9. */
export function encodeIntegers(...numbers: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const contents = numbers.map(positiveInteger);
  const length = contents.reduce((sum, content) => sum + 2 + content.length, 0);
  const writer = new Writer(new Uint8Array(2 + length)).uint8(0x30).uint8(length);
  for (const content of contents) writer.uint8(0x02).uint8(content.length).raw(content);
  return writer.bytes;
}

/** Returns the minimal two's complement of a positive number: no leading zeros except one that keeps it positive. */
function positiveInteger(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start);
  return (digits[0] as number) < 0x80 ? digits : Uint8Array.of(0, ...digits);
}
