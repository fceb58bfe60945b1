/**
 * Frames of a body, one by one, by any prepared key: for bodies that are too long for one call of the crate.
 *
 * Regular frame: sequence number u32, IV 12, ciphertext, tag 16. Final frame: `FFFFFFFF`, sequence number u32, IV 12,
 * content length u32, ciphertext, tag 16. data-format/message-body.md.
 * @module
 */

import type { AesGcmKey } from '@securestring/core';
import { encodeUtf8 } from '@securestring/core/utf8';
import { IV_LENGTH, TAG_LENGTH } from './lengths.ts';

/** The part of a key that seals and opens frames. */
export type FrameKey = Pick<AesGcmKey, 'gcmSeal' | 'gcmOpen'>;

const REGULAR = encodeUtf8('AWSKMSEncryptionClient Frame');
const FINAL = encodeUtf8('AWSKMSEncryptionClient Final Frame');

/** Seals `count` frames into `body`. Lengths were checked before. */
export function sealEach(
  key: FrameKey,
  messageId: Uint8Array,
  plaintext: Uint8Array,
  frameLength: number,
  count: number,
  body: Uint8Array,
): void {
  const regular = aadOf(messageId, REGULAR);
  for (let number = 1, from = 0, at = 0; number <= count; number++) {
    const isFinal = number === count;
    const content = isFinal ? plaintext.subarray(from) : plaintext.subarray(from, from + frameLength);
    const start = startOf(number, isFinal, content.length);
    const sealedAt = at + start.length;
    const end = sealedAt + content.length + TAG_LENGTH;
    body.set(start, at);
    const aad = numbered(isFinal ? aadOf(messageId, FINAL) : regular, number, content.length);
    // The number is the IV, so no IV comes twice under the message's key.
    key.gcmSeal(ivOf(start, isFinal), aad, content, body.subarray(sealedAt, end));
    from += content.length;
    at = end;
  }
}

/** Opens `count` frames into `plaintext`. Returns false at the first wrong byte. Lengths were checked before. */
export function openEach(
  key: FrameKey,
  messageId: Uint8Array,
  body: Uint8Array,
  frameLength: number,
  count: number,
  plaintext: Uint8Array,
): boolean {
  const regular = aadOf(messageId, REGULAR);
  for (let number = 1, from = 0, at = 0; number <= count; number++) {
    const isFinal = number === count;
    const content = isFinal ? plaintext.subarray(from) : plaintext.subarray(from, from + frameLength);
    const start = startOf(number, isFinal, content.length);
    const sealedAt = at + start.length;
    const end = sealedAt + content.length + TAG_LENGTH;
    if (start.some((byte, i) => byte !== body[at + i])) return false;
    const aad = numbered(isFinal ? aadOf(messageId, FINAL) : regular, number, content.length);
    if (!key.gcmOpen(ivOf(start, isFinal), aad, body.subarray(sealedAt, end), content)) return false;
    from += content.length;
    at = end;
  }
  return true;
}

/** Returns message id ‖ content string ‖ room for the frame's number and length. */
function aadOf(messageId: Uint8Array, content: Uint8Array): Uint8Array {
  const aad = new Uint8Array(messageId.length + content.length + 12);
  aad.set(messageId);
  aad.set(content, messageId.length);
  return aad;
}

function numbered(aad: Uint8Array, number: number, length: number): Uint8Array {
  writeUint32(aad, aad.length - 12, number);
  writeUint32(aad, aad.length - 4, length);
  return aad;
}

/** Returns the frame's bytes before its ciphertext. */
function startOf(number: number, isFinal: boolean, length: number): Uint8Array {
  const start = new Uint8Array(isFinal ? 24 : 16);
  if (!isFinal) {
    writeUint32(start, 0, number);
    writeUint32(start, 12, number);
    return start;
  }
  start.fill(0xff, 0, 4);
  writeUint32(start, 4, number);
  writeUint32(start, 16, number);
  writeUint32(start, 20, length);
  return start;
}

function ivOf(start: Uint8Array, isFinal: boolean): Uint8Array {
  const at = isFinal ? 8 : 4;
  return start.subarray(at, at + IV_LENGTH);
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
