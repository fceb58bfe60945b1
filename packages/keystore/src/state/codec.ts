/**
 * The state as CBOR (RFC 8949): maps with text keys, byte strings, no tags. A record is encoded only if it can be
 * decoded as the same again: one that cannot would make the whole document unreadable.
 * @module
 */

import { copyBytes, Writer } from '@securestring/core/bytes';
import { excerpt } from '@securestring/core/quoted';
import { hasMark, marksAsBytes } from '@securestring/core/utf8';
import { Encoder } from '#cbor';
import { KeystoreError } from '../errors.ts';
import { wrong } from './fields.ts';
import { grantsIn } from './grants.ts';
import { DEFAULT_PARTITION, parseAlias, parseKey, parseKeys, parseState, parseWithoutLists } from './parse.ts';
import { grantShape, parseGrant } from './parse-grants.ts';
import { parsePrincipal } from './parse-principals.ts';
import type { GrantRecord, KeyRecord, KeystoreState, PrincipalRecord } from './records.ts';
import { isSame } from './same.ts';

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** The CBOR of each record that was encoded: a change makes few new records, and keeps all others. */
const encodedRecords = new WeakMap<object, Uint8Array>();
/** Records that are known to be decoded from their CBOR as the same again. */
const readable = new WeakSet<object>();

/**
 * Encodes a state.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) if it would not be decoded as the same again.
 */
export function encodeState({ keys, aliases, principals, grants, ...place }: KeystoreState): Uint8Array {
  const { partition, accessKeys, slotNames, ...unnamed } = place;
  const rest = {
    ...unnamed,
    // Keystores that were created before there were partitions have no name of one.
    ...(partition !== DEFAULT_PARTITION && { partition }),
    ...(accessKeys && { accessKeys: [...accessKeys.values()] }),
    ...(slotNames && { slotNames: [...slotNames] }),
  };
  requireReadable(place, rest, parseWithoutLists);
  for (const alias of aliases.values()) requireReadable(alias, alias, parseAlias);
  const lists = [
    listOf('keys', keys, encodeKey),
    ...(principals ? [listOf('principals', principals, encodePrincipal)] : []),
    ...(grants ? [listOf('grants', grants, encodeGrant)] : []),
  ];
  const start = encodeCbor({ ...rest, aliases: [...aliases.values()] });
  // A map of fewer than 24 members has their number in its first byte. RFC 8949 §3.
  return join([Uint8Array.of((start[0] ?? 0) + lists.length), start.subarray(1), ...lists.flat()]);
}

/** Encodes keys alone, in their order; else as {@link encodeState}. */
export function encodeKeys(keys: readonly KeyRecord[]): Uint8Array {
  return join([listHead(keys.length), ...keys.map(encodeKey)]);
}

/** Encodes a member of a map whose value is a list. */
function listOf<Value>(
  name: string,
  records: ReadonlyMap<string, Value>,
  encode: (record: Value) => Uint8Array,
): readonly Uint8Array[] {
  return [encodeCbor(name), listHead(records.size), ...[...records.values()].map(encode)];
}

/** Joins parts. They are not spread as arguments, since there may be a hundred thousand. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Decodes keys, of which no two have the same id. They keep no reference to `bytes`.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`), which names the wrong field.
 */
export function decodeKeys(bytes: Uint8Array): ReadonlyMap<string, KeyRecord> {
  const keys = parseKeys(decodeCbor(bytes));
  for (const key of keys.values()) readable.add(key);
  return keys;
}

/**
 * Decodes a state. It keeps no reference to `bytes`.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`), which names the wrong field.
 */
export function decodeState(bytes: Uint8Array): KeystoreState {
  const state = parseState(decodeCbor(bytes));
  for (const records of [state.keys, state.aliases, state.principals ?? new Map<string, object>(), grantsIn(state)]) {
    for (const record of records.values()) readable.add(record);
  }
  return state;
}

function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return cbor.decode(bytes);
  } catch (error) {
    // The codec throws errors of many kinds for bytes that are not CBOR.
    throw wrong(`it is not CBOR: ${excerpt(error instanceof Error ? error.message : String(error))}`);
  }
}

function encodeKey(key: KeyRecord): Uint8Array {
  return encodeRecord(key, () => keyShape(key), parseKey);
}

function keyShape(key: KeyRecord): object {
  const { policyPrincipals } = key;
  return {
    ...key,
    tags: [...key.tags],
    ...(policyPrincipals && { policyPrincipals: [...policyPrincipals] }),
  };
}

function encodePrincipal(principal: PrincipalRecord): Uint8Array {
  return encodeRecord(principal, () => principalShape(principal), parsePrincipal);
}

function principalShape(principal: PrincipalRecord): object {
  const { trustPrincipals } = principal;
  return {
    ...principal,
    tags: [...principal.tags],
    policies: [...principal.policies],
    ...(trustPrincipals && { trustPrincipals: [...trustPrincipals] }),
  };
}

function encodeGrant(grant: GrantRecord): Uint8Array {
  return encodeRecord(grant, () => grantShape(grant), parseGrant);
}

/** Encodes a record in its shape, once. */
function encodeRecord<Value extends object>(
  record: Value,
  shapeOf: () => object,
  parse: (value: unknown) => Value,
): Uint8Array {
  const known = encodedRecords.get(record);
  if (known !== undefined) return known;
  const shape = shapeOf();
  requireReadable(record, shape, parse);
  const encoded = encodeCbor(shape);
  encodedRecords.set(record, encoded);
  return encoded;
}

/**
 * Encodes texts with byte order marks as bytes, since the codec's decoder drops the mark of a text of over 64 bytes.
 */
function encodeCbor(shape: object | string): Uint8Array {
  const encoded = cbor.encode(shape);
  // A copy, since the codec's buffer is shared.
  return copyBytes(hasMark(encoded) ? cbor.encode(marksAsBytes(shape)) : encoded);
}

/** Refuses a record whose encoded `shape` is not parsed as the same record. */
function requireReadable<Value extends object>(record: Value, shape: object, parse: (value: unknown) => Value): void {
  if (readable.has(record)) return;
  let cause: unknown;
  try {
    if (isSame(parse(decodeCbor(encodeCbor(shape))), record)) {
      readable.add(record);
      return;
    }
  } catch (error) {
    cause = error;
  }
  throw new KeystoreError(
    'KEYSTORE_RECORD',
    'A record of this change would not be read back as it was written, so it is refused. Nothing was changed. This is an error of the keystore: report it, with the call that you made.',
    { cause },
  );
}

/** Encodes the head of a list, major type 4: the length is in the same byte, or in 4 bytes after it. RFC 8949 §3. */
function listHead(length: number): Uint8Array {
  return length < 24 ? Uint8Array.of(0x80 | length) : new Writer(new Uint8Array(5)).uint8(0x9a).uint32(length).bytes;
}
