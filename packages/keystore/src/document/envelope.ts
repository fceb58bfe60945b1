/**
 * The key envelope: keys on their way to another keystore, sealed with a passphrase or a key of its own.
 *
 * ```
 * "SSKEYENV" | version u16 | kind u8 | metadata length u32 | sealed length u32 | unlock slot | metadata
 * | checksum 32 = SHA-256 of every other byte | salt 16 | IV 12 | sealed | tag 16
 *
 * metadata = CBOR of the keys' records without their material, in clear
 * sealed   = for each material, in the order of the records: length u8 | AES-KWP of it; length 0 if it is absent
 * ```
 *
 * The kind is the version byte of the keystore's blobs: 53, or 54 for the deterministic keystore for tests. The slot
 * wraps a fresh 32-byte envelope key, as a keystore's slot wraps its root key. The key that seals and the key that
 * wraps the materials are derived from the envelope key and the salt. All bytes before the checksum are authenticated.
 * @module
 */

import type { Provider } from '@securestring/core';
import { Writer } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider } from '#platform';
import { KeystoreError, type KeystoreErrorCode } from '../errors.ts';
import { CHECKSUM_LENGTH, ID_LENGTH } from '../limits.ts';
import { checksumOf, parseFields, parseSealed, parseSlot, parseVersion, type SealedParts } from './fields.ts';
import { openSealed, SEALED_OVERHEAD, sealInto } from './sealed.ts';
import { checkSlots, encodeSlot, type UnlockSlot } from './slots.ts';

/** The parts of an envelope, as views. None of them is authentic yet. */
export interface KeyEnvelope extends Omit<SealedParts, 'checksum'> {
  /** The version byte of the blobs of the keystore that it comes from. */
  readonly kind: number;
  readonly slot: UnlockSlot;
  /** CBOR. */
  readonly metadata: Uint8Array;
}

const MAGIC = encodeUtf8('SSKEYENV');
const VERSION = 1;
/** Bytes before the slot. */
const FIXED_LENGTH = 19;
const REMEDY = 'Export the keys again, or use another copy; nothing was imported.';
const SEAL_LABEL = encodeUtf8('securestring key envelope v1');
const MATERIAL_LABEL = encodeUtf8('securestring key envelope material v1');

/** Derives the key that wraps the materials. 32 secret bytes, the caller's. */
export function envelopeMaterialKey(
  envelopeKey: Uint8Array,
  salt: Uint8Array,
  provider: Provider = defaultProvider,
): Uint8Array {
  return deriveKey(provider, envelopeKey, MATERIAL_LABEL, salt);
}

/** Returns the salt of an envelope. */
export function saltOf({ sealed }: KeyEnvelope): Uint8Array {
  return sealed.subarray(0, ID_LENGTH);
}

/** Makes an envelope. `materials` are wrapped under {@link envelopeMaterialKey}. */
export function sealEnvelope(
  envelopeKey: Uint8Array,
  slot: UnlockSlot,
  salt: Uint8Array,
  content: Pick<KeyEnvelope, 'kind' | 'metadata'> & { readonly materials: readonly (Uint8Array | undefined)[] },
  provider: Provider = defaultProvider,
): Uint8Array<ArrayBuffer> {
  const { kind, metadata } = content;
  const materials = encodeMaterials(content.materials);
  const slotBytes = encodeSlot(slot);
  const headerLength = FIXED_LENGTH + slotBytes.length + metadata.length;
  const sealedLength = materials.length + SEALED_OVERHEAD;
  const writer = new Writer(new Uint8Array(headerLength + CHECKSUM_LENGTH + sealedLength))
    .raw(MAGIC)
    .uint16(VERSION)
    .uint8(kind)
    .uint32(metadata.length)
    .uint32(sealedLength)
    .raw(slotBytes)
    .raw(metadata);
  const checksum = writer.reserve(CHECKSUM_LENGTH);
  const sealed = writer.reserve(sealedLength);
  const authenticated = writer.bytes.subarray(0, headerLength);
  sealInto(sealed, materials, { provider, secret: envelopeKey, label: SEAL_LABEL, authenticated }, salt);
  checksum.set(checksumOf({ authenticated, sealed }));
  return writer.bytes;
}

/**
 * Parses an envelope, and checks its version, length, checksum and unlock slot.
 *
 * @throws `KeystoreError` (`NOT_AN_ENVELOPE`, `ENVELOPE_VERSION`, `ENVELOPE_TRUNCATED`, `ENVELOPE_DAMAGED`,
 *   `UNSAFE_UNLOCK_SLOT`). The text names the field and its offset.
 */
export function decodeEnvelope(bytes: Uint8Array): KeyEnvelope {
  return parseFields(bytes, truncated, (reader) => {
    requireVersion(parseVersion(reader, MAGIC));
    const kind = reader.uint8('kind');
    const metadataLength = reader.uint32('metadata length');
    const sealedLength = reader.uint32('sealed length');
    const slot = parseSlot(reader, 'unlock slot', damaged);
    const metadata = reader.take(metadataLength, 'metadata');
    const { authenticated, sealed } = parseSealed(reader, { length: sealedLength, least: 0 }, damaged);
    checkSlots([slot], 'envelope');
    return { kind, slot, metadata, authenticated, sealed };
  });
}

/**
 * Returns the wrapped materials of an envelope. From then on all of the envelope is authentic.
 *
 * @throws `KeystoreError` (`ENVELOPE_TAMPERED`) if the tag is wrong. The checksum was right, so this is tampering and
 *   not damage.
 */
export function openEnvelope(
  envelopeKey: Uint8Array,
  { sealed, authenticated }: KeyEnvelope,
  provider: Provider = defaultProvider,
): readonly (Uint8Array | undefined)[] {
  const materials = openSealed(sealed, { provider, secret: envelopeKey, label: SEAL_LABEL, authenticated });
  if (materials !== undefined) return decodeMaterials(materials);
  throw refused('ENVELOPE_TAMPERED', 'was tampered with: its checksum is right, but not what it seals');
}

/** Makes the refusal of an envelope. */
export function refused(code: KeystoreErrorCode, what: string, options?: ErrorOptions): KeystoreError {
  return new KeystoreError(code, `The key envelope ${what}. ${REMEDY}`, options);
}

function encodeMaterials(materials: readonly (Uint8Array | undefined)[]): Uint8Array {
  const length = materials.reduce((sum, wrapped) => sum + 1 + (wrapped?.length ?? 0), 0);
  const writer = new Writer(new Uint8Array(length));
  for (const wrapped of materials) {
    writer.uint8(wrapped?.length ?? 0);
    if (wrapped !== undefined) writer.raw(wrapped);
  }
  return writer.bytes;
}

function decodeMaterials(bytes: Uint8Array): readonly (Uint8Array | undefined)[] {
  const materials: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] as number;
    materials.push(length === 0 ? undefined : bytes.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return materials;
}

function requireVersion(version: number | undefined): void {
  if (version === VERSION) return;
  if (version === undefined) {
    throw refused('NOT_AN_ENVELOPE', 'is something else: it does not begin with "SSKEYENV"');
  }
  throw refused(
    'ENVELOPE_VERSION',
    `is of format version ${version}, and this program reads version ${VERSION}: import it with a newer release of @securestring/keystore. If no newer release ever wrote it, it is damaged`,
  );
}

function truncated(what: string): KeystoreError {
  return new KeystoreError('ENVELOPE_TRUNCATED', `The key envelope cannot be read. ${what} ${REMEDY}`);
}

function damaged(what: string, offset: number): KeystoreError {
  return refused('ENVELOPE_DAMAGED', `is damaged: ${what} (at byte ${offset})`);
}
