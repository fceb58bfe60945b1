/**
 * Checks of lengths. Callers have made them before, and the crate traps for a wrong one; here they are errors that name
 * what is wrong. All of them throw a `RangeError`.
 * @module
 */

export const IV_LENGTH: number = 12;
export const TAG_LENGTH: number = 16;
/** Bytes of a data key, of a message id of version 2, and of a commitment. */
export const KEY_LENGTH: number = 32;
/** Bytes of a regular frame, and of a final one, beside their content. data-format/message-body.md. */
const REGULAR_FRAME_OVERHEAD = 4 + IV_LENGTH + TAG_LENGTH;
const FINAL_FRAME_OVERHEAD = 4 + 4 + IV_LENGTH + 4 + TAG_LENGTH;
const MAX_UINT32 = 0xffff_ffff;

/** Throws unless the array has `length` bytes. */
export function requireLength(bytes: Uint8Array, length: number, name: string): void {
  if (bytes.length !== length) throw new RangeError(`${name} must have ${length} bytes, not ${bytes.length}.`);
}

/** Throws unless the key has 16, 24 or 32 bytes. */
export function requireAesKey(key: Uint8Array): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`The AES-GCM key must have 16, 24 or 32 bytes, not ${key.length}.`);
  }
}

/** Throws unless IV and output have the lengths for sealing `plaintext`. */
export function requireSealLengths(iv: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void {
  requireLength(iv, IV_LENGTH, 'The AES-GCM IV');
  requireLength(output, plaintext.length + TAG_LENGTH, 'The AES-GCM output');
}

/** Throws unless IV and output have the lengths for opening `sealed`. */
export function requireOpenLengths(iv: Uint8Array, sealed: Uint8Array, output: Uint8Array): void {
  requireLength(iv, IV_LENGTH, 'The AES-GCM IV');
  if (sealed.length < TAG_LENGTH) {
    throw new RangeError(`The AES-GCM ciphertext must end with a tag of ${TAG_LENGTH} bytes.`);
  }
  requireLength(output, sealed.length - TAG_LENGTH, 'The AES-GCM output');
}

/** Returns the number of frames that a body of `bodyLength` bytes with so much plaintext has. */
export function frameCountOf(bodyLength: number, plaintextLength: number, frameLength: number): number {
  if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > MAX_UINT32) {
    throw new RangeError(`The frame length must be a whole number from 1 to ${MAX_UINT32}, not ${frameLength}.`);
  }
  const regular = (bodyLength - plaintextLength - FINAL_FRAME_OVERHEAD) / REGULAR_FRAME_OVERHEAD;
  const last = plaintextLength - regular * frameLength;
  if (!Number.isInteger(regular) || regular < 0 || regular >= MAX_UINT32 || last < 0 || last > frameLength) {
    throw new RangeError(
      `${bodyLength} bytes are not a body of ${plaintextLength} bytes of plaintext in frames of ${frameLength}.`,
    );
  }
  return regular + 1;
}

/** Throws unless the id has the 16 bytes of message version 1 or the 32 of version 2. */
export function requireMessageId(messageId: Uint8Array): void {
  if (messageId.length !== 16 && messageId.length !== 32) {
    throw new RangeError(`The message id must have 16 or 32 bytes, not ${messageId.length}.`);
  }
}
