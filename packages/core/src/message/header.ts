/**
 * The message header, versions 1 and 2, as bytes and records. data-format/message-header.md.
 *
 * The header body is authenticated by the header's tag, byte for byte as on the wire. The header authentication follows
 * it: IV and tag in version 1, the tag alone in version 2.
 * @module
 */

import { NO_BYTES, type Reader, readUint16, type Writer } from '../bytes.ts';
import {
  type BoundContext,
  type EncryptionContext,
  PUBLIC_KEY_CONTEXT_KEY,
  readBoundContext,
} from '../encryption-context.ts';
import type { MalformedError } from '../errors.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { scratchCopy } from '../scratch.ts';
import { type Suite, type SuiteId, suiteHex, suites } from '../suites.ts';
import {
  type EncryptedDataKey,
  encryptedDataKeysLength,
  readEncryptedDataKeys,
  writeEncryptedDataKeys,
} from './encrypted-data-keys.ts';

/** The two forms of a message's content: in frames, or in one piece. */
export type ContentType = 'framed' | 'non-framed';

/** A header that was read, with the wire bytes that its tag covers. It shares no bytes with the message. */
export interface DecodedHeader extends HeaderBody {
  /** The pairs of the header in their canonical form, whatever order they have on the wire. */
  readonly contextBytes: Uint8Array;
  /** The exact bytes of the header body in the message. */
  readonly bodyBytes: Uint8Array;
  /** IV of the header tag, 12 bytes; zeros in version 2, which does not store it. */
  readonly iv: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** The parts of a header that were read so far. If reading fails, these are the parts before the fault. */
export type HeaderDraft = { -readonly [Field in keyof DecodedHeader]?: DecodedHeader[Field] } & {
  encryptedDataKeys: EncryptedDataKey[];
};

/** The content of a verified header. It shares no bytes with the message, and holds no secret. */
export interface MessageHeader {
  /** Version of the message format. */
  readonly version: 1 | 2;
  /** Id of the algorithm suite. */
  readonly suite: SuiteId;
  /** 16 bytes in version 1, 32 in version 2. */
  readonly messageId: Uint8Array;
  /** All pairs that are bound to the message, including those that the header does not store. */
  readonly encryptionContext: EncryptionContext;
  /** The wrapped copies of the data key. */
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
  /** Whether the content is in frames. */
  readonly contentType: ContentType;
  /** Plaintext bytes of each regular frame; 0 if the content is not framed. */
  readonly frameLength: number;
}

/** The content of a header, with the row of its suite. */
export interface HeaderBody extends Omit<MessageHeader, 'version' | 'suite'> {
  readonly suite: Suite;
  /** The key commitment: 32 bytes if the suite commits, else zero bytes. */
  readonly commitment: Uint8Array;
}

/** Type byte of version 1: customer authenticated encrypted data. */
const TYPE_V1 = 0x80;
const CONTENT_TYPES: Readonly<Record<number, ContentType>> = { 0x01: 'non-framed', 0x02: 'framed' };
const CONTENT_TYPE_BYTES: Readonly<Record<ContentType, number>> = { 'non-framed': 0x01, framed: 0x02 };
/** The header's IV: written in version 1, implied in version 2. Frames begin at 1, so it never repeats under a key. */
export const ZERO_IV: Uint8Array<ArrayBuffer> = new Uint8Array(IV_LENGTH);

/** Returns the header for the caller, who may change its bytes. The engine must not use them afterwards. */
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

/** Returns the bytes of the header body with these parts. */
export function headerBodyLength(suite: Suite, contextLength: number, keys: readonly EncryptedDataKey[]): number {
  const fixed = suite.messageVersion === 1 ? 1 + 1 + 2 + 16 + 1 + 4 + 1 + 4 : 1 + 2 + 32 + 1 + 4 + 32;
  return fixed + 2 + contextLength + encryptedDataKeysLength(keys);
}

/** Returns the bytes of the header authentication behind the body. */
export function headerAuthLength(suite: Suite): number {
  return suite.messageVersion === 1 ? IV_LENGTH + TAG_LENGTH : TAG_LENGTH;
}

/**
 * Finds the length of a header and its authentication while its bytes arrive. It yields the number of bytes that it
 * needs to go on, reads each length once, and checks nothing.
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

/** Writes a header body. `contextBytes` is the serialised context that the header stores. */
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

/** Writes the IV of the header authentication if the version stores it, and returns the place of the tag. */
export function reserveHeaderTag(writer: Writer, suite: Suite): Uint8Array<ArrayBuffer> {
  if (suite.messageVersion === 1) writer.raw(ZERO_IV);
  return writer.reserve(TAG_LENGTH);
}

/**
 * Reads a header and its authentication. `draft` receives the parts as they are read.
 *
 * @throws `MalformedError` (`MALFORMED_MESSAGE`) with the offset of the wrong field.
 * @throws `PolicyError` (`ENCRYPTED_DATA_KEY_LIMIT`) if there are too many encrypted data keys, before any is read.
 */
export function readHeader(
  reader: Reader,
  maxEncryptedDataKeys: number,
  draft: HeaderDraft = { encryptedDataKeys: [] },
): DecodedHeader {
  const start = reader.offset;
  const suite = readVersionAndSuite(reader);
  draft.suite = suite;
  draft.messageId = reader.own(suite.messageIdLength, 'message id');
  const context = readContextSection(reader, suite);
  draft.encryptionContext = context.pairs;
  draft.contextBytes = context.bytes;
  readEncryptedDataKeys(reader, maxEncryptedDataKeys, draft.encryptedDataKeys);
  draft.contentType = readContentType(reader);
  if (suite.messageVersion === 1) readV1Constants(reader);
  draft.frameLength = readFrameLength(reader, draft.contentType);
  draft.commitment = suite.commitmentLength === 0 ? NO_BYTES : reader.own(suite.commitmentLength, 'key commitment');
  draft.bodyBytes = scratchCopy(reader.bytes.subarray(start, reader.offset));
  draft.iv = suite.messageVersion === 1 ? reader.own(IV_LENGTH, 'header IV') : ZERO_IV;
  draft.tag = reader.own(TAG_LENGTH, 'header tag');
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

/** The first characters of a message in base64, to recognise one that was not decoded. */
const BASE64_STARTS = /^(AYAA|AYAB|AYAC|AYAD|AgR4|AgV4)/;

function versionError(reader: Reader, start: number): MalformedError {
  const first = String.fromCharCode(...reader.bytes.subarray(start, start + 4));
  const hint = BASE64_STARTS.test(first) ? '. It is base64 text: decode it to bytes first' : '; known are 1 and 2';
  return reader.error(`Unknown message version ${reader.bytes[start]}${hint}`, start);
}

function readContextSection(reader: Reader, suite: Suite): BoundContext {
  const at = reader.offset;
  const length = reader.uint16('encryption context length');
  const context = readBoundContext(reader.sub(length, 'encryption context'));
  // Otherwise a change of the suite could strip a signature. default-cmm.md#decrypt-materials.
  if ((context.pairs[PUBLIC_KEY_CONTEXT_KEY] !== undefined) !== (suite.signature !== null)) {
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
