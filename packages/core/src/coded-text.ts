/**
 * Advice for callers who pass text where bytes belong.
 * @module
 */

/** Returns a hint if the text looks like encoded bytes, else an empty text. It never shows the text itself. */
export function encodingOf(value: string): string {
  const { length } = value;
  if (length >= MIN_HEX_LENGTH && length % 2 === 0 && /^[0-9a-f]+$/i.test(value))
    return looksLike('hex', length, length / 2);
  const digits = value.replace(/={1,2}$/, '').length;
  const isBase64 =
    length % 4 === 0 && (length >= MIN_BASE64_LENGTH || digits < length) && /^[a-z0-9+/]+=*$/i.test(value);
  return isBase64 ? looksLike('base64', length, Math.floor((digits * 3) / 4)) : '';
}

/** Shorter texts could be words. */
const MIN_HEX_LENGTH = 32;
const MIN_BASE64_LENGTH = 44;

function looksLike(encoding: 'hex' | 'base64', characters: number, bytes: number): string {
  return ` This text looks like ${bytes} bytes in ${characters} characters of ${encoding}: on Node, pass Buffer.from(text, '${encoding}').`;
}
