/**
 * The message body: one record a frame, pure bytes. data-format/message-body.md.
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
import type { DecodedHeader } from './header.ts';

export type FrameKind = 'regular' | 'final' | 'non-framed';

/** A frame as read; the non-framed body is one frame too. */
export interface Frame {
  readonly kind: FrameKind;
  /** From 1; the non-framed body has 1. */
  readonly sequenceNumber: number;
  /** 12 bytes. */
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** Frames of a plaintext: full ones, and a final one that is full too where the length is a multiple. */
export function frameCount(plaintextLength: number, frameLength: number): number {
  return Math.max(1, Math.ceil(plaintextLength / frameLength));
}

/** Bytes of the framed body of a plaintext. */
export function framedBodyLength(plaintextLength: number, frameLength: number): number {
  return (
    plaintextLength + (frameCount(plaintextLength, frameLength) - 1) * REGULAR_FRAME_OVERHEAD + FINAL_FRAME_OVERHEAD
  );
}

/** Writes all of a frame but its ciphertext and tag, and returns the IV and the place for those. */
export function writeFrame(
  writer: Writer,
  kind: 'regular' | 'final',
  sequenceNumber: number,
  contentLength: number,
): { iv: Uint8Array; sealed: Uint8Array } {
  const iv = writeFrameStart(writer, kind, sequenceNumber, contentLength);
  return { iv, sealed: writer.reserve(contentLength + TAG_LENGTH) };
}

/** Writes what stands before a frame's ciphertext, and returns the IV. */
export function writeFrameStart(
  writer: Writer,
  kind: 'regular' | 'final',
  sequenceNumber: number,
  contentLength: number,
): Uint8Array {
  if (kind === 'final') writer.uint32(FINAL_FRAME_MARKER);
  writer.uint32(sequenceNumber);
  // The IV is the sequence number in 12 bytes: never twice under a key that is derived for this message alone.
  const iv = writer
    .uint32(0)
    .uint32(0)
    .uint32(sequenceNumber)
    .bytes.subarray(writer.offset - IV_LENGTH, writer.offset);
  if (kind === 'final') writer.uint32(contentLength);
  return iv;
}

/**
 * Reads the next frame, as views into the message.
 *
 * @throws `MalformedError` where the sequence number is not the expected one, a committing message's IV is not made of
 *   it, the final frame is longer than the frame length, or bytes are missing.
 */
export function readFrame(reader: Reader, header: DecodedHeader, expected: number): Frame {
  if (header.contentType === 'non-framed') return readNonFramed(reader, header);
  const first = reader.offset;
  const word = reader.uint32('sequence number or final frame marker');
  // The marker first: as a number it would be a legal sequence number. decrypt.md prints it short.
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
 * Bytes that the next frame takes, or that are needed to tell; of a frame that is too long, enough to refuse it.
 * `bytes` begins with the frame.
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

/** The refusal of a frame that the caller's limit rules out. */
export function frameLengthError(what: string, maxLength: number): PolicyError {
  return new PolicyError('FRAME_LENGTH_LIMIT', `${what}; maxFrameLength allows ${maxLength}.`);
}

/**
 * Bytes of plaintext in the body ahead, from the frames' lengths alone, so that room for it can be made once. The frame
 * length was held against `maxLength` with the header; a body without frames is here.
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
  // What is announced must be there before room is made for it.
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
    throw reader.error(`The final frame's ${length} byte(s) exceed the frame length ${header.frameLength}`, at);
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
      `Frame ${found} stands where frame ${expected} must: a frame is missing, repeated or moved`,
      offset,
    );
}

/** Version 1 has known writers of random IVs; in version 2 the IV must be the one that the sequence number makes. */
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
