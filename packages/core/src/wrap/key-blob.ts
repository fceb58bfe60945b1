/**
 * The key blob: the ciphertext that the offline key service returns.
 *
 * ```
 * 01 02 VV 00 78 | material id 32 | 01 | nonce 16 | length u32 | CMS EncryptedData (DER): AES-256-GCM, IV 12,
 * ciphertext ‖ tag 16
 * ```
 *
 * It has the outer shape of AWS KMS's blobs, so that parsers of those can read it. VV has values that AWS does not use,
 * so that the two are never mixed up. Each blob has its own key, derived from the key material and a nonce (SP 800-108
 * counter mode, HMAC-SHA256, one block). The bytes before the ciphertext, the key's ARN and the encryption context are
 * authenticated.
 * @module
 */

import { Reader, Writer } from '../bytes.ts';
import { AuthenticationError, MalformedError } from '../errors.ts';
import { MAX_CIPHERTEXT_BLOB_LENGTH, MAX_KEY_BLOB_PLAINTEXT_LENGTH, TAG_LENGTH } from '../limits.ts';
import type { Provider } from '../provider.ts';
import { counted } from '../quoted.ts';
import { scratchBytes } from '../scratch.ts';
import { encodeUtf8, utf8Length } from '../utf8.ts';
import { cmsLength, readCms, writeCms } from './cms.ts';
import { openDerived, sealDerived } from './derived.ts';

export { openDerived, sealDerived };

/** Byte 2 of a blob: `53` of a real keystore, `54` of the deterministic one for tests, whose blobs protect nothing. */
export type KeyBlobVersion = 0x53 | 0x54;

/** Bytes of a material id. */
export const MATERIAL_ID_LENGTH = 32;
const NONCE_LENGTH = 16;

/** Key material with the values that bind a blob to it. Made by {@link blobKey}. */
export interface BlobKey {
  /** 32 secret bytes. */
  readonly material: Uint8Array;
  /** 32 bytes, made by {@link materialId}. */
  readonly materialId: Uint8Array;
  /** u16 length ‖ the ARN of the key that the material belongs to. */
  readonly arnBytes: Uint8Array;
}

/** The parts of a blob, as views into it. */
export interface DecodedKeyBlob {
  /** Byte 2: whether a real keystore made the blob. */
  readonly version: KeyBlobVersion;
  /** The id of the material that opens the blob, 32 bytes. */
  readonly materialId: Uint8Array;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
  /** Every byte before the ciphertext. */
  readonly prefix: Uint8Array;
  /** Ciphertext ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** Format bytes around the version, as in a current blob of AWS KMS. */
const FORMAT = { first: 0x01, generation: 0x02, reserved: 0x00, algorithm: 0x78, nonceFollows: 0x01 } as const;
const FIXED_LENGTH = 5 + MATERIAL_ID_LENGTH + 1 + NONCE_LENGTH + 4;
const MATERIAL_ID_LABEL = encodeUtf8('securestring material id v1');
const BLOB_KEY_LABEL = encodeUtf8('securestring key blob v1');

/**
 * Derives a key of 32 bytes for `label` and `context`: HMAC-SHA256(key, 00000001 ‖ label ‖ 00 ‖ context ‖ 00000100).
 * This is NIST SP 800-108r1 §4.1, counter mode, with one block. The caller wipes the key. If the context has several
 * parts, they have fixed lengths or carry their lengths.
 */
export function deriveKey(
  provider: Provider,
  key: Uint8Array,
  label: Uint8Array,
  ...context: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return provider.hmac('sha256', key, derivationInput(label, ...context));
}

/** Returns the input of HMAC-SHA256 in {@link deriveKey}. */
export function derivationInput(label: Uint8Array, ...context: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const contextLength = context.reduce((sum, part) => sum + part.length, 0);
  const input = new Writer(new Uint8Array(4 + label.length + 1 + contextLength + 4)).uint32(1).raw(label).uint8(0);
  for (const part of context) input.raw(part);
  // The last field is L, the length of the output in bits.
  return input.uint32(256).bytes;
}

/**
 * Returns an id of key material that reveals nothing of it. The id commits blobs to both material and ARN:
 * HMAC-SHA256(material, 00000001 ‖ label ‖ 00 ‖ u16 length ‖ ARN ‖ 00000100).
 */
export function materialId(provider: Provider, material: Uint8Array, keyArn: string): Uint8Array<ArrayBuffer> {
  return deriveKey(provider, material, MATERIAL_ID_LABEL, encodeArn(keyArn));
}

/** Makes the key of all blobs under one material of the key with this ARN. It keeps a reference to the material. */
export function blobKey(provider: Provider, material: Uint8Array, keyArn: string): BlobKey {
  return { material, materialId: materialId(provider, material, keyArn), arnBytes: encodeArn(keyArn) };
}

/**
 * Seals 1 to 4096 bytes. `context` is the canonical encryption context, zero bytes for the empty one.
 *
 * @throws `RangeError` if the plaintext has another length.
 */
export function wrapKeyBlob(
  provider: Provider,
  key: BlobKey,
  version: KeyBlobVersion,
  plaintext: Uint8Array,
  context: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (plaintext.length < 1 || plaintext.length > MAX_KEY_BLOB_PLAINTEXT_LENGTH) {
    throw new RangeError(`A key blob holds 1 to ${MAX_KEY_BLOB_PLAINTEXT_LENGTH} bytes, not ${plaintext.length}.`);
  }
  const sealedLength = plaintext.length + TAG_LENGTH;
  const derLength = cmsLength(sealedLength);
  const blob = new Uint8Array(FIXED_LENGTH + derLength);
  const writer = new Writer(blob)
    .uint8(FORMAT.first)
    .uint8(FORMAT.generation)
    .uint8(version)
    .uint8(FORMAT.reserved)
    .uint8(FORMAT.algorithm)
    .raw(key.materialId)
    .uint8(FORMAT.nonceFollows);
  const nonce = writer.reserve(NONCE_LENGTH);
  provider.randomFill(nonce);
  writer.uint32(derLength);
  const iv = writeCms(writer);
  provider.randomFill(iv);
  const sealed = writer.reserve(sealedLength);
  const aad = authenticated(blob.subarray(0, blob.length - sealedLength), key, context);
  // Each nonce has its own key, so random IVs stay safe however many blobs a material seals.
  sealDerived(provider, key.material, blobKeyInput(nonce), iv, aad, plaintext, sealed);
  return blob;
}

/**
 * Opens a decoded blob with the material that its id names. The caller wipes the plaintext.
 *
 * @throws `AuthenticationError` if material, ARN, context or any byte of the blob differs from those it was sealed
 *   with.
 */
export function unwrapKeyBlob(
  provider: Provider,
  key: BlobKey,
  blob: DecodedKeyBlob,
  context: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const plaintext = new Uint8Array(blob.sealed.length - TAG_LENGTH);
  const aad = authenticated(blob.prefix, key, context);
  if (openDerived(provider, key.material, blobKeyInput(blob.nonce), blob.iv, aad, blob.sealed, plaintext))
    return plaintext;
  throw new AuthenticationError();
}

/**
 * Decodes a blob into views of its parts. It accepts only the one form of DER that {@link wrapKeyBlob} writes.
 *
 * @throws `MalformedError` (`MALFORMED_KEY_BLOB`).
 */
export function decodeKeyBlob(blob: Uint8Array): DecodedKeyBlob {
  if (blob.length > MAX_CIPHERTEXT_BLOB_LENGTH) {
    throw new MalformedError(
      'MALFORMED_KEY_BLOB',
      `A key blob has at most ${MAX_CIPHERTEXT_BLOB_LENGTH} bytes, this one ${blob.length}`,
      0,
    );
  }
  const reader = new Reader(blob, 'MALFORMED_KEY_BLOB');
  expectByte(reader, FORMAT.first, 'format');
  expectByte(reader, FORMAT.generation, 'generation');
  const version = readVersion(reader);
  expectByte(reader, FORMAT.reserved, 'reserved byte');
  expectByte(reader, FORMAT.algorithm, 'algorithm');
  const id = reader.take(MATERIAL_ID_LENGTH, 'material id');
  expectByte(reader, FORMAT.nonceFollows, 'nonce marker');
  const nonce = reader.take(NONCE_LENGTH, 'nonce');
  const lengthAt = reader.offset;
  if (reader.uint32('length of the encrypted data') !== reader.remaining) {
    throw reader.error(
      `The encrypted data does not have the length that is announced, but ${counted(reader.remaining, 'byte')}`,
      lengthAt,
    );
  }
  const { iv, sealed } = readCms(reader);
  return { version, materialId: id, nonce, iv, prefix: blob.subarray(0, reader.offset - sealed.length), sealed };
}

function readVersion(reader: Reader): KeyBlobVersion {
  const at = reader.offset;
  const version = reader.uint8('version');
  if (version === 0x53 || version === 0x54) return version;
  const whose = version <= 0x03 ? 'a blob of AWS KMS, which only AWS can open' : 'not a blob of this format';
  throw reader.error(`Version ${version} is ${whose}`, at);
}

function expectByte(reader: Reader, expected: number, name: string): void {
  const at = reader.offset;
  const found = reader.uint8(name);
  if (found !== expected) throw reader.error(`Not a key blob: ${name} is ${found}, expected ${expected}`, at);
}

const BLOB_KEY_INPUT = derivationInput(BLOB_KEY_LABEL, new Uint8Array(NONCE_LENGTH));
const NONCE_AT = 4 + BLOB_KEY_LABEL.length + 1;

/** Returns the input of a blob key's derivation, which is public. The next call overwrites it. */
function blobKeyInput(nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  BLOB_KEY_INPUT.set(nonce, NONCE_AT);
  return BLOB_KEY_INPUT;
}

function encodeArn(keyArn: string): Uint8Array<ArrayBuffer> {
  return new Writer(new Uint8Array(2 + utf8Length(keyArn))).text16(keyArn).bytes;
}

/** Returns the authenticated data: the blob before its ciphertext ‖ u16 length ‖ key ARN ‖ canonical context. */
function authenticated(prefix: Uint8Array, { arnBytes }: BlobKey, context: Uint8Array): Uint8Array {
  const aad = scratchBytes(prefix.length + arnBytes.length + context.length);
  aad.set(prefix);
  aad.set(arnBytes, prefix.length);
  aad.set(context, prefix.length + arnBytes.length);
  return aad;
}
