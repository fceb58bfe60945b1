/**
 * The lengths that every provider refuses, whatever its library would have accepted.
 * @module
 */

import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';

export function requireAesKey(key: Uint8Array, name: string): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`${name} must have 16, 24 or 32 bytes, not ${key.length}.`);
  }
}

export function requireGcmIv(iv: Uint8Array): void {
  if (iv.length !== IV_LENGTH) throw new RangeError(`The AES-GCM IV must have ${IV_LENGTH} bytes, not ${iv.length}.`);
}

export function requireGcmTag(sealed: Uint8Array): void {
  if (sealed.length < TAG_LENGTH)
    throw new RangeError(`The AES-GCM ciphertext must end with a tag of ${TAG_LENGTH} bytes.`);
}

/** `overhead` is what the output has more than the input: 16 when sealing, -16 when opening. */
export function requireGcmLengths(iv: Uint8Array, input: Uint8Array, output: Uint8Array, overhead: number): void {
  requireGcmIv(iv);
  if (overhead < 0) requireGcmTag(input);
  if (output.length !== input.length + overhead) {
    throw new RangeError(`The AES-GCM output must have ${input.length + overhead} bytes, not ${output.length}.`);
  }
}

/** RFC 3394 §2: two semiblocks at least. */
export function requireKwKey(key: Uint8Array): void {
  if (key.length < 16 || key.length % 8 !== 0) {
    throw new RangeError(
      `AES-KW wraps keys of 16 bytes and more in steps of 8, not ${key.length}. AES-KWP takes any length.`,
    );
  }
}

/** RFC 5649 §1: from one byte to 2^32 - 1; far less here, since keys are small. */
export function requireKwpKey(key: Uint8Array): void {
  if (key.length < 1 || key.length > MAX_KWP_KEY_LENGTH) {
    throw new RangeError(`AES-KWP wraps keys of 1 to ${MAX_KWP_KEY_LENGTH} bytes, not ${key.length}.`);
  }
}

/** Whether a wrapped key has a length that wrapping can give: whole semiblocks, and at least `least` bytes. */
export function isWrappedLength(wrapped: Uint8Array, least: 16 | 24): boolean {
  return wrapped.length >= least && wrapped.length % 8 === 0;
}

/** RFC 5869 §2.3. */
export function requireHkdfLength(length: number, hashLength: number): void {
  if (!Number.isInteger(length) || length < 0 || length > 255 * hashLength) {
    throw new RangeError(`HKDF gives 0 to ${255 * hashLength} bytes with this hash, not ${length}.`);
  }
}

const MAX_KWP_KEY_LENGTH = 65536;
