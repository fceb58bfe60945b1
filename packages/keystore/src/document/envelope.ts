/**
 * The key envelope: keys on their way to another keystore, under a passphrase or a key of their own.
 *
 * ```
 * "SSKEYENV" | version u16 | kind u8 | metadata length u32 | sealed length u32 | unlock slot | metadata
 * | checksum 32 = SHA-256 of every other byte | salt 16 | IV 12 | sealed | tag 16
 *
 * metadata = CBOR of the keys' records without their material, in clear
 * sealed   = of each material, in the order of the records: length u8 | AES-KWP of it, or length 0 where it is not there
 * ```
 *
 * The kind is what the keystore marks its blobs with: 53, or 54 of the deterministic one for fixtures. The slot wraps a fresh 32-byte envelope key as a keystore's wraps its root. The key that seals and the one that wraps
 * the materials are derived from it, and from the salt. All that stands before the checksum is authenticated.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes, Writer } from '@securestring/core/bytes';
import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider as defaultProvider } from '#platform';
import { KeystoreError, type KeystoreErrorCode } from '../errors.ts';
import { CHECKSUM_LENGTH, ID_LENGTH, IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { checksumOf } from './header.ts';
import { checkSlots, decodeSlot, encodeSlot, slotLength, type UnlockSlot } from './slots.ts';

/** An envelope's parts, as views; nothing in it is authentic yet. */
export interface KeyEnvelope {
  /** Of the keystore that it comes from, as that marks its blobs. */
  readonly kind: number;
  readonly slot: UnlockSlot;
  /** CBOR. */
  readonly metadata: Uint8Array;
  /** Every byte before the checksum. */
  readonly authenticated: Uint8Array;
  /** Salt 16 ‖ IV 12 ‖ sealed ‖ tag 16. */
  readonly sealed: Uint8Array;
}

const MAGIC = encodeUtf8('SSKEYENV');
const VERSION = 1;
const AT = { version: 8, kind: 10, metadataLength: 11, sealedLength: 15, slot: 19 } as const;
const SEALED_OVERHEAD = ID_LENGTH + IV_LENGTH + TAG_LENGTH;
const SEAL_LABEL = encodeUtf8('securestring key envelope v1');
const MATERIAL_LABEL = encodeUtf8('securestring key envelope material v1');

/** 16 random bytes, for one envelope. */
export function newSalt(provider: Provider = defaultProvider): Uint8Array {
  const salt = new Uint8Array(ID_LENGTH);
  provider.randomFill(salt);
  return salt;
}

/** The key that wraps the materials. 32 bytes, secret, the caller's. */
export function envelopeMaterialKey(
  envelopeKey: Uint8Array,
  salt: Uint8Array,
  provider: Provider = defaultProvider,
): Uint8Array {
  return deriveKey(provider, envelopeKey, MATERIAL_LABEL, salt);
}

/** The salt of an envelope. */
export function saltOf({ sealed }: KeyEnvelope): Uint8Array {
  return sealed.subarray(0, ID_LENGTH);
}

/** A finished envelope. `materials` are wrapped under {@link envelopeMaterialKey}. */
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
  const headerLength = AT.slot + slotBytes.length + metadata.length;
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
  sealed.set(salt);
  const { iv, ciphertext } = partsOf(sealed);
  provider.randomFill(iv);
  const key = deriveKey(provider, envelopeKey, SEAL_LABEL, salt);
  try {
    provider.aesGcm(key).gcmSeal(iv, authenticated, materials, ciphertext);
  } finally {
    key.fill(0);
  }
  checksum.set(checksumOf(authenticated, sealed));
  return writer.bytes;
}

/**
 * Takes an envelope apart, and judges on the way: what it is, its version, its length, its checksum, its slot.
 *
 * @throws `KeystoreError` (`NOT_AN_ENVELOPE`, `ENVELOPE_VERSION`, `ENVELOPE_TRUNCATED`, `ENVELOPE_DAMAGED`,
 *   `UNSAFE_UNLOCK_SLOT`).
 */
export function decodeEnvelope(bytes: Uint8Array): KeyEnvelope {
  checkMagic(bytes);
  requireLength(bytes, AT.slot + 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint8(AT.slot);
  const length = slotLength(type);
  if (length === undefined) throw refused('ENVELOPE_DAMAGED', `is damaged: its unlock slot is of unknown type ${type}`);
  const metadataAt = AT.slot + length;
  const checksumAt = metadataAt + view.getUint32(AT.metadataLength);
  const sealedAt = checksumAt + CHECKSUM_LENGTH;
  const end = sealedAt + view.getUint32(AT.sealedLength);
  requireLength(bytes, end);
  if (bytes.length > end) {
    throw refused('ENVELOPE_DAMAGED', `is damaged: ${bytes.length - end} byte(s) more than its header announces`);
  }
  const authenticated = bytes.subarray(0, checksumAt);
  const sealed = bytes.subarray(sealedAt);
  if (!sameBytes(checksumOf(authenticated, sealed), bytes.subarray(checksumAt, sealedAt))) {
    throw refused('ENVELOPE_DAMAGED', 'is damaged: its checksum is wrong');
  }
  if (sealed.length < SEALED_OVERHEAD) {
    throw refused('ENVELOPE_DAMAGED', `is damaged: its sealed part has only ${sealed.length} byte(s)`);
  }
  const slot = decodeSlot(bytes.subarray(AT.slot, metadataAt));
  checkSlots([slot], 'envelope');
  const metadata = bytes.subarray(metadataAt, checksumAt);
  return { kind: view.getUint8(AT.kind), slot, metadata, authenticated, sealed };
}

/**
 * The wrapped materials of an envelope; what else is in it is authentic from now on.
 *
 * @throws `KeystoreError` (`ENVELOPE_TAMPERED`) where the tag does not cover it. Its checksum was right before.
 */
export function openEnvelope(
  envelopeKey: Uint8Array,
  envelope: KeyEnvelope,
  provider: Provider = defaultProvider,
): readonly (Uint8Array | undefined)[] {
  const { iv, ciphertext } = partsOf(envelope.sealed);
  const materials = new Uint8Array(ciphertext.length - TAG_LENGTH);
  const key = deriveKey(provider, envelopeKey, SEAL_LABEL, saltOf(envelope));
  try {
    if (provider.aesGcm(key).gcmOpen(iv, envelope.authenticated, ciphertext, materials)) {
      return decodeMaterials(materials);
    }
  } finally {
    key.fill(0);
  }
  throw refused('ENVELOPE_TAMPERED', 'was tampered with: its checksum is right, but not what it seals');
}

/** What is wrong with an envelope. */
export function refused(code: KeystoreErrorCode, what: string, options?: ErrorOptions): KeystoreError {
  return new KeystoreError(
    code,
    `The key envelope ${what}. Export the keys again, or use another copy; nothing was imported.`,
    options,
  );
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

function checkMagic(bytes: Uint8Array): void {
  const start = bytes.subarray(0, MAGIC.length);
  if (!sameBytes(start, MAGIC.subarray(0, start.length))) {
    throw refused('NOT_AN_ENVELOPE', 'is none: it does not begin with "SSKEYENV"');
  }
  requireLength(bytes, AT.kind);
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint16(AT.version);
  if (version !== VERSION) {
    throw refused(
      'ENVELOPE_VERSION',
      `is of format version ${version}, and this program reads version ${VERSION}: import it with a newer release of @securestring/keystore. If no newer one ever wrote it, it is damaged`,
    );
  }
}

function partsOf<Buffer extends ArrayBufferLike>(sealed: Uint8Array<Buffer>) {
  return { iv: sealed.subarray(ID_LENGTH, ID_LENGTH + IV_LENGTH), ciphertext: sealed.subarray(ID_LENGTH + IV_LENGTH) };
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length >= length) return;
  throw refused('ENVELOPE_TRUNCATED', `is cut short: it has ${bytes.length} byte(s) and needs at least ${length}`);
}
