/**
 * The parsers of single fields. `where` names the field in a refusal, which is a `KeystoreError` (`KEYSTORE_RECORD`).
 * @module
 */

import { decodeUtf8 } from '@securestring/core/bytes';
import { quoted } from '@securestring/core/quoted';
import { KeystoreError } from '../errors.ts';
import { MAX_TIME } from '../limits.ts';

/** Parses a field that must be present, and may be undefined. */
export function optional<Value>(
  value: unknown,
  where: string,
  parse: (value: unknown, where: string) => Value,
): Value | undefined {
  return value === undefined ? undefined : parse(value, where);
}

/** Parses a map of these fields and no others. Those of `added` may be missing. */
export function fields<Name extends string>(
  value: unknown,
  names: readonly Name[],
  where: string,
  added: readonly string[] = [],
): Record<Name, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw wrong(`${where} is not a map`);
  }
  for (const name of names) if (!Object.hasOwn(value, name)) throw wrong(`${where} has no field "${name}"`);
  const found = Object.keys(value);
  // All names are present, so a map with more fields may have an unknown one.
  const known: readonly string[] = [...names, ...added];
  const unknown = found.length > names.length ? found.find((name) => !known.includes(name)) : undefined;
  if (unknown !== undefined) throw wrong(`${where} has the unknown field ${quoted(unknown)}`);
  return value as Record<Name, unknown>;
}

/** Parses a list. */
export function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(`${where} is not a list`);
  return value;
}

/** Parses a text, which may be encoded as bytes: see `marksAsBytes`. */
export function text(value: unknown, where: string): string {
  const decoded = value instanceof Uint8Array ? decodeUtf8(value) : value;
  if (typeof decoded !== 'string') throw wrong(`${where} is not text`);
  return decoded;
}

/** Parses a time in ms. */
export function time(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_TIME) {
    throw wrong(`${where} is not a time in milliseconds`);
  }
  return value;
}

/** Parses bytes of a length. Returns a copy. */
export function byteString(value: unknown, length: number, where: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw wrong(`${where} is not ${length} bytes`);
  return Uint8Array.from(value);
}

/** Parses one of some texts. */
export function oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw wrong(`${where} is ${shown(value)}, not one of ${values.join(', ')}`);
  return found;
}

/** Parses a boolean. */
export function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(`${where} is neither true nor false`);
  return value;
}

/** Indexes items by their names, of which no two are the same. */
export function byName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  what: string,
): ReadonlyMap<string, Item> {
  const map = new Map(items.map((item) => [nameOf(item), item]));
  if (map.size !== items.length) throw wrong(`a ${what} occurs twice`);
  return map;
}

/** Shows a text or a number, and only the type of anything else: CBOR may be of any kind and depth. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' || value === null ? String(value) : `of type ${typeof value}`;
}

/** Makes the refusal of a state. */
export function wrong(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: ${what}. It is authentic, so another release wrote it: open it with that, or a newer one. Nothing was changed.`,
  );
}
