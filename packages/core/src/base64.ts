/**
 * Canonical base64 (RFC 4648 §4): standard alphabet, padding, zero spare bits (§3.5), no white space.
 * Used for ciphertext only, so its table look-ups tell nothing.
 * @module
 */

const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;
const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
ALPHABET.forEach((character, digit) => {
  DIGITS[character] = digit;
});
const ascii = new TextDecoder('ascii');

export function encodeBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(PAD);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(3, bytes.length - i) + 1;
    for (let d = 0; d < digits; d++) text[at + d] = ALPHABET[(group >> (18 - 6 * d)) & 0x3f] ?? PAD;
    at += 4;
  }
  return ascii.decode(text);
}

/** The bytes of canonical base64, or the index of the first character that makes it something else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let group = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const code = text.charCodeAt(i);
    const digit = code < 256 ? (DIGITS[code] ?? NO_DIGIT) : NO_DIGIT;
    if (digit === NO_DIGIT) return i;
    group = ((group << 6) | digit) & 0xff_ffff;
    // A digit completes a byte except the first of each four.
    if (i % 4 !== 0) bytes[at++] = (group >> (6 - 2 * (i % 4))) & 0xff;
  }
  if (text.length % 4 !== 0) return text.length;
  const spareBits = padding === 0 ? 0 : padding * 2;
  return (group & ((1 << spareBits) - 1)) === 0 ? bytes : digits - 1;
}
