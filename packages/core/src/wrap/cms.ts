/**
 * The one DER form of the key blob's inner part: CMS EncryptedData (RFC 5652 §8) under AES-256-GCM (RFC 5084 §3.2).
 *
 * ```
 * SEQUENCE { OID encryptedData, [0] { SEQUENCE { INTEGER 0, SEQUENCE { OID data,
 *   SEQUENCE { OID aes256-GCM, SEQUENCE { OCTET STRING iv 12, INTEGER 16 } }, [0] IMPLICIT ciphertext ‖ tag } } } }
 * ```
 *
 * Every part of variable length reaches to the end, so its length field counts all bytes that follow.
 * @module
 */

import type { Reader, Writer } from '../bytes.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { counted } from '../quoted.ts';

const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;

/** Object id 1.2.840.113549.1.7.6 in DER, with its tag and length. */
const OID_ENCRYPTED_DATA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06);
const VERSION_0 = Uint8Array.of(0x02, 0x01, 0x00);
/** Object id 1.2.840.113549.1.7.1 in DER. */
const OID_DATA = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/** Object id 2.16.840.1.101.3.4.1.46 in DER. */
const OID_AES256_GCM = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e];
const TAG_LENGTH_16 = Uint8Array.of(0x02, 0x01, TAG_LENGTH);
const PARAMETERS_LENGTH = 2 + IV_LENGTH + TAG_LENGTH_16.length;
const ALGORITHM_LENGTH = OID_AES256_GCM.length + 2 + PARAMETERS_LENGTH;
/** The bytes between the innermost SEQUENCE header and the IV. */
const BEFORE_IV = Uint8Array.of(
  ...OID_DATA,
  ...[SEQUENCE, ALGORITHM_LENGTH, ...OID_AES256_GCM],
  ...[SEQUENCE, PARAMETERS_LENGTH, OCTET_STRING, IV_LENGTH],
);

const NAME = 'DER of the encrypted data';

/** Returns the number of DER bytes around `sealedLength` bytes of ciphertext ‖ tag, including these. */
export function cmsLength(sealedLength: number): number {
  const content = BEFORE_IV.length + IV_LENGTH + TAG_LENGTH_16.length + withHeader(sealedLength);
  const data = VERSION_0.length + withHeader(content);
  return withHeader(OID_ENCRYPTED_DATA.length + withHeader(withHeader(data)));
}

/** Writes all but IV and ciphertext. Returns the place of the IV; the ciphertext fills the rest of the writer. */
export function writeCms(writer: Writer): Uint8Array<ArrayBuffer> {
  writeHeader(writer, SEQUENCE).raw(OID_ENCRYPTED_DATA);
  writeHeader(writer, EXPLICIT_0);
  writeHeader(writer, SEQUENCE).raw(VERSION_0);
  writeHeader(writer, SEQUENCE).raw(BEFORE_IV);
  const iv = writer.reserve(IV_LENGTH);
  writeHeader(writer.raw(TAG_LENGTH_16), IMPLICIT_0);
  return iv;
}

/** Reads the rest of a cursor. Throws unless it has exactly the form that {@link writeCms} writes. */
export function readCms(reader: Reader): { iv: Uint8Array; sealed: Uint8Array } {
  readHeader(reader, SEQUENCE);
  expectBytes(reader, OID_ENCRYPTED_DATA);
  readHeader(reader, EXPLICIT_0);
  readHeader(reader, SEQUENCE);
  expectBytes(reader, VERSION_0);
  readHeader(reader, SEQUENCE);
  expectBytes(reader, BEFORE_IV);
  const iv = reader.take(IV_LENGTH, 'IV');
  expectBytes(reader, TAG_LENGTH_16);
  readHeader(reader, IMPLICIT_0);
  if (reader.remaining <= TAG_LENGTH) throw reader.error('The encrypted data holds no ciphertext before its tag');
  return { iv, sealed: reader.take(reader.remaining, 'ciphertext and tag') };
}

/** Passes over bytes that must equal `expected`. The error's offset is that of the first other byte. */
function expectBytes(reader: Reader, expected: Uint8Array): void {
  const start = reader.offset;
  reader.skip(expected.length, NAME);
  for (let i = 0; i < expected.length; i++) {
    if (reader.bytes[start + i] !== expected[i])
      throw reader.error(`${NAME} has another form than the only one`, start + i);
  }
}

function withHeader(length: number): number {
  return (length < 0x80 ? 2 : length < 0x100 ? 3 : 4) + length;
}

/** Writes a tag and the minimal length (X.690 §10.1) of the rest, which is shorter than 65536 bytes. */
function writeHeader(writer: Writer, tag: number): Writer {
  const behindTag = writer.uint8(tag).bytes.length - writer.offset;
  if (behindTag <= 0x80) return writer.uint8(behindTag - 1);
  if (behindTag <= 0x101) return writer.uint8(0x81).uint8(behindTag - 2);
  return writer.uint8(0x82).uint16(behindTag - 3);
}

/** Reads a header. Throws unless it is the one that {@link writeHeader} writes at this place. */
function readHeader(reader: Reader, tag: number): void {
  const start = reader.offset;
  const found = reader.uint8(NAME);
  const first = reader.uint8(NAME);
  const length = first === 0x82 ? reader.uint16(NAME) : first === 0x81 ? reader.uint8(NAME) : first;
  if (found !== tag) throw reader.error(`${NAME} has tag ${found}, expected ${tag}`, start);
  const isShortest = withHeader(length) === reader.offset - start + length;
  if (!isShortest || length !== reader.remaining) {
    throw reader.error(
      `${NAME} does not announce a length of ${counted(reader.remaining, 'byte')} in the shortest form`,
      start + 1,
    );
  }
}
