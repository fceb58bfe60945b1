/**
 * The clear header of the keystore document: bytes <-> record, no keys.
 *
 * ```
 * "SSKSTORE" | version u16 | store id 16 | generation u64 | length u32 of what follows the checksum | slot count u8 | slots
 * | checksum 32 = SHA-256 of every other byte of the file | salt 16 | IV 12 | sealed state | tag 16
 * ```
 *
 * The checksum tells damage from a wrong passphrase before any work is spent on one; it keeps nobody from tampering.
 * The tag does: all that stands before the checksum is its additional authenticated data.
 * @module
 */

import { concatBytes, sameBytes, Writer } from '@securestring/core/bytes';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider } from '#platform';
import { KeystoreError } from '../errors.ts';
import { CHECKSUM_LENGTH, ID_LENGTH, IV_LENGTH, MAX_SLOTS, TAG_LENGTH } from '../limits.ts';
import { checkSlots, decodeSlot, encodeSlot, slotLength, type UnlockSlot } from './slots.ts';

/** What stands in the header, and views of the rest. */
export interface KeystoreDocument {
  /** 16 bytes, random, for the life of the keystore. */
  readonly storeId: Uint8Array;
  /** From 1; one more with each commit. */
  readonly generation: number;
  readonly slots: readonly UnlockSlot[];
  /** Every byte before the checksum. */
  readonly authenticated: Uint8Array;
  /** 32 bytes. */
  readonly checksum: Uint8Array;
  /** Salt 16 ‖ IV 12 ‖ sealed state ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** A file of the right length with everything in it but the sealed part and, last, the checksum. */
export interface OpenDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly authenticated: Uint8Array;
  /** To be filled with salt, IV, sealed state and tag, before {@link writeChecksum}. */
  readonly sealed: Uint8Array<ArrayBuffer>;
}

const MAGIC = encodeUtf8('SSKSTORE');
const VERSION = 1;
const AT = { version: 8, storeId: 10, generation: 26, length: 34, slotCount: 38 } as const;
/** Bytes before the slots. */
const FIXED_LENGTH = 39;
const MIN_SEALED_LENGTH = ID_LENGTH + IV_LENGTH + 1 + TAG_LENGTH;

/** Lays out a file for `sealedLength` bytes after the checksum. */
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
  const checksum = checksumOf(authenticated, sealed);
  bytes.set(checksum, authenticated.length);
  return checksum;
}

/**
 * Takes a file apart, and judges on the way: what it is, its version, its length, its checksum, its unlock slots.
 *
 * @throws `KeystoreError` (`NOT_A_KEYSTORE`, `KEYSTORE_VERSION`, `KEYSTORE_TRUNCATED`, `KEYSTORE_DAMAGED`,
 *   `UNSAFE_UNLOCK_SLOT`).
 */
export function decodeDocument(file: Uint8Array): KeystoreDocument {
  checkMagic(file);
  requireLength(file, FIXED_LENGTH);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const generation = Number(view.getBigUint64(AT.generation));
  const slotPlaces = placeSlots(file, view.getUint8(AT.slotCount));
  const headerLength = headerLengthOf(slotPlaces);
  const sealedAt = headerLength + CHECKSUM_LENGTH;
  const length = sealedAt + view.getUint32(AT.length);
  requireLength(file, length);
  if (file.length > length) throw damaged(`${file.length - length} byte(s) more than its header announces`);
  const authenticated = file.subarray(0, headerLength);
  const checksum = file.subarray(headerLength, sealedAt);
  const sealed = file.subarray(sealedAt);
  if (!sameBytes(checksumOf(authenticated, sealed), checksum)) throw damaged('its checksum is wrong');
  if (sealed.length < MIN_SEALED_LENGTH) throw damaged(`its sealed part has only ${sealed.length} byte(s)`);
  if (generation < 1 || !Number.isSafeInteger(generation)) throw damaged(`its generation is ${generation}`);
  const slots = slotPlaces.map(decodeSlot);
  checkSlots(slots);
  const storeId = file.subarray(AT.storeId, AT.storeId + ID_LENGTH);
  return { storeId, generation, slots, authenticated, checksum, sealed };
}

/** The generation that a document claims, from its first 40 bytes; `undefined` where they are none. */
export function readGeneration(start: Uint8Array): number | undefined {
  if (start.length < GENERATION_END || !sameBytes(start.subarray(0, MAGIC.length), MAGIC)) return undefined;
  return Number(new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(AT.generation));
}

/**
 * Whether a file has that checksum in it, and no more: it is not judged, which takes ten times as long. A file that has
 * it and was damaged since is taken for the same.
 */
export function claimsChecksum(
  file: Uint8Array,
  { slots, checksum }: Pick<KeystoreDocument, 'slots' | 'checksum'>,
): boolean {
  const at = headerLengthOf(slots.map(encodeSlot));
  return sameBytes(file.subarray(at, at + CHECKSUM_LENGTH), checksum);
}

/** Bytes of a document that tell its generation. */
export const GENERATION_END: number = AT.length;

function checkMagic(file: Uint8Array): void {
  const start = file.subarray(0, MAGIC.length);
  if (!sameBytes(start, MAGIC.subarray(0, start.length))) {
    throw new KeystoreError(
      'NOT_A_KEYSTORE',
      'This is not a keystore: it does not begin with "SSKSTORE". Check the path; nothing was changed.',
    );
  }
  requireLength(file, AT.storeId);
  const version = new DataView(file.buffer, file.byteOffset).getUint16(AT.version);
  // Judged before length and checksum: another version may have them elsewhere.
  if (version !== VERSION) {
    throw new KeystoreError(
      'KEYSTORE_VERSION',
      `The keystore is of format version ${version}; this program reads version ${VERSION}. Open it with a newer release of @securestring/keystore. If no newer one ever wrote it, it is damaged: restore a copy.`,
    );
  }
}

/** Views of the slots, whose types tell their lengths. */
function placeSlots(file: Uint8Array, count: number): Uint8Array[] {
  if (count < 1 || count > MAX_SLOTS) throw damaged(`it counts ${count} unlock slots, 1 to ${MAX_SLOTS} are possible`);
  const places: Uint8Array[] = [];
  for (let at = FIXED_LENGTH; places.length < count; ) {
    requireLength(file, at + 1);
    const length = slotLength(file[at] as number);
    if (length === undefined) throw damaged(`unlock slot ${places.length} is of unknown type ${file[at]}`);
    requireLength(file, at + length);
    places.push(file.subarray(at, at + length));
    at += length;
  }
  return places;
}

function headerLengthOf(slots: readonly Uint8Array[]): number {
  return slots.reduce((sum, slot) => sum + slot.length, FIXED_LENGTH);
}

/** SHA-256 of every byte of a file but the checksum's own. */
export function checksumOf(authenticated: Uint8Array, sealed: Uint8Array): Uint8Array {
  return provider.hash('sha256', concatBytes(authenticated, sealed));
}

function requireLength(file: Uint8Array, length: number): void {
  if (file.length >= length) return;
  throw new KeystoreError(
    'KEYSTORE_TRUNCATED',
    `The keystore is cut short: it has ${file.length} byte(s) and needs at least ${length}. Restore a copy of it; nothing was changed.`,
  );
}

function damaged(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_DAMAGED',
    `The keystore is damaged: ${what}. Restore a copy of it; nothing was changed.`,
  );
}
