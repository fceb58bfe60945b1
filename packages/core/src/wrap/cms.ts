/**
 * The one DER form of the key blob's inner part: CMS EncryptedData (RFC 5652 §8) under AES-256-GCM (RFC 5084 §3.2).
 *
 * ```
 * SEQUENCE { OID encryptedData, [0] { SEQUENCE { INTEGER 0, SEQUENCE { OID data,
 *   SEQUENCE { OID aes256-GCM, SEQUENCE { OCTET STRING iv 12, INTEGER 16 } }, [0] IMPLICIT ciphertext ‖ tag } } } }
 * ```
 * @module
 */

import type { Reader } from '../bytes.ts';
import { sameBytes, Writer } from '../bytes.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';

/** 1.2.840.113549.1.7.6, with tag and length as everything below. */
const OID_ENCRYPTED_DATA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06);
/** 1.2.840.113549.1.7.1 */
const OID_DATA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
/** 2.16.840.1.101.3.4.1.46 */
const OID_AES256_GCM = Uint8Array.of(0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e);
const VERSION_0 = Uint8Array.of(0x02, 0x01, 0x00);
const TAG_LENGTH_16 = Uint8Array.of(0x02, 0x01, TAG_LENGTH);

const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;

const PARAMETERS_LENGTH = 2 + IV_LENGTH + TAG_LENGTH_16.length;
const ALGORITHM_LENGTH = OID_AES256_GCM.length + 2 + PARAMETERS_LENGTH;

/** DER bytes for `sealedLength` bytes of ciphertext ‖ tag. */
export function cmsLength(sealedLength: number): number {
  return withHeader(lengthsOf(sealedLength).outer);
}

/** Writes all but IV and ciphertext and returns the IV's place; the ciphertext is to follow. */
export function writeCms(writer: Writer, sealedLength: number): Uint8Array<ArrayBuffer> {
  const lengths = lengthsOf(sealedLength);
  header(writer, SEQUENCE, lengths.outer).raw(OID_ENCRYPTED_DATA);
  header(writer, EXPLICIT_0, lengths.explicit);
  header(writer, SEQUENCE, lengths.data).raw(VERSION_0);
  header(writer, SEQUENCE, lengths.content).raw(OID_DATA);
  header(writer, SEQUENCE, ALGORITHM_LENGTH).raw(OID_AES256_GCM);
  header(writer, SEQUENCE, PARAMETERS_LENGTH);
  const iv = header(writer, OCTET_STRING, IV_LENGTH).reserve(IV_LENGTH);
  writer.raw(TAG_LENGTH_16);
  header(writer, IMPLICIT_0, sealedLength);
  return iv;
}

/** Reads the rest of a cursor, which must be what {@link writeCms} writes, to the byte. */
export function readCms(reader: Reader): { iv: Uint8Array; sealed: Uint8Array } {
  const start = reader.offset;
  const sealedLength = sealedLengthOf(reader.remaining);
  if (sealedLength === undefined) throw reader.error('The encrypted data has a length that its DER form never has');
  const prefix = reader.take(reader.remaining - sealedLength, 'encrypted data');
  const expected = new Writer(new Uint8Array(prefix.length));
  const ivPlace = writeCms(expected, sealedLength);
  const iv = prefix.subarray(ivPlace.byteOffset, ivPlace.byteOffset + IV_LENGTH);
  ivPlace.set(iv);
  if (!sameBytes(prefix, expected.bytes)) {
    const wrong = prefix.findIndex((byte, i) => byte !== expected.bytes[i]);
    throw reader.error('The encrypted data is not the DER form of this blob', start + wrong);
  }
  return { iv, sealed: reader.take(sealedLength, 'ciphertext and tag') };
}

/** Content lengths of the nested parts, from the inside outwards. */
function lengthsOf(sealedLength: number): { content: number; data: number; explicit: number; outer: number } {
  const content = OID_DATA.length + withHeader(ALGORITHM_LENGTH) + withHeader(sealedLength);
  const data = VERSION_0.length + withHeader(content);
  const explicit = withHeader(data);
  return { content, data, explicit, outer: OID_ENCRYPTED_DATA.length + withHeader(explicit) };
}

/** The one ciphertext length, tag included, whose DER form has `total` bytes. */
function sealedLengthOf(total: number): number | undefined {
  const most = total - cmsLength(0);
  // Each of the five nested lengths takes up to two bytes more as the content grows.
  for (let sealedLength = most; sealedLength > TAG_LENGTH && sealedLength >= most - 10; sealedLength--) {
    if (cmsLength(sealedLength) === total) return sealedLength;
  }
  return undefined;
}

function withHeader(length: number): number {
  return (length < 0x80 ? 2 : length < 0x100 ? 3 : 4) + length;
}

/** Tag and minimal length (X.690 §10.1); nothing here reaches 65536 bytes. */
function header(writer: Writer, tag: number, length: number): Writer {
  writer.uint8(tag);
  if (length < 0x80) return writer.uint8(length);
  if (length < 0x100) return writer.uint8(0x81).uint8(length);
  return writer.uint8(0x82).uint16(length);
}
