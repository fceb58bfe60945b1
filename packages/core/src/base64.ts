/**
 * Canonical base64 (RFC 4648 §4): standard alphabet, padding, zero spare bits (§3.5), no white space.
 * Used for ciphertext only: its table look-ups would leak secrets through timing.
 * @module
 */

const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;
const MAX_DIGIT = 0x3f;
const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
ALPHABET.forEach((character, digit) => {
  DIGITS[character] = digit;
});
const ascii = new TextDecoder('ascii');

/** Encodes bytes as base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  const whole = bytes.length - (bytes.length % 3);
  let at = 0;
  for (let i = 0; i < whole; i += 3, at += 4) {
    putGroup(text, at, ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number));
  }
  if (whole < bytes.length) {
    putGroup(text, at, ((bytes[whole] as number) << 16) | ((bytes[whole + 1] ?? 0) << 8));
    text.fill(PAD, at + 1 + (bytes.length - whole));
  }
  return ascii.decode(text);
}

function putGroup(text: Uint8Array, at: number, group: number): void {
  text[at] = ALPHABET[group >> 18] as number;
  text[at + 1] = ALPHABET[(group >> 12) & 0x3f] as number;
  text[at + 2] = ALPHABET[(group >> 6) & 0x3f] as number;
  text[at + 3] = ALPHABET[group & 0x3f] as number;
}

/** Decodes canonical base64. For all other text, returns the index of the first wrong character. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  const whole = digits - (digits % 4);
  let at = 0;
  let seen = 0;
  for (let i = 0; i < whole; i += 4, at += 3) {
    const [a, b, c, d] = [digitAt(text, i), digitAt(text, i + 1), digitAt(text, i + 2), digitAt(text, i + 3)];
    seen |= a | b | c | d;
    bytes[at] = (a << 2) | (b >> 4);
    bytes[at + 1] = (b << 4) | (c >> 2);
    bytes[at + 2] = (c << 6) | d;
  }
  let spare = 0;
  for (let i = whole, bits = 0, held = 0; i < digits; i++) {
    const digit = digitAt(text, i);
    seen |= digit;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
    spare = held & ((1 << bits) - 1);
  }
  if (seen > MAX_DIGIT) return firstStranger(text, digits);
  if (text.length % 4 !== 0) return text.length;
  return spare === 0 ? bytes : digits - 1;
}

function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 256 ? (DIGITS[code] as number) : NO_DIGIT;
}

/** Returns the index of the first character outside the alphabet. Called only if there is one. */
function firstStranger(text: string, digits: number): number {
  let at = 0;
  while (at < digits && digitAt(text, at) <= MAX_DIGIT) at += 1;
  return at;
}
