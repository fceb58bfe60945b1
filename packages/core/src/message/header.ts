/**
 * The message header, versions 1 and 2: pure bytes to records and back. data-format/message-header.md.
 *
 * The body is what the header's tag authenticates, byte for byte as on the wire; behind it stands the header
 * authentication (IV and tag in version 1, the tag alone in version 2).
 * @module
 */

import { NO_BYTES, type Reader, readUint16, type Writer } from '../bytes.ts';
import { type EncryptionContext, PUBLIC_KEY_CONTEXT_KEY, readEncryptionContext } from '../encryption-context.ts';
import type { MalformedError } from '../errors.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { type Suite, type SuiteId, suiteHex, suites } from '../suites.ts';
import {
  type EncryptedDataKey,
  encryptedDataKeysLength,
  readEncryptedDataKeys,
  writeEncryptedDataKeys,
} from './encrypted-data-keys.ts';

/** Whether the content is cut into frames. */
export type ContentType = 'framed' | 'non-framed';

/** What a header says. */
export interface HeaderBody {
  readonly suite: Suite;
  /** 16 bytes in version 1, 32 in version 2. */
  readonly messageId: Uint8Array;
  readonly encryptionContext: EncryptionContext;
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
  readonly contentType: ContentType;
  /** Bytes of plaintext in each regular frame; 0 exactly if the content is not framed. */
  readonly frameLength: number;
  /** The key commitment: 32 bytes where the suite commits, else none. */
  readonly commitment: Uint8Array;
}

/** A header as read, with the wire bytes that its tag covers. */
export interface DecodedHeader extends HeaderBody {
  /** The header body exactly as it stood in the message. */
  readonly bodyBytes: Uint8Array;
  /** IV of the header tag, 12 bytes; zero in version 2, where it is not stored. */
  readonly iv: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** The parts of a header read so far; what stands in it when reading fails is what came before the fault. */
export type HeaderDraft = { -readonly [Field in keyof DecodedHeader]?: DecodedHeader[Field] } & {
  encryptedDataKeys: EncryptedDataKey[];
};

/** A verified header's content. Its byte arrays are its own; no secret is in it. */
export interface MessageHeader {
  readonly version: 1 | 2;
  readonly suite: SuiteId;
  /** 16 bytes in version 1, 32 in version 2. */
  readonly messageId: Uint8Array;
  /** All pairs that are bound to the message, those that the header does not store too. */
  readonly encryptionContext: EncryptionContext;
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
  readonly contentType: ContentType;
  /** Plaintext bytes of each regular frame; 0 where the content is not framed. */
  readonly frameLength: number;
}

/** Type byte of version 1: customer authenticated encrypted data. */
const TYPE_V1 = 0x80;
const CONTENT_TYPES: Readonly<Record<number, ContentType>> = { 0x01: 'non-framed', 0x02: 'framed' };
const CONTENT_TYPE_BYTES: Readonly<Record<ContentType, number>> = { 'non-framed': 0x01, framed: 0x02 };
/** Header IV: written as zeros in version 1, implied in version 2. Frames begin at 1, so it is never used twice. */
export const ZERO_IV: Uint8Array<ArrayBuffer> = new Uint8Array(IV_LENGTH);

/** The header's bytes become the caller's: none of them may be used any more. */
export function messageHeader(header: HeaderBody): MessageHeader {
  const { suite, messageId, encryptionContext, encryptedDataKeys, contentType, frameLength } = header;
  return {
    version: suite.messageVersion,
    suite: suite.id,
    messageId,
    encryptionContext,
    encryptedDataKeys,
    contentType,
    frameLength,
  };
}

/** Bytes of the header body with these parts. */
export function headerBodyLength(suite: Suite, contextLength: number, keys: readonly EncryptedDataKey[]): number {
  const fixed = suite.messageVersion === 1 ? 1 + 1 + 2 + 16 + 1 + 4 + 1 + 4 : 1 + 2 + 32 + 1 + 4 + 32;
  return fixed + 2 + contextLength + encryptedDataKeysLength(keys);
}

/** Bytes of the header authentication behind the body. */
export function headerAuthLength(suite: Suite): number {
  return suite.messageVersion === 1 ? IV_LENGTH + TAG_LENGTH : TAG_LENGTH;
}

/**
 * Bytes of a header and its authentication, for whom they come in slowly: yields how many it must see to go on, and
 * reads each length once. Nothing is checked.
 */
export function* headerExtent(bytes: () => Uint8Array): Generator<number, number, void> {
  yield 1;
  const v1 = bytes()[0] === 1;
  let at = v1 ? 1 + 1 + 2 + 16 : 1 + 2 + 32;
  yield at + 2;
  at += 2 + readUint16(bytes(), at);
  yield at + 2;
  const parts = 3 * readUint16(bytes(), at);
  at += 2;
  for (let i = 0; i < parts; i++) {
    yield at + 2;
    at += 2 + readUint16(bytes(), at);
  }
  return at + (v1 ? 1 + 4 + 1 + 4 + IV_LENGTH + TAG_LENGTH : 1 + 4 + 32 + TAG_LENGTH);
}

/** Writes a header body; the context comes serialised, as what binds it. */
export function writeHeaderBody(
  writer: Writer,
  header: Omit<HeaderBody, 'encryptionContext'>,
  contextBytes: Uint8Array,
): void {
  const { suite } = header;
  writer.uint8(suite.messageVersion);
  if (suite.messageVersion === 1) writer.uint8(TYPE_V1);
  writer.uint16(suite.id).raw(header.messageId).raw16(contextBytes);
  writeEncryptedDataKeys(writer, header.encryptedDataKeys);
  writer.uint8(CONTENT_TYPE_BYTES[header.contentType]);
  if (suite.messageVersion === 1) writer.uint32(0).uint8(IV_LENGTH);
  writer.uint32(header.frameLength).raw(header.commitment);
}

/** Writes the header authentication's IV where the version stores it, and returns the place of the tag. */
export function reserveHeaderTag(writer: Writer, suite: Suite): Uint8Array<ArrayBuffer> {
  if (suite.messageVersion === 1) writer.raw(ZERO_IV);
  return writer.reserve(TAG_LENGTH);
}

/**
 * Reads a header and its authentication. `draft` receives the parts as they are read.
 *
 * @throws `MalformedError` (`MALFORMED_MESSAGE`) with the offset of the field that is wrong.
 * @throws `PolicyError` (`ENCRYPTED_DATA_KEY_LIMIT`) before any key of too many is read.
 */
export function readHeader(
  reader: Reader,
  maxEncryptedDataKeys: number,
  draft: HeaderDraft = { encryptedDataKeys: [] },
): DecodedHeader {
  const start = reader.offset;
  const suite = readVersionAndSuite(reader);
  draft.suite = suite;
  draft.messageId = reader.take(suite.messageIdLength, 'message id');
  draft.encryptionContext = readContextSection(reader, suite);
  readEncryptedDataKeys(reader, maxEncryptedDataKeys, draft.encryptedDataKeys);
  draft.contentType = readContentType(reader);
  if (suite.messageVersion === 1) readV1Constants(reader);
  draft.frameLength = readFrameLength(reader, draft.contentType);
  draft.commitment = suite.commitmentLength === 0 ? NO_BYTES : reader.take(suite.commitmentLength, 'key commitment');
  draft.bodyBytes = reader.bytes.subarray(start, reader.offset);
  draft.iv = suite.messageVersion === 1 ? reader.take(IV_LENGTH, 'header IV') : ZERO_IV;
  draft.tag = reader.take(TAG_LENGTH, 'header tag');
  return draft as DecodedHeader;
}

function readVersionAndSuite(reader: Reader): Suite {
  const start = reader.offset;
  if (reader.remaining === 0) throw reader.error('The message is empty');
  const version = reader.uint8('version');
  if (version !== 1 && version !== 2) throw versionError(reader, start);
  if (version === 1) {
    const at = reader.offset;
    if (reader.uint8('type') !== TYPE_V1)
      throw reader.error('Unknown message type; a message of version 1 has type 0x80', at);
  }
  const at = reader.offset;
  const id = reader.uint16('suite id');
  const suite = suites.get(id);
  if (suite === undefined) throw reader.error(`Unknown suite ${suiteHex(id)}`, at);
  // A committing suite in version 1 would have its commitment cut off unseen.
  if (suite.messageVersion !== version) {
    throw reader.error(`Suite ${suiteHex(id)} belongs to message version ${suite.messageVersion}, not ${version}`, at);
  }
  return suite;
}

/** The first characters of a message that somebody took for bytes while it was still base64. */
const BASE64_STARTS = /^(AYAA|AYAB|AYAC|AYAD|AgR4|AgV4)/;

function versionError(reader: Reader, start: number): MalformedError {
  const first = String.fromCharCode(...reader.bytes.subarray(start, start + 4));
  const hint = BASE64_STARTS.test(first) ? '. It is base64 text: decode it to bytes first' : '; known are 1 and 2';
  return reader.error(`Unknown message version ${reader.bytes[start]}${hint}`, start);
}

function readContextSection(reader: Reader, suite: Suite): EncryptionContext {
  const at = reader.offset;
  const length = reader.uint16('encryption context length');
  const context = readEncryptionContext(reader.sub(length, 'encryption context'));
  // default-cmm.md#decrypt-materials: otherwise a signature could be stripped by changing the suite.
  if ((context[PUBLIC_KEY_CONTEXT_KEY] !== undefined) !== (suite.signature !== null)) {
    throw reader.error(`The encryption context must hold ${PUBLIC_KEY_CONTEXT_KEY} exactly if the suite signs`, at);
  }
  return context;
}

function readContentType(reader: Reader): ContentType {
  const at = reader.offset;
  const type = CONTENT_TYPES[reader.uint8('content type')];
  if (type === undefined) throw reader.error('Unknown content type; known are 1 (non-framed) and 2 (framed)', at);
  return type;
}

function readV1Constants(reader: Reader): void {
  const reserved = reader.offset;
  if (reader.uint32('reserved') !== 0) throw reader.error('The reserved bytes must be zero', reserved);
  const ivLength = reader.offset;
  if (reader.uint8('IV length') !== IV_LENGTH) throw reader.error(`The IV length must be ${IV_LENGTH}`, ivLength);
}

function readFrameLength(reader: Reader, contentType: ContentType): number {
  const at = reader.offset;
  const frameLength = reader.uint32('frame length');
  if ((contentType === 'framed') !== frameLength > 0) {
    throw reader.error(
      contentType === 'framed'
        ? 'A framed message must have a frame length above 0'
        : 'A non-framed message must have frame length 0',
      at,
    );
  }
  return frameLength;
}
