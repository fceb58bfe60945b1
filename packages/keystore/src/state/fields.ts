/**
 * One field of the state at a time: what was decoded, judged. Each refusal is `KeystoreError` (`KEYSTORE_RECORD`) and
 * names the field.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { decodeUtf8 } from '@securestring/core/utf8';
import { KeystoreError } from '../errors.ts';
import { MAX_TIME } from '../limits.ts';

/** A field that may be undefined; it must be there all the same. */
export function optional<Value>(
  value: unknown,
  where: string,
  read: (value: unknown, where: string) => Value,
): Value | undefined {
  return value === undefined ? undefined : read(value, where);
}

/** A map of these fields and no others; those of `added` may be missing. */
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
  // All are there, so that one more is one that is unknown.
  const known: readonly string[] = [...names, ...added];
  const unknown = found.length > names.length ? found.find((name) => !known.includes(name)) : undefined;
  if (unknown !== undefined) throw wrong(`${where} has the unknown field ${quoted(unknown)}`);
  return value as Record<Name, unknown>;
}

export function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(`${where} is not a list`);
  return value;
}

/** A text; also one that was written as bytes: `marksAsBytes`. */
export function text(value: unknown, where: string): string {
  const read = value instanceof Uint8Array ? decodeUtf8(value) : value;
  if (typeof read !== 'string') throw wrong(`${where} is not text`);
  return read;
}

export function time(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_TIME) {
    throw wrong(`${where} is not a time in milliseconds`);
  }
  return value;
}

/** A copy. */
export function byteString(value: unknown, length: number, where: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw wrong(`${where} is not ${length} bytes`);
  return Uint8Array.from(value);
}

export function oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw wrong(`${where} is ${shown(value)}, not one of ${values.join(', ')}`);
  return found;
}

export function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(`${where} is neither true nor false`);
  return value;
}

/** By names of which no two are the same. */
export function byName<Item, Value>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  what: string,
  itemOf: (item: Item) => Value,
): ReadonlyMap<string, Value> {
  const map = new Map(items.map((item) => [nameOf(item), itemOf(item)]));
  if (map.size !== items.length) throw wrong(`a ${what} stands twice`);
  return map;
}

/** Shows a text or a number; names the type of anything else, which CBOR may make of any kind and depth. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' || value === null ? String(value) : `of type ${typeof value}`;
}

export function wrong(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: ${what}. It is authentic, so another release wrote it: open it with that, or a newer one. Nothing was changed.`,
  );
}
