/**
 * The encryption context: public name-value pairs, bound to every ciphertext as additional authenticated data.
 *
 * The serialised form is that of the Encryption SDK (framework/structures.md#serialization): u16 count, then for each
 * pair u16 key length, key, u16 value length, value, in the byte order of the UTF-8 keys. Every part carries its
 * length, so that `{a: "bc"}` and `{ab: "c"}` never collide. The empty context is zero bytes.
 * @module
 */

import { copyBytes, NO_BYTES, Reader, requireBytes, Writer } from './bytes.ts';
import { PolicyError } from './errors.ts';
import { MAX_ENCRYPTION_CONTEXT_LENGTH, MAX_UINT16 } from './limits.ts';
import { isPlainObject, kindOf } from './options.ts';
import { quoted } from './quoted.ts';
import { scratchBytes, scratchCopy } from './scratch.ts';
import { compareUtf8, decodeUtf8, isWellFormed, utf8Length } from './utf8.ts';

/** Name-value pairs, which are public. Any text may be a name or value, including the empty text and `__proto__`. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The beginning of names that belong to the message format. No caller may set one. */
export const RESERVED_KEY_PREFIX = 'aws-crypto-';

/** The name under which a signed message carries the key to verify it with. */
export const PUBLIC_KEY_CONTEXT_KEY = 'aws-crypto-public-key';

const NO_PAIRS: EncryptionContext = Object.freeze({});

/**
 * Returns the canonical bytes of a context, which are what a ciphertext is bound to: zero bytes for the empty context,
 * else 2 bytes, and for each pair 4 bytes and its text.
 *
 * @throws `TypeError` if the context is not a plain record of strings, or a string has a lone surrogate.
 * @throws `RangeError` if a key or value has more than 65535 bytes of UTF-8, or the whole more than 65535.
 * @example
 * encodeEncryptionContext({ PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' })
 */
export function encodeEncryptionContext(context: EncryptionContext): Uint8Array<ArrayBuffer> {
  return copyBytes(encodeScratchContext(context));
}

/** Returns the same bytes in {@link scratchBytes}, for callers that do not keep them: it saves an allocation. */
export function encodeScratchContext(context: EncryptionContext): Uint8Array<ArrayBuffer> {
  return encodePairs(checkedPairs(context));
}

/** Sorts and serialises the pairs. */
function encodePairs(pairs: Pair[]): Uint8Array<ArrayBuffer> {
  return serialise(pairs.length > 1 ? pairs.sort((a, b) => compareUtf8(a[0], b[0])) : pairs);
}

/**
 * Reads a context from its serialised bytes, in any order of the pairs. The result has no prototype and is frozen.
 * The two bytes `0000` are read as the empty context too: old writers left them. They are never written.
 *
 * @throws `MalformedError` (`MALFORMED_ENCRYPTION_CONTEXT`) if a name occurs twice, a length is wrong, a text is not
 *   strict UTF-8, or bytes are left over.
 */
export function decodeEncryptionContext(bytes: Uint8Array): EncryptionContext {
  requireBytes(bytes, 'The serialised encryption context');
  return readBoundContext(new Reader(bytes, 'MALFORMED_ENCRYPTION_CONTEXT')).pairs;
}

/** Reads the rest of a cursor as a serialised context, in any order of the pairs. */
export function readBoundContext(reader: Reader): BoundContext {
  const context: Record<string, string> = Object.create(null);
  const section = reader.offset;
  const count = reader.remaining > 0 ? reader.uint16('encryption context count') : 0;
  for (let i = 0; i < count; i++) {
    const start = reader.offset;
    const key = readText(reader, 'encryption context key');
    if (key in context) throw reader.error(`Encryption context key ${quoted(key)} occurs twice`, start);
    context[key] = readText(reader, 'encryption context value');
  }
  reader.expectEnd('the encryption context');
  const pairs = Object.freeze(context);
  // One pair has one order.
  const bytes = count === 1 ? scratchCopy(reader.bytes.subarray(section, reader.offset)) : encodeScratchContext(pairs);
  return { pairs, bytes };
}

/** A frozen context and its canonical bytes, which are in {@link scratchBytes} and leave the engine only as a copy. */
export interface BoundContext {
  readonly pairs: EncryptionContext;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Copies and checks a caller's context, by default the empty one, and passes each name to `check`. Throws as
 * {@link encodeEncryptionContext} does.
 */
export function bindContext(context: EncryptionContext = NO_PAIRS, check?: (key: string) => void): BoundContext {
  const checked = checkedPairs(context);
  const pairs: Record<string, string> = Object.create(null);
  for (const [key, value] of checked) {
    check?.(key);
    pairs[key] = value;
  }
  return { pairs: Object.freeze(pairs), bytes: encodePairs(checked) };
}

/**
 * Copies and checks a caller's context, each pair read once, for callers that look at it more than once. Throws as
 * {@link encodeEncryptionContext} does.
 */
export function copyContext(context: EncryptionContext): EncryptionContext {
  requirePlain(context);
  const copy = { ...context };
  const names = Object.keys(copy);
  refuseHidden(context, names.length);
  for (const name of names) checkPair(name, copy[name]);
  return copy;
}

/** Returns the pairs of a context whose names pass. */
export function filterContext(context: EncryptionContext, passes: (key: string) => boolean): BoundContext {
  return bindContext(Object.fromEntries(Object.entries(context).filter(([key]) => passes(key))));
}

/** Serialises the pairs in the order of the locale, as one old writer did. Only for reading its messages. */
export function encodeInLocaleOrder(context: EncryptionContext): Uint8Array {
  return serialise(checkedPairs(context).sort((a, b) => a[0].localeCompare(b[0])));
}

/** Throws if a caller's name has the reserved prefix. */
export function refuseReservedKey(key: string): void {
  if (key.startsWith(RESERVED_KEY_PREFIX)) {
    throw new PolicyError(
      'RESERVED_ENCRYPTION_CONTEXT_KEY',
      `Encryption context key ${quoted(key)} is reserved: names that begin with "${RESERVED_KEY_PREFIX}" belong to the message format. Use another name.`,
    );
  }
}

/** Throws if an expected pair has another value in the context. A missing pair is accepted here. */
export function refuseOtherValues(context: EncryptionContext, expected: EncryptionContext): void {
  for (const [key, value] of Object.entries(expected)) {
    const found = context[key];
    if (found !== undefined && found !== value) {
      throw new PolicyError(
        'ENCRYPTION_CONTEXT_MISMATCH',
        `The message's encryption context has ${quoted(key)} = ${quoted(found)}, expected ${quoted(value)}. It was made for another purpose.`,
      );
    }
  }
}

type Pair = [key: string, value: string];

function serialise(pairs: readonly Pair[]): Uint8Array<ArrayBuffer> {
  if (pairs.length === 0) return NO_BYTES;
  let maxLength = 2;
  // A text has at most three bytes of UTF-8 for each of its UTF-16 units.
  for (const [key, value] of pairs) maxLength += 4 + 3 * (key.length + value.length);
  const writer = new Writer(scratchBytes(maxLength)).uint16(pairs.length);
  for (const [key, value] of pairs) writer.text16(key).text16(value);
  const length = writer.offset;
  if (length > MAX_ENCRYPTION_CONTEXT_LENGTH) {
    throw new RangeError(
      `The encryption context has ${length} bytes when serialised; ${MAX_ENCRYPTION_CONTEXT_LENGTH} are allowed.`,
    );
  }
  return writer.bytes.subarray(0, length);
}

function checkedPairs(context: EncryptionContext): Pair[] {
  const pairs = pairsOf(context);
  for (const [key, value] of pairs) checkPair(key, value);
  return pairs;
}

/** Returns the pairs of a plain record, each read once. */
function pairsOf(context: EncryptionContext): Pair[] {
  requirePlain(context);
  const pairs = Object.entries(context);
  refuseHidden(context, pairs.length);
  return pairs;
}

function requirePlain(context: EncryptionContext): void {
  if (isPlainObject(context)) return;
  throw new TypeError(
    `The encryption context must be a plain object of strings, such as { purpose: "test" }, not ${kindOf(context)}.`,
  );
}

/** Throws if a loop, which saw so many pairs, did not see all of them: those would not be bound. */
function refuseHidden(context: EncryptionContext, seen: number): void {
  const hidden = Object.getOwnPropertyNames(context).length - seen;
  if (hidden === 0 && Object.getOwnPropertySymbols(context).length === 0) return;
  throw new TypeError('The encryption context has a pair that is a symbol or not enumerable, and would not be bound.');
}

function checkPair(key: string, value: unknown): void {
  checkText(key, 'key', key);
  checkText(value, 'value', key);
}

function checkText(text: unknown, part: 'key' | 'value', key: string): void {
  if (typeof text !== 'string') {
    throw new TypeError(`The encryption context's value for ${quoted(key)} must be a string, not ${typeof text}.`);
  }
  if (!isWellFormed(text)) {
    throw new TypeError(
      `The encryption context's ${part} at ${quoted(key)} has a lone surrogate, which has no UTF-8 form.`,
    );
  }
  if (text.length > MAX_UINT16 / 3 && utf8Length(text) > MAX_UINT16) {
    throw new RangeError(
      `The encryption context's ${part} at ${quoted(key)} has ${utf8Length(text)} bytes; ${MAX_UINT16} are allowed.`,
    );
  }
}

function readText(reader: Reader, name: string): string {
  const start = reader.offset;
  const text = decodeUtf8(reader.take16(name));
  if (text === undefined) throw reader.error(`${name} is not valid UTF-8`, start);
  return text;
}
