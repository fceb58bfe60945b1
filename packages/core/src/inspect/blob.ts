/**
 * Inspection of a key blob without its key: a blob of this engine, or of any generation of AWS KMS. Only this file
 * reads DER leniently: it reports each difference from the known form and reads on.
 *
 * ```
 * generation 0: 0a 20 | material id 32 | 12 | varint length | a blob of generation 1
 * generation 1: 01 01 VV 00 78 | material id 32 | length u32 | CMS EncryptedData
 * generation 2: 01 02 VV 00 78 | material id 32 | 01 | nonce 16 | length u32 | CMS EncryptedData
 * ```
 * @module
 */

import { Reader, toHex } from '../bytes.ts';
import { TAG_LENGTH } from '../limits.ts';
import { counted } from '../quoted.ts';
import { MATERIAL_ID_LENGTH } from '../wrap/key-blob.ts';
import { type BlobInspection, collect, type Field, type Problem } from './inspection.ts';

type Draft = { -readonly [Name in keyof BlobInspection]?: BlobInspection[Name] };

/** Returns a blob's kind by its first three bytes, `undefined` if they cannot begin a blob. */
export function blobKind(bytes: Uint8Array): BlobInspection['kind'] | undefined {
  const [first, second, third] = bytes;
  if (first === 0x0a && second === 0x20) return 'aws-kms-blob';
  if (first !== 0x01 || (second !== 0x01 && second !== 0x02)) return undefined;
  return second === 0x02 && (third === 0x53 || third === 0x54) ? 'key-blob' : 'aws-kms-blob';
}

/** Inspects a blob, and reports every fault as a problem. */
export function inspectBlob(bytes: Uint8Array, encoding: 'bytes' | 'base64'): BlobInspection {
  const fields: Field[] = [];
  const problems: Problem[] = [];
  const draft: Draft = {};
  const reader = new Reader(bytes, 'MALFORMED_KEY_BLOB', { trace: (field) => fields.push(field) });
  collect(problems, () => {
    readOuter(reader, draft, problems);
    reader.expectEnd('the blob');
  });
  return { kind: blobKind(bytes) ?? 'aws-kms-blob', encoding, length: bytes.length, ...draft, fields, problems };
}

function readOuter(reader: Reader, draft: Draft, problems: Problem[]): void {
  const first = reader.uint8('format');
  if (first === 0x0a) {
    readGeneration0(reader, draft, problems);
    return;
  }
  if (first !== 0x01) throw reader.error(`Format ${first} is not that of a blob`, reader.offset - 1);
  readNewer(reader, draft, problems);
}

/** Reads a protocol buffer: field 1 is the material id, field 2 a blob of generation 1 with the same id. */
function readGeneration0(reader: Reader, draft: Draft, problems: Problem[]): void {
  draft.generation = 0;
  expect(reader, reader.uint8('material id length'), MATERIAL_ID_LENGTH, 'material id length', problems);
  const id = toHex(reader.take(MATERIAL_ID_LENGTH, 'material id'));
  draft.materialId = id;
  expect(reader, reader.uint8('field 2'), 0x12, 'field 2', problems);
  const at = reader.offset;
  const length = readVarint(reader);
  if (length !== reader.remaining)
    problems.push({
      offset: at,
      what: `The inner blob's length is ${length}, but it has ${counted(reader.remaining, 'byte')}`,
    });
  expect(reader, reader.uint8('format'), 0x01, 'format', problems);
  readNewer(reader, draft, problems);
  draft.generation = 0;
  if (draft.materialId !== id) problems.push({ offset: 2, what: 'The outer material id is not the inner one' });
}

function readNewer(reader: Reader, draft: Draft, problems: Problem[]): void {
  const at = reader.offset;
  const generation = reader.uint8('generation');
  if (generation !== 1 && generation !== 2) throw reader.error(`Generation ${generation} is not known`, at);
  draft.generation = generation;
  readVersion(reader, generation, draft, problems);
  expect(reader, reader.uint8('reserved byte'), 0x00, 'reserved byte', problems);
  expect(reader, reader.uint8('algorithm'), 0x78, 'algorithm', problems);
  draft.materialId = toHex(reader.take(MATERIAL_ID_LENGTH, 'material id'));
  if (generation === 2) {
    expect(reader, reader.uint8('nonce marker'), 0x01, 'nonce marker', problems);
    draft.nonce = toHex(reader.take(16, 'nonce'));
  }
  const lengthAt = reader.offset;
  const length = reader.uint32('length of the encrypted data');
  if (length !== reader.remaining) {
    problems.push({
      offset: lengthAt,
      what: `The encrypted data's length is ${length}, but it has ${counted(reader.remaining, 'byte')}`,
    });
  }
  readCmsLeniently(reader, draft, problems);
}

function readVersion(reader: Reader, generation: 1 | 2, draft: Draft, problems: Problem[]): void {
  const at = reader.offset;
  const version = reader.uint8('version');
  draft.version = version.toString(16).padStart(2, '0');
  if (generation === 2 && version === 0x54) {
    draft.insecure = true;
    problems.push({ offset: at, what: 'INSECURE: made by the deterministic test keystore; it protects nothing' });
  } else if (version === 0 || (version > 0x03 && !(generation === 2 && version === 0x53))) {
    problems.push({ offset: at, what: `Version ${draft.version} is not known` });
  }
}

const OIDS = {
  encryptedData: '2a864886f70d010706',
  data: '2a864886f70d010701',
  aes256Gcm: '60864801650304012e',
} as const;

function readCmsLeniently(reader: Reader, draft: Draft, problems: Problem[]): void {
  const contentInfo = element(reader, 0x30, 'content info', problems);
  objectId(contentInfo, OIDS.encryptedData, 'encryptedData', problems);
  const content = element(contentInfo, 0xa0, 'content', problems);
  const encryptedData = element(content, 0x30, 'encrypted data', problems);
  const version = element(encryptedData, 0x02, 'version', problems);
  expect(version, version.uint8('version'), 0, 'version', problems);
  const contentData = element(encryptedData, 0x30, 'encrypted content info', problems);
  objectId(contentData, OIDS.data, 'data', problems);
  const algorithm = element(contentData, 0x30, 'content encryption algorithm', problems);
  draft.cipher = objectId(algorithm, OIDS.aes256Gcm, 'aes256-GCM', problems);
  const parameters = element(algorithm, 0x30, 'GCM parameters', problems);
  const iv = element(parameters, 0x04, 'IV', problems);
  draft.iv = toHex(iv.take(iv.remaining, 'IV'));
  const tagLength = element(parameters, 0x02, 'tag length', problems);
  draft.tagLength = tagLength.uint8('tag length');
  expect(tagLength, draft.tagLength, TAG_LENGTH, 'tag length', problems);
  const sealed = element(contentData, 0x80, 'encrypted content', problems);
  const ciphertext = Math.max(0, sealed.remaining - TAG_LENGTH);
  draft.ciphertext = toHex(sealed.take(ciphertext, 'ciphertext'));
  draft.tag = toHex(sealed.take(TAG_LENGTH, 'tag'));
  for (const part of [tagLength, parameters, algorithm, contentData, version, encryptedData, content, contentInfo])
    collect(problems, () => part.expectEnd('the last known field'));
}

/** Returns the content of the next DER element. Another tag, or a length that is not minimal, is only a problem. */
function element(reader: Reader, tag: number, name: string, problems: Problem[]): Reader {
  expect(reader, reader.uint8(`${name} tag`), tag, `${name} tag`, problems);
  const at = reader.offset;
  const short = reader.uint8(`${name} length`);
  if (short < 0x80) return reader.sub(short, name);
  const count = short & 0x7f;
  if (count < 1 || count > 4) throw reader.error(`The length of ${name} has a form that is not DER`, at);
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + reader.uint8(`${name} length`);
  if (length < 0x80 || length < 256 ** (count - 1))
    problems.push({ offset: at, what: `The length of ${name} is not in its shortest form` });
  return reader.sub(length, name);
}

function objectId(reader: Reader, expected: string, name: string, problems: Problem[]): string {
  const content = element(reader, 0x06, `${name} object id`, problems);
  const at = content.offset;
  const found = toHex(content.take(content.remaining, `${name} object id`));
  if (found === expected) return name;
  problems.push({
    offset: at,
    what: `The object id ${found} is not that of ${name} (${expected}): mistyped, or another algorithm`,
  });
  return `unknown (${found})`;
}

/** Adds a problem if the byte that was just read is not the expected one. */
function expect(reader: Reader, found: number, expected: number, name: string, problems: Problem[]): void {
  if (found === expected) return;
  problems.push({ offset: reader.offset - 1, what: `${name} is ${hexByte(found)}, expected ${hexByte(expected)}` });
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Reads a base-128 number, least significant digit first, of at most three bytes: more than any blob has. */
function readVarint(reader: Reader): number {
  let value = 0;
  for (let i = 0; i < 3; i++) {
    const byte = reader.uint8('inner length');
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) break;
  }
  return value;
}
