/**
 * The form of a sealed entry, and of the entry that names a storage.
 *
 * ```
 * entry = 01 | seal 32 | CBOR    of every write
 * entry = CBOR                   of releases without seals: a map, a list or null, which never begins with 01
 *
 * seal  = HMAC-SHA256(K, key length u16 ‖ key ‖ CBOR)
 * K     = HMAC-SHA256(entry key, 00000001 ‖ "securestring parameter entries v1" ‖ 00 ‖ storage id ‖ 00000100)
 *
 * CBOR of the entry "seal" = 50 | storage id 16
 * ```
 * @module
 */

import { concatBytes } from '@securestring/core/bytes';

/** A sealed entry, taken apart. */
export interface SealedEntry {
  /** 32 bytes, a view of the entry. */
  readonly seal: Uint8Array;
  /** The CBOR, a view of the entry. */
  readonly record: Uint8Array;
}

const SEALED = 0x01;
const SEAL_LENGTH = 32;
/** A byte string of 16 bytes. RFC 8949 §3.1. */
const ID_HEAD = 0x50;
const ID_LENGTH = 16;

/** Returns whether an entry begins as a sealed one does. */
export function isSealed(value: Uint8Array): boolean {
  return value[0] === SEALED;
}

/** Joins a record with its seal. */
export function encodeSealed({ seal, record }: SealedEntry): Uint8Array {
  return concatBytes(Uint8Array.of(SEALED), seal, record);
}

/** Takes an entry apart; returns `undefined` if it carries no seal. */
export function decodeSealed(value: Uint8Array): SealedEntry | undefined {
  const recordAt = 1 + SEAL_LENGTH;
  if (!isSealed(value) || value.length < recordAt) return undefined;
  return { seal: value.subarray(1, recordAt), record: value.subarray(recordAt) };
}

/** Writes the record that names a storage. */
export function encodeStorageId(id: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(ID_HEAD), id);
}

/** Parses a storage's id; returns `undefined` if the record is another one. */
export function decodeStorageId(record: Uint8Array): Uint8Array | undefined {
  return record[0] === ID_HEAD && record.length === 1 + ID_LENGTH ? record.slice(1) : undefined;
}
