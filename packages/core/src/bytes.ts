/**
 * One bounded cursor for reading and one for writing; hex; and, from here too, strict UTF-8.
 * All integers are big-endian.
 * @module
 */

import { encodingOf } from './coded-text.ts';
import { CutShortError, type MalformedCode, MalformedError } from './errors.ts';
import { kindOf, type Take } from './options.ts';
import { writeUtf8 } from './utf8.ts';

/** Zero bytes; shared, since there is nothing in it to change. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Receives each field as a {@link Reader} passes it: for drawing a map of the bytes. */
export type FieldTrace = (field: { offset: number; length: number; name: string }) => void;

export interface ReaderOptions {
  /** Where to begin; default 0. */
  readonly offset?: number;
  /** Where to stop; default behind the last byte. */
  readonly end?: number;
  /** What the first byte's offset is in the whole input, for errors; default 0. */
  readonly base?: number;
  readonly trace?: FieldTrace | undefined;
}

/** A cursor that never leaves its bytes: each read is checked first and names the field it was for. */
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

  /** A view of the next `length` bytes, not a copy. */
  take(length: number, name: string): Uint8Array {
    const start = this.#advance(length, name);
    return this.bytes.subarray(start, start + length);
  }

  /** Passes over bytes that must be these; the error is at the first that is another. */
  expect(expected: Uint8Array, name: string): void {
    const start = this.#advance(expected.length, name);
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[start + i] !== expected[i])
        throw this.error(`${name} has another form than the only one`, start + i);
    }
  }

  /** Passes over `length` bytes. */
  skip(length: number, name: string): void {
    this.#advance(length, name);
  }

  /** A u16 length and that many bytes, as a view. */
  take16(name: string): Uint8Array {
    return this.take(this.uint16(`${name} length`), name);
  }

  /** A cursor over the next `length` bytes alone; this one moves behind them. */
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

  /** Another cursor from here on; this one stays. */
  fork(): Reader {
    return new Reader(this.bytes, this.#code, { offset: this.#offset, end: this.#end, base: this.#base });
  }

  /** The error for a field that was read and is wrong; `offset` is the field's start. */
  error(what: string, offset: number = this.#offset): MalformedError {
    return new MalformedError(this.#code, what, this.#base + offset);
  }

  /** Nothing may be left. */
  expectEnd(what: string): void {
    if (this.remaining !== 0) throw this.error(`${this.remaining} unexpected byte(s) after ${what}`);
  }

  #check(length: number, name: string): void {
    if (length > this.remaining) {
      const what = `Cut short: ${name} needs ${length} byte(s), ${this.remaining} left`;
      // Inside a part of announced length more input would not help.
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

  /** A u16 length and the bytes. */
  raw16(bytes: Uint8Array): this {
    return this.uint16(bytes.length).raw(bytes);
  }

  /** A u16 length and UTF-8 of a well-formed text. */
  text16(text: string): this {
    const start = this.offset + 2;
    const end = start + writeUtf8(text, this.bytes, start);
    this.uint16(end - start).offset = end;
    return this;
  }

  /** Leaves `length` bytes as they are and returns them as a view, to be filled in place. */
  reserve(length: number): Uint8Array<Buffer> {
    const view = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }
}

/** Big-endian, unsigned; the caller knows that two bytes are there. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** Big-endian, unsigned; the caller knows that four bytes are there. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return readUint16(bytes, offset) * 0x1_0000 + readUint16(bytes, offset + 2);
}

// A typed array of more than 64 bytes costs an allocation outside of the heap; a view costs a tenth of it.
let page = new Uint8Array(0);
let pageUsed = 0;
const PAGE_LENGTH = 16384;

/**
 * Memory for public bytes that nobody keeps, to be written in full: part of a longer ArrayBuffer. No part is ever
 * handed out twice.
 */
export function scratchBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > page.length - pageUsed) {
    if (length > PAGE_LENGTH / 8) return new Uint8Array(length);
    page = new Uint8Array(PAGE_LENGTH);
    pageUsed = 0;
  }
  pageUsed += length;
  return page.subarray(pageUsed - length, pageUsed);
}

/** A copy with an ArrayBuffer of its own. Not `slice`, which on Node's Buffer shares its memory. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** `copy` with the content of `bytes` again, whatever became of it; a new copy where its length is another one. */
export function refillCopy(copy: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (copy.length !== bytes.length) return copyBytes(bytes);
  copy.set(bytes);
  return copy;
}

/** The same memory as a plain array: views of a Buffer are Buffers, and dearer. */
function plainView(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Equality of public bytes. Not for secrets: its time depends on the content. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)));
  for (const part of parts) writer.raw(part);
  return writer.bytes;
}

/** Advice for a key that is handed in as text: its UTF-8 would be another key, and a guessable one. */
export const KEY_TEXT_HINT = 'Hex or base64 has to be decoded to bytes first; a password is no key.';
/** Advice for a ciphertext and the like: text in their place is an encoding of their bytes. */
export const ENCODED_TEXT_HINT = 'Hex or base64 has to be decoded to bytes first.';
/** Advice for a plaintext, which may be any text's UTF-8. */
export const PLAIN_TEXT_HINT = 'For text, pass new TextEncoder().encode(text).';

/** Refuses what is not a `Uint8Array`, and memory that other threads can write to while it is read. */
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

/** A member of options that holds bytes. They stay the caller's. */
export function bytes(textHint: string = ENCODED_TEXT_HINT): Take<Uint8Array> {
  return (value, name) => {
    requireBytes(value, name, textHint);
    return value;
  };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal. For public bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}
