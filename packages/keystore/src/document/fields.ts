/**
 * The way in which document and envelope are parsed: field by field with core's cursor, so that an error names the
 * field and its offset.
 * @module
 */

import { MalformedError } from '@securestring/core';
import { concatBytes, Reader, sameBytes } from '@securestring/core/bytes';
import { counted } from '@securestring/core/quoted';
import { provider } from '#platform';
import { CHECKSUM_LENGTH } from '../limits.ts';
import { SEALED_OVERHEAD } from './sealed.ts';
import { decodeSlot, type UnlockSlot } from './slots.ts';

/** Makes the error for bytes that are wrong: `what` begins with the field, `offset` is where that begins. */
type Refuse = (what: string, offset: number) => Error;

/** Parses bytes. `truncated` makes the error for bytes that end within a field. */
export function parseFields<Result>(
  bytes: Uint8Array,
  truncated: (what: string) => Error,
  parse: (reader: Reader) => Result,
): Result {
  try {
    // The code is never seen: the cursor's error is replaced.
    return parse(new Reader(bytes, 'MALFORMED_SEALED_VALUE'));
  } catch (error) {
    // The cursor has one error only, for bytes that end too early.
    if (error instanceof MalformedError) throw truncated(error.message);
    throw error;
  }
}

/** Parses the first bytes of a format, and returns its version; `undefined` if they are another format's. */
export function parseVersion(reader: Reader, magic: Uint8Array): number | undefined {
  const start = reader.bytes.subarray(0, magic.length);
  if (!sameBytes(start, magic.subarray(0, start.length))) return undefined;
  reader.skip(magic.length, 'magic');
  return reader.uint16('version');
}

/** Parses an unlock slot, whose type decides its length. */
export function parseSlot(reader: Reader, name: string, damaged: Refuse): UnlockSlot {
  const at = reader.offset;
  const type = reader.uint8(`type of ${name}`);
  const slot = decodeSlot(type, reader, name);
  if (slot === undefined) throw damaged(`${name} is of unknown type ${type}`, at);
  return slot;
}

/** The last parts of document and envelope, as views. */
export interface SealedParts {
  /** All bytes before the checksum. */
  readonly authenticated: Uint8Array;
  /** SHA-256 of all other bytes, 32 bytes. */
  readonly checksum: Uint8Array;
  /** Salt 16 ‖ IV 12 ‖ sealed content ‖ tag 16. */
  readonly sealed: Uint8Array;
}

/** Parses checksum and sealed part, and verifies the checksum. The content has at least `least` bytes. */
export function parseSealed(
  reader: Reader,
  { length, least }: { readonly length: number; readonly least: number },
  damaged: Refuse,
): SealedParts {
  const authenticated = reader.bytes.subarray(0, reader.offset);
  const checksum = reader.take(CHECKSUM_LENGTH, 'checksum');
  const sealedAt = reader.offset;
  const sealed = reader.take(length, 'sealed part');
  if (reader.remaining > 0)
    throw damaged(`its last field is followed by ${counted(reader.remaining, 'byte')}`, reader.offset);
  if (!sameBytes(checksumOf({ authenticated, sealed }), checksum)) {
    throw damaged('its checksum is wrong', authenticated.length);
  }
  if (length < SEALED_OVERHEAD + least) throw damaged(`its sealed part has only ${counted(length, 'byte')}`, sealedAt);
  return { authenticated, checksum, sealed };
}

/** Returns the SHA-256 of all bytes except for the checksum. */
export function checksumOf({ authenticated, sealed }: Omit<SealedParts, 'checksum'>): Uint8Array {
  return provider.hash('sha256', concatBytes(authenticated, sealed));
}
