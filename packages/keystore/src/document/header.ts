/**
 * The clear header of the keystore document: bytes <-> record, no keys.
 *
 * ```
 * "SSKSTORE" | version u16 | store id 16 | generation u64 | length u32 of what follows the checksum | slot count u8
 * | slots | checksum 32 = SHA-256 of every other byte of the file | salt 16 | IV 12 | sealed state | tag 16
 * ```
 *
 * The checksum shows damage before a passphrase is tried, so that damage is not taken for a wrong passphrase. It does
 * not prevent tampering. The tag does: all bytes before the checksum are its additional authenticated data.
 * @module
 */

import { type Reader, readUint32, sameBytes, Writer } from '@securestring/core/bytes';
import { encodeUtf8 } from '@securestring/core/utf8';
import { KeystoreError } from '../errors.ts';
import { CHECKSUM_LENGTH, ID_LENGTH, MAX_SLOTS } from '../limits.ts';
import { checksumOf, parseFields, parseSealed, parseSlot, parseVersion, type SealedParts } from './fields.ts';
import { checkSlots, encodeSlot, type UnlockSlot } from './slots.ts';

/** The fields of the header, and views of the rest. */
export interface KeystoreDocument extends SealedParts {
  /** 16 random bytes, for the life of the keystore. */
  readonly storeId: Uint8Array;
  /** The document's number: 1 for the first, one more with each commit. */
  readonly generation: number;
  readonly slots: readonly UnlockSlot[];
}

/** A file of its full length, in which the sealed part and the checksum are yet to be filled. */
export interface OpenDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly authenticated: Uint8Array;
  /** To be filled before {@link writeChecksum}. */
  readonly sealed: Uint8Array<ArrayBuffer>;
}

const MAGIC = encodeUtf8('SSKSTORE');
const VERSION = 1;
const GENERATION_AT = 26;
/** The length of a document's beginning that has its generation, in bytes. */
export const GENERATION_END: number = GENERATION_AT + 8;
/** Bytes before the slots. */
const FIXED_LENGTH = 39;

/** Lays out a file with `sealedLength` bytes after the checksum. */
export function layOutDocument(
  header: { storeId: Uint8Array; generation: number; slots: readonly UnlockSlot[] },
  sealedLength: number,
): OpenDocument {
  const slots = header.slots.map(encodeSlot);
  const headerLength = headerLengthOf(slots);
  const writer = new Writer(new Uint8Array(headerLength + CHECKSUM_LENGTH + sealedLength))
    .raw(MAGIC)
    .uint16(VERSION)
    .raw(header.storeId)
    .uint32(Math.floor(header.generation / 2 ** 32))
    .uint32(header.generation % 2 ** 32)
    .uint32(sealedLength)
    .uint8(slots.length);
  for (const slot of slots) writer.raw(slot);
  writer.reserve(CHECKSUM_LENGTH);
  const sealed = writer.reserve(sealedLength);
  return { bytes: writer.bytes, authenticated: writer.bytes.subarray(0, headerLength), sealed };
}

/** Completes a file and returns its checksum. */
export function writeChecksum({ bytes, authenticated, sealed }: OpenDocument): Uint8Array {
  const checksum = checksumOf({ authenticated, sealed });
  bytes.set(checksum, authenticated.length);
  return checksum;
}

/**
 * Parses a file, and checks its version, length, checksum and unlock slots.
 *
 * @throws `KeystoreError` (`NOT_A_KEYSTORE`, `KEYSTORE_VERSION`, `KEYSTORE_TRUNCATED`, `KEYSTORE_DAMAGED`,
 *   `UNSAFE_UNLOCK_SLOT`). The text names the field and its offset.
 */
export function decodeDocument(file: Uint8Array): KeystoreDocument {
  return parseFields(file, truncated, (reader) => {
    requireVersion(parseVersion(reader, MAGIC));
    const storeId = reader.take(ID_LENGTH, 'store id');
    const generation = Number(reader.uint64('generation'));
    const sealedLength = reader.uint32('sealed length');
    const slots = parseSlots(reader);
    const parts = parseSealed(reader, { length: sealedLength, least: 1 }, damaged);
    if (generation < 1 || !Number.isSafeInteger(generation)) {
      throw damaged(`its generation is ${generation}`, GENERATION_AT);
    }
    checkSlots(slots);
    return { storeId, generation, slots, ...parts };
  });
}

/**
 * Returns the generation that a document claims, from its first 34 bytes, without any check of the rest; `undefined` if
 * they are not the beginning of a document.
 */
export function parseGeneration(start: Uint8Array): number | undefined {
  if (start.length < GENERATION_END || !sameBytes(start.subarray(0, MAGIC.length), MAGIC)) return undefined;
  return readUint32(start, GENERATION_AT) * 2 ** 32 + readUint32(start, GENERATION_AT + 4);
}

/**
 * Whether a file has that checksum in its place. It does not verify it, which would take ten times as long, so a file
 * that was damaged elsewhere since counts as the same.
 */
export function claimsChecksum(
  file: Uint8Array,
  { slots, checksum }: Pick<KeystoreDocument, 'slots' | 'checksum'>,
): boolean {
  const at = headerLengthOf(slots.map(encodeSlot));
  return sameBytes(file.subarray(at, at + CHECKSUM_LENGTH), checksum);
}

function requireVersion(version: number | undefined): void {
  if (version === VERSION) return;
  if (version === undefined) {
    throw new KeystoreError(
      'NOT_A_KEYSTORE',
      'This is not a keystore: it does not begin with "SSKSTORE". Check the path; nothing was changed.',
    );
  }
  // Before length and checksum: another version may have them elsewhere.
  throw new KeystoreError(
    'KEYSTORE_VERSION',
    `The keystore is of format version ${version}; this program reads version ${VERSION}. Open it with a newer release of @securestring/keystore. If no newer release ever wrote it, it is damaged: restore a copy.`,
  );
}

function parseSlots(reader: Reader): readonly UnlockSlot[] {
  const at = reader.offset;
  const count = reader.uint8('slot count');
  if (count < 1 || count > MAX_SLOTS) throw damaged(`its slot count is ${count}, not 1 to ${MAX_SLOTS}`, at);
  return Array.from({ length: count }, (_, i) => parseSlot(reader, `unlock slot ${i}`, damaged));
}

function headerLengthOf(slots: readonly Uint8Array[]): number {
  return slots.reduce((sum, slot) => sum + slot.length, FIXED_LENGTH);
}

function truncated(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_TRUNCATED',
    `The keystore cannot be read. ${what} Restore a copy of it; nothing was changed.`,
  );
}

function damaged(what: string, offset: number): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_DAMAGED',
    `The keystore is damaged: ${what} (at byte ${offset}). Restore a copy of it; nothing was changed.`,
  );
}
