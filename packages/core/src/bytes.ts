/**
 * Bounded cursors for reading and for writing, checks and copies of bytes, and hex. All integers are big-endian.
 * @module
 */

import { encodingOf } from './coded-text.ts';
import { CutShortError, type MalformedCode, MalformedError } from './errors.ts';
import { kindOf, type Take } from './options.ts';
import { counted } from './quoted.ts';
import { writeUtf8 } from './utf8.ts';

/** An array of zero bytes, shared by all callers. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** A function that receives each field as a {@link Reader} passes it, to draw a map of the bytes. */
export type FieldTrace = (field: { offset: number; length: number; name: string }) => void;

/** The part of the bytes that a {@link Reader} reads. */
export interface ReaderOptions {
  /** The first byte to read. Default 0. */
  readonly offset?: number;
  /** The byte to stop before. Default the length. */
  readonly end?: number;
  /** The first byte's offset in the whole input, for errors. Default 0. */
  readonly base?: number;
  readonly trace?: FieldTrace | undefined;
}

/** A cursor that never leaves its bytes. It checks each read first, and errors name the field that was read. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #code: MalformedCode;
  readonly #trace: FieldTrace | undefined;
  readonly #end: number;
  readonly #base: number;
  #offset: number;

  constructor(bytes: Uint8Array, code: MalformedCode, options: ReaderOptions = {}) {
    this.bytes = plainView(bytes);
    this.#code = code;
    this.#offset = options.offset ?? 0;
    this.#end = options.end ?? bytes.length;
    this.#base = options.base ?? 0;
    this.#trace = options.trace;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#end - this.#offset;
  }

  uint8(name: string): number {
    return this.bytes[this.#advance(1, name)] as number;
  }

  uint16(name: string): number {
    return readUint16(this.bytes, this.#advance(2, name));
  }

  uint32(name: string): number {
    return readUint32(this.bytes, this.#advance(4, name));
  }

  uint64(name: string): bigint {
    const start = this.#advance(8, name);
    return (BigInt(readUint32(this.bytes, start)) << 32n) | BigInt(readUint32(this.bytes, start + 4));
  }

  /** Returns a view of the next `length` bytes, not a copy. */
  take(length: number, name: string): Uint8Array {
    const start = this.#advance(length, name);
    return this.bytes.subarray(start, start + length);
  }

  /** Returns a copy of the next `length` bytes; with a trace a view, whose place a map of the bytes needs. */
  own(length: number, name: string): Uint8Array {
    const start = this.#advance(length, name);
    const end = start + length;
    return this.#trace === undefined ? this.bytes.slice(start, end) : this.bytes.subarray(start, end);
  }

  /** Passes over `length` bytes. */
  skip(length: number, name: string): void {
    this.#advance(length, name);
  }

  /** Reads a u16 length and returns a view of that many bytes. */
  take16(name: string): Uint8Array {
    return this.take(this.uint16(`${name} length`), name);
  }

  /** Reads a u16 length and returns that many bytes as {@link own} does. */
  own16(name: string): Uint8Array {
    return this.own(this.uint16(`${name} length`), name);
  }

  /** Returns a cursor over the next `length` bytes alone, and moves behind them. */
  sub(length: number, name: string): Reader {
    const start = this.#offset;
    this.#check(length, name);
    this.#offset += length;
    return new Reader(this.bytes, this.#code, {
      offset: start,
      end: start + length,
      base: this.#base,
      trace: this.#trace,
    });
  }

  /** Returns another cursor at the same place, without a trace. */
  fork(): Reader {
    return new Reader(this.bytes, this.#code, { offset: this.#offset, end: this.#end, base: this.#base });
  }

  /** Makes the error for a wrong field that starts at `offset`. */
  error(what: string, offset: number = this.#offset): MalformedError {
    return new MalformedError(this.#code, what, this.#base + offset);
  }

  /** Throws if bytes are left after `what`. */
  expectEnd(what: string): void {
    if (this.remaining !== 0) throw this.error(`${counted(this.remaining, 'unexpected byte')} after ${what}`);
  }

  #check(length: number, name: string): void {
    if (length > this.remaining) {
      const what = `Cut short: ${name} needs ${counted(length, 'byte')}, ${this.remaining} left`;
      // Inside a part with an announced length, more input would not help.
      if (this.#end < this.bytes.length) throw this.error(what);
      throw new CutShortError(this.#code, what, this.#base + this.#offset, this.#offset + length);
    }
  }

  #advance(length: number, name: string): number {
    this.#check(length, name);
    const start = this.#offset;
    this.#offset = start + length;
    this.#trace?.({ offset: start, length, name });
    return start;
  }
}

/** A cursor that fills a buffer of the exact size. */
export class Writer<Buffer extends ArrayBufferLike = ArrayBuffer> {
  readonly bytes: Uint8Array<Buffer>;
  offset = 0;

  constructor(bytes: Uint8Array<Buffer>) {
    this.bytes = bytes;
  }

  uint8(value: number): this {
    this.bytes[this.offset++] = value;
    return this;
  }

  uint16(value: number): this {
    return this.uint8(value >>> 8).uint8(value);
  }

  uint32(value: number): this {
    return this.uint16(value >>> 16).uint16(value);
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.offset);
    this.offset += bytes.length;
    return this;
  }

  /** Writes a u16 length and the bytes. */
  raw16(bytes: Uint8Array): this {
    return this.uint16(bytes.length).raw(bytes);
  }

  /** Writes a u16 length and the UTF-8 of a well-formed text. */
  text16(text: string): this {
    const start = this.offset + 2;
    const end = start + writeUtf8(text, this.bytes, start);
    this.uint16(end - start).offset = end;
    return this;
  }

  /** Passes over `length` bytes and returns a view of them, which the caller fills. */
  reserve(length: number): Uint8Array<Buffer> {
    const view = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }
}

/** Reads a big-endian u16. The caller made sure that two bytes are there. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** Reads a big-endian u32. The caller made sure that four bytes are there. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return readUint16(bytes, offset) * 0x1_0000 + readUint16(bytes, offset + 2);
}

/** Returns a copy with an ArrayBuffer of its own. Not `slice`: on Node's Buffer it shares the memory. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Writes `bytes` into an earlier copy of them and returns it. Returns a new copy if the lengths differ. */
export function refillCopy(copy: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (copy.length !== bytes.length) return copyBytes(bytes);
  copy.set(bytes);
  return copy;
}

/** Returns the same memory as a plain `Uint8Array`: views of a Buffer are Buffers, which cost more. */
function plainView(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Compares public bytes. Not for secrets: the time depends on the content. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && hasBytesAt(a, 0, b);
}

/** Whether `part` is in public bytes at this place. */
export function hasBytesAt(bytes: Uint8Array, offset: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[offset + i] !== part[i]) return false;
  return true;
}

/** Returns the parts one behind the other, in an array of its own. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)));
  for (const part of parts) writer.raw(part);
  return writer.bytes;
}

/** Advice for a key that is passed as text. The text's UTF-8 would be another key, and one that can be guessed. */
export const KEY_TEXT_HINT = 'Hex or base64 has to be decoded to bytes first; a password is not a key.';
/** Advice for a ciphertext or other bytes that are passed as text: the text encodes the bytes. */
export const ENCODED_TEXT_HINT = 'Hex or base64 has to be decoded to bytes first.';
/** Advice for a plaintext that is passed as text: it may be the UTF-8 of any text. */
export const PLAIN_TEXT_HINT = 'For text, pass new TextEncoder().encode(text).';

/** Throws a `TypeError` unless the value is a `Uint8Array`, and if another thread could change its memory. */
export function requireBytes(
  value: unknown,
  name: string,
  textHint: string = ENCODED_TEXT_HINT,
): asserts value is Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) {
    const hint =
      typeof value === 'string' ? ` ${textHint}${textHint === PLAIN_TEXT_HINT ? '' : encodingOf(value)}` : '';
    throw new TypeError(`${name} must be a Uint8Array, not ${kindOf(value)}.${hint}`);
  }
  if (!(value.buffer instanceof ArrayBuffer)) {
    throw new TypeError(
      `${name} must not be shared memory: another thread could change it while it is read. Copy it first.`,
    );
  }
}

/** Makes the check of a member that holds bytes. They are not copied. */
export function bytes(textHint: string = ENCODED_TEXT_HINT): Take<Uint8Array> {
  return (value, name) => {
    requireBytes(value, name, textHint);
    return value;
  };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Encodes public bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}
