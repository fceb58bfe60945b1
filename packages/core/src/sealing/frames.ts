/**
 * Frames of a message, sealed and opened one at a time. client-apis/encrypt.md#construct-a-frame.
 *
 * Additional authenticated data of a frame (data-format/message-body-aad.md): message id ‖ content string ‖ sequence
 * number u32 ‖ content length u64. The message id has 16 bytes in version 1 and 32 in version 2.
 * @module
 */

import { Writer } from '../bytes.ts';
import { AuthenticationError } from '../errors.ts';
import { TAG_LENGTH } from '../limits.ts';
import type { Frame, FrameKind } from '../message/body.ts';
import type { AesGcmKey } from '../provider.ts';
import { scratchBytes } from '../scratch.ts';
import { encodeUtf8 } from '../utf8.ts';

const CONTENT_STRINGS: Readonly<Record<FrameKind, Uint8Array>> = {
  regular: encodeUtf8('AWSKMSEncryptionClient Frame'),
  final: encodeUtf8('AWSKMSEncryptionClient Final Frame'),
  'non-framed': encodeUtf8('AWSKMSEncryptionClient Single Block'),
};

/** What seals and opens the frames of one message. */
export interface FrameCipher {
  /** The message's derived key. */
  readonly key: AesGcmKey;
  readonly messageId: Uint8Array;
}

/** Seals one frame's content into `sealed`, the place for ciphertext ‖ tag in the message. */
export function encryptFrame(
  cipher: FrameCipher,
  kind: FrameKind,
  sequenceNumber: number,
  iv: Uint8Array,
  content: Uint8Array,
  sealed: Uint8Array,
): void {
  cipher.key.gcmSeal(iv, aadOf(cipher, kind, sequenceNumber, content.length), content, sealed);
}

/**
 * Opens one frame into `output`, which has the length of its content.
 *
 * @throws `AuthenticationError` if the tag is wrong. Then `output` is wiped.
 */
export function decryptFrame(cipher: FrameCipher, frame: Frame, output: Uint8Array): void {
  const aad = aadOf(cipher, frame.kind, frame.sequenceNumber, frame.sealed.length - TAG_LENGTH);
  if (!cipher.key.gcmOpen(frame.iv, aad, frame.sealed, output)) {
    output.fill(0);
    throw new AuthenticationError();
  }
}

/**
 * Seals one frame's content into ciphertext ‖ tag, in pieces with their own memory. It is the twin of
 * {@link encryptFrame} for streams, which need new memory for each frame. Node's OpenSSL allocates that anyway, so this
 * saves the copy: a fifth to a third of the time of a frame of 64 KiB (docs/decisions/009-streams-in-pieces.md).
 */
export function encryptFrameApart(
  cipher: FrameCipher,
  kind: FrameKind,
  sequenceNumber: number,
  iv: Uint8Array,
  content: Uint8Array,
): Uint8Array[] {
  const { key } = cipher;
  const aad = aadOf(cipher, kind, sequenceNumber, content.length);
  if (key.gcmSealApart !== undefined) return key.gcmSealApart(iv, aad, content);
  const sealed = new Uint8Array(content.length + TAG_LENGTH);
  key.gcmSeal(iv, aad, content, sealed);
  return [sealed];
}

/**
 * Opens one frame into its content, in pieces with their own memory: the twin of {@link decryptFrame} for streams.
 *
 * @throws `AuthenticationError` if the tag is wrong.
 */
export function decryptFrameApart(cipher: FrameCipher, frame: Frame): Uint8Array<ArrayBuffer>[] {
  const { key } = cipher;
  const length = frame.sealed.length - TAG_LENGTH;
  if (key.gcmOpenApart === undefined) {
    const content = new Uint8Array(length);
    decryptFrame(cipher, frame, content);
    return [content];
  }
  const pieces = key.gcmOpenApart(frame.iv, aadOf(cipher, frame.kind, frame.sequenceNumber, length), frame.sealed);
  if (pieces === undefined) throw new AuthenticationError();
  return pieces;
}

function aadOf({ messageId }: FrameCipher, kind: FrameKind, sequenceNumber: number, contentLength: number): Uint8Array {
  const text = CONTENT_STRINGS[kind];
  // The length is a u64, since a non-framed body may have more than 2^32 bytes.
  return new Writer(scratchBytes(messageId.length + text.length + 12))
    .raw(messageId)
    .raw(text)
    .uint32(sequenceNumber)
    .uint32(Math.floor(contentLength / 2 ** 32))
    .uint32(contentLength >>> 0).bytes;
}
