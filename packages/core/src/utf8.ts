/**
 * Strict UTF-8: each text has one form in bytes, and each form is one text.
 * @module
 */

/** A byte order mark, U+FEFF. */
const MARK = [0xef, 0xbb, 0xbf] as const;
const encoder = new TextEncoder();
// ignoreBOM: a byte order mark is three bytes like any other, never dropped.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Encodes a well-formed string. The caller refuses lone surrogates first, with {@link isWellFormed}. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Writes a well-formed text at `start` and returns the number of bytes. The caller made sure that they fit. */
export function writeUtf8(text: string, target: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // For short ASCII text the call of the encoder would cost more than this whole loop.
    if (unit >= 0x80) return encoder.encodeInto(text, target.subarray(start)).written;
    target[start + i] = unit;
  }
  return text.length;
}

/** Returns the number of UTF-8 bytes of a well-formed text. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Two bytes from U+0080, three from U+0800; each half of a surrogate pair stands for two of its four.
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

/** Compares two well-formed texts by their UTF-8 bytes, as a function for `sort`. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for characters above U+FFFF, so they sort behind U+E000 to U+FFFF.
    return (isSurrogate(x) ? 0x1_0000 : x) - (isSurrogate(y) ? 0x1_0000 : y) || x - y;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

/** Decodes strict UTF-8. Returns `undefined` for all other bytes, including overlong forms and surrogates. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Returns a copy of a plain value in which each text that begins with a byte order mark is replaced by its UTF-8 bytes:
 * some decoders drop the mark from a text. Names of members stay as they are.
 */
export function marksAsBytes(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('\ufeff') ? encodeUtf8(value) : value;
  if (Array.isArray(value)) return value.map(marksAsBytes);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, marksAsBytes(member)]));
}

/** Whether bytes have a byte order mark anywhere, and so may have to be written with {@link marksAsBytes}. */
export function hasMark(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(MARK[0]); at >= 0; at = bytes.indexOf(MARK[0], at + 1)) {
    if (bytes[at + 1] === MARK[1] && bytes[at + 2] === MARK[2]) return true;
  }
  return false;
}

/** Whether a string has no lone surrogate, and so has a UTF-8 encoding. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}
