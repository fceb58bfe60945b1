/**
 * Checks of lengths for every provider, whatever its library would accept. All of them throw a `RangeError`.
 * @module
 */

import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';

/** Throws unless the key has 16, 24 or 32 bytes. */
export function requireAesKey(key: Uint8Array, name: string): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`${name} must have 16, 24 or 32 bytes, not ${key.length}.`);
  }
}

/** Throws unless the IV has 12 bytes. */
export function requireGcmIv(iv: Uint8Array): void {
  if (iv.length !== IV_LENGTH) throw new RangeError(`The AES-GCM IV must have ${IV_LENGTH} bytes, not ${iv.length}.`);
}

/** Throws if the ciphertext is shorter than its tag. */
export function requireGcmTag(sealed: Uint8Array): void {
  if (sealed.length < TAG_LENGTH)
    throw new RangeError(`The AES-GCM ciphertext must end with a tag of ${TAG_LENGTH} bytes.`);
}

/** Throws unless the output has `overhead` bytes more than the input: 16 when sealing, -16 when opening. */
export function requireGcmLengths(iv: Uint8Array, input: Uint8Array, output: Uint8Array, overhead: number): void {
  requireGcmIv(iv);
  if (overhead < 0) requireGcmTag(input);
  if (output.length !== input.length + overhead) {
    throw new RangeError(`The AES-GCM output must have ${input.length + overhead} bytes, not ${output.length}.`);
  }
}

/** Throws unless AES-KW can wrap a key of this length: two or more semiblocks of 8 bytes, RFC 3394 §2. */
export function requireKwKey(key: Uint8Array): void {
  if (key.length < 16 || key.length % 8 !== 0) {
    throw new RangeError(
      `AES-KW wraps keys of 16 bytes and more in steps of 8, not ${key.length}. AES-KWP takes any length.`,
    );
  }
}

/** Throws unless the key has 1 to 65536 bytes. RFC 5649 §1 allows 2^32 - 1, but keys are small. */
export function requireKwpKey(key: Uint8Array): void {
  if (key.length < 1 || key.length > MAX_KWP_KEY_LENGTH) {
    throw new RangeError(`AES-KWP wraps keys of 1 to ${MAX_KWP_KEY_LENGTH} bytes, not ${key.length}.`);
  }
}

/** Whether wrapping can give a wrapped key of this length: whole semiblocks, and `minLength` bytes or more. */
export function isWrappedLength(wrapped: Uint8Array, minLength: 16 | 24): boolean {
  return wrapped.length >= minLength && wrapped.length % 8 === 0;
}

/** Throws unless HKDF can give so many bytes, RFC 5869 §2.3. */
export function requireHkdfLength(length: number, hashLength: number): void {
  if (!Number.isInteger(length) || length < 0 || length > 255 * hashLength) {
    throw new RangeError(`HKDF gives 0 to ${255 * hashLength} bytes with this hash, not ${length}.`);
  }
}

const MAX_KWP_KEY_LENGTH = 65536;
