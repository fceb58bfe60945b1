/**
 * Parsers of decoded fields, such as those of a CBOR record. Each judges one field, and names it in its error.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { decodeUtf8 } from '@securestring/core/utf8';

/** A function that makes the error of a field. `what` says what is wrong with it. */
export type WrongField = (what: string) => Error;

/** The parsers of fields. `where` names the field in an error. */
export interface FieldParsers {
  /** Parses a field that must be present, and may be undefined. */
  optional<Value>(value: unknown, where: string, parse: (value: unknown, where: string) => Value): Value | undefined;
  /** Parses a map of these fields and no others. Those of `added` may be missing. */
  fields<Name extends string>(
    value: unknown,
    names: readonly Name[],
    where: string,
    added?: readonly string[],
  ): Record<Name, unknown>;
  /** Parses a list. */
  list(value: unknown, where: string): unknown[];
  /** Parses a text, which may be encoded as bytes: see core's `marksAsBytes`. */
  text(value: unknown, where: string): string;
  /** Parses a flag. */
  flag(value: unknown, where: string): boolean;
  /** Parses a whole number from `least` on. */
  count(value: unknown, least: number, where: string): number;
  /** Parses a time in milliseconds since 1970. */
  time(value: unknown, where: string): number;
  /** Parses bytes of a length, and returns a copy. */
  byteString(value: unknown, length: number, where: string): Uint8Array;
  /** Parses one of some texts. The error does not show the value: a damaged record may hold anything. */
  oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value;
}

/** The last time that a `Date` can hold, in ms. */
const MAX_TIME = 8_640_000_000_000_000;

/** Makes the parsers of fields whose errors `wrong` makes. */
export function fieldParsers(wrong: WrongField): FieldParsers {
  return {
    optional: (value, where, parse) => (value === undefined ? undefined : parse(value, where)),
    fields: (value, names, where, added = []) => parseFields(value, names, where, added, wrong),
    list: (value, where) => {
      if (!Array.isArray(value)) throw wrong(`${where} is not a list`);
      return value;
    },
    text: (value, where) => {
      const decoded = value instanceof Uint8Array ? decodeUtf8(value) : value;
      if (typeof decoded !== 'string') throw wrong(`${where} is not text`);
      return decoded;
    },
    flag: (value, where) => {
      if (typeof value !== 'boolean') throw wrong(`${where} is neither true nor false`);
      return value;
    },
    count: (value, least, where) => {
      if (isWholeNumber(value) && value >= least) return value;
      throw wrong(`${where} is not a whole number from ${least}`);
    },
    time: (value, where) => {
      if (isWholeNumber(value) && Math.abs(value) <= MAX_TIME) return value;
      throw wrong(`${where} is not a time in milliseconds`);
    },
    byteString: (value, length, where) => {
      if (value instanceof Uint8Array && value.length === length) return Uint8Array.from(value);
      throw wrong(`${where} is not ${length} bytes`);
    },
    oneOf: (value, values, where) => {
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw wrong(`${where} is not one of ${values.join(', ')}`);
      return found;
    },
  };
}

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function parseFields<Name extends string>(
  value: unknown,
  names: readonly Name[],
  where: string,
  added: readonly string[],
  wrong: WrongField,
): Record<Name, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw wrong(`${where} is not a map`);
  }
  for (const name of names) if (!Object.hasOwn(value, name)) throw wrong(`${where} has no field "${name}"`);
  const found = Object.keys(value);
  // All names are present, so only a map with more fields can have an unknown one.
  const known: readonly string[] = [...names, ...added];
  const unknown = found.length > names.length ? found.find((name) => !known.includes(name)) : undefined;
  if (unknown !== undefined) throw wrong(`${where} has the unknown field ${quoted(unknown)}`);
  return value as Record<Name, unknown>;
}
