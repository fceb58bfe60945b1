/**
 * Bytes for tests: literals, integers, and damaged copies.
 * @module
 */

/** Returns the bytes of hexadecimal text, which may have white space. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`Not hexadecimal: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function base64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function u16(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

export function u32(value: number): Uint8Array<ArrayBuffer> {
  return concat(u16(value >>> 16), u16(value & 0xffff));
}

export function u64(value: number): Uint8Array<ArrayBuffer> {
  return concat(u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32));
}

/** Returns the bytes with their length, a u16, in front. */
export function prefixed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(u16(bytes.length), bytes);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Returns `length` bytes that differ from their neighbours: 0, 1, 2, … 250, 0, … */
export function counting(length: number, first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (first + i) % 251);
}

/** Bytes with one thing wrong, and what it is. */
export interface Mutant {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Yields every single-bit flip: eight for each byte. */
export function* bitFlips(bytes: Uint8Array): Generator<Mutant> {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      yield { name: `bit ${bit} of byte ${at}`, bytes: flipped };
    }
  }
}

/** Yields every proper prefix, the empty one too. */
export function* truncations(bytes: Uint8Array): Generator<Mutant> {
  for (let length = 0; length < bytes.length; length++) {
    yield { name: `cut to ${length}`, bytes: Uint8Array.from(bytes.subarray(0, length)) };
  }
}

/** Yields the bytes with one more at the end. */
export function* appended(bytes: Uint8Array): Generator<Mutant> {
  for (const byte of [0x00, 0xff]) yield { name: `${byte} appended`, bytes: concat(bytes, Uint8Array.of(byte)) };
}
