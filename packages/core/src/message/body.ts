/**
 * The message body as bytes, one record for each frame. data-format/message-body.md.
 *
 * Regular frame: sequence number u32, IV 12, ciphertext of the frame length, tag 16. Final frame: `FFFFFFFF`, sequence
 * number u32, IV 12, content length u32, ciphertext, tag 16. Non-framed: IV 12, length u64, ciphertext, tag 16.
 * @module
 */

import { type Reader, readUint32, type Writer } from '../bytes.ts';
import { PolicyError } from '../errors.ts';
import {
  FINAL_FRAME_MARKER,
  FINAL_FRAME_OVERHEAD,
  IV_LENGTH,
  MAX_NON_FRAMED_LENGTH,
  REGULAR_FRAME_OVERHEAD,
  TAG_LENGTH,
} from '../limits.ts';
import { counted } from '../quoted.ts';
import type { DecodedHeader } from './header.ts';

/** The IV of the first frame, and of the only one of most messages. */
const FIRST_IV = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** The kinds of frames. A body without frames counts as one frame of its own kind. */
export type FrameKind = 'regular' | 'final' | 'non-framed';

/** A frame that was read. */
export interface Frame {
  readonly kind: FrameKind;
  /** Counted from 1; the non-framed body has 1. */
  readonly sequenceNumber: number;
  /** 12 bytes. */
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** Returns the number of frames of a plaintext: one or more, of which the final one may be full too. */
export function frameCount(plaintextLength: number, frameLength: number): number {
  return Math.max(1, Math.ceil(plaintextLength / frameLength));
}

/** Returns the bytes of the framed body of a plaintext. */
export function framedBodyLength(plaintextLength: number, frameLength: number): number {
  return (
    plaintextLength + (frameCount(plaintextLength, frameLength) - 1) * REGULAR_FRAME_OVERHEAD + FINAL_FRAME_OVERHEAD
  );
}

/** Writes the bytes of a frame before its ciphertext, and returns the IV. */
export function writeFrameStart(
  writer: Writer,
  kind: 'regular' | 'final',
  sequenceNumber: number,
  contentLength: number,
): Uint8Array {
  if (kind === 'final') writer.uint32(FINAL_FRAME_MARKER);
  writer.uint32(sequenceNumber);
  // The IV is the sequence number in 12 bytes, so it never repeats under a key that is derived for this message alone.
  writer.uint32(0).uint32(0).uint32(sequenceNumber);
  const iv = sequenceNumber === 1 ? FIRST_IV : writer.bytes.subarray(writer.offset - IV_LENGTH, writer.offset);
  if (kind === 'final') writer.uint32(contentLength);
  return iv;
}

/**
 * Reads the next frame, as views into the message.
 *
 * @throws `MalformedError` if the sequence number is not the expected one, the IV of a committing message is not made
 *   of it, the final frame is longer than the frame length, or bytes are missing.
 */
export function readFrame(reader: Reader, header: DecodedHeader, expected: number): Frame {
  if (header.contentType === 'non-framed') return readNonFramed(reader, header);
  const first = reader.offset;
  const word = reader.uint32('sequence number or final frame marker');
  // The marker is checked first, since it would be a legal sequence number too. decrypt.md prints it with fewer digits.
  if (word === FINAL_FRAME_MARKER) return readFinalFrame(reader, header, expected);
  checkSequenceNumber(reader, word, expected, first);
  const iv = readIv(reader, header, expected);
  return {
    kind: 'regular',
    sequenceNumber: word,
    iv,
    sealed: reader.take(header.frameLength + TAG_LENGTH, 'frame content and tag'),
  };
}

/**
 * Returns the number of bytes of the next frame, or of the part of it that holds its length. For a frame that is too
 * long, returns enough to refuse it. `bytes` begins with the frame.
 */
export function frameExtent(bytes: Uint8Array, header: DecodedHeader, maxLength: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.contentType === 'non-framed') {
    const fixed = IV_LENGTH + 8;
    if (bytes.length < fixed) return fixed;
    const length = view.getBigUint64(IV_LENGTH);
    if (length > maxLength) throw onlyFrameError(length, maxLength);
    return fixed + Number(length) + TAG_LENGTH;
  }
  if (bytes.length < 4) return 4;
  if (view.getUint32(0) !== FINAL_FRAME_MARKER) return header.frameLength + REGULAR_FRAME_OVERHEAD;
  const fixed = 4 + 4 + IV_LENGTH + 4;
  if (bytes.length < fixed) return fixed;
  const length = view.getUint32(fixed - 4);
  return length > header.frameLength ? fixed : length + FINAL_FRAME_OVERHEAD;
}

function onlyFrameError(length: number | bigint, maxLength: number): PolicyError {
  return frameLengthError(`The message's only frame has ${length} bytes`, maxLength);
}

/** Makes the error for a frame beyond the caller's limit. */
export function frameLengthError(what: string, maxLength: number): PolicyError {
  return new PolicyError('FRAME_LENGTH_LIMIT', `${what}; maxFrameLength allows ${maxLength}.`);
}

/**
 * Returns the bytes of plaintext in the body, from the frames' lengths alone, so that memory for it is allocated once.
 * The header's frame length was checked against `maxLength` before; the length of a body without frames is checked
 * here.
 *
 * Only the one-shot path reads all lengths first. A stream cannot: it emits each frame before the next one arrives.
 */
export function measurePlaintext(reader: Reader, header: DecodedHeader, maxLength: number): number {
  if (header.contentType === 'non-framed') {
    const length = readNonFramed(reader, header).sealed.length - TAG_LENGTH;
    if (length > maxLength) throw onlyFrameError(length, maxLength);
    return length;
  }
  const rest = REGULAR_FRAME_OVERHEAD - 4 + header.frameLength;
  let length = 0;
  while (reader.uint32('sequence number or final frame marker') !== FINAL_FRAME_MARKER) {
    reader.skip(rest, 'frame');
    length += header.frameLength;
  }
  reader.skip(4 + IV_LENGTH, 'final frame');
  const finalLength = readFinalLength(reader, header);
  // The announced bytes must be there before memory for them is allocated.
  reader.skip(finalLength + TAG_LENGTH, 'final frame content and tag');
  return length + finalLength;
}

function readFinalFrame(reader: Reader, header: DecodedHeader, expected: number): Frame {
  const at = reader.offset;
  const sequenceNumber = reader.uint32('final sequence number');
  checkSequenceNumber(reader, sequenceNumber, expected, at);
  const iv = readIv(reader, header, expected);
  const length = readFinalLength(reader, header);
  return { kind: 'final', sequenceNumber, iv, sealed: reader.take(length + TAG_LENGTH, 'final frame content and tag') };
}

function readFinalLength(reader: Reader, header: DecodedHeader): number {
  const at = reader.offset;
  const length = reader.uint32('final frame content length');
  if (length > header.frameLength) {
    throw reader.error(
      `The final frame's length of ${counted(length, 'byte')} exceeds the frame length ${header.frameLength}`,
      at,
    );
  }
  return length;
}

function readNonFramed(reader: Reader, header: DecodedHeader): Frame {
  const iv = readIv(reader, header, 1);
  const at = reader.offset;
  const length = reader.uint64('content length');
  if (length > MAX_NON_FRAMED_LENGTH) throw reader.error(`A non-framed body cannot have ${length} bytes`, at);
  return {
    kind: 'non-framed',
    sequenceNumber: 1,
    iv,
    sealed: reader.take(Number(length) + TAG_LENGTH, 'content and tag'),
  };
}

function checkSequenceNumber(reader: Reader, found: number, expected: number, offset: number): void {
  if (found !== expected)
    throw reader.error(
      `Frame ${found} is in the place of frame ${expected}: a frame is missing, repeated or moved`,
      offset,
    );
}

/** Reads an IV. In version 2 it must be made of the sequence number; some writers of version 1 used random ones. */
function readIv(reader: Reader, header: DecodedHeader, sequenceNumber: number): Uint8Array {
  const at = reader.offset;
  const iv = reader.take(IV_LENGTH, 'frame IV');
  if (header.suite.messageVersion === 2 && !isSequenceIv(iv, sequenceNumber)) {
    throw reader.error(`The IV of frame ${sequenceNumber} is not made of its sequence number`, at);
  }
  return iv;
}

function isSequenceIv(iv: Uint8Array, sequenceNumber: number): boolean {
  for (let i = 0; i < 8; i++) if (iv[i] !== 0) return false;
  return readUint32(iv, 8) === sequenceNumber;
}
