/**
 * The parsers of single fields. `where` names the field in a refusal, which is a `KeystoreError` (`KEYSTORE_RECORD`).
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { type FieldParsers, fieldParsers } from '@securestring/service';
import { KeystoreError } from '../errors.ts';

const parsers = fieldParsers(wrong);
export const optional: FieldParsers['optional'] = parsers.optional;
export const fields: FieldParsers['fields'] = parsers.fields;
export const list: FieldParsers['list'] = parsers.list;
export const text: FieldParsers['text'] = parsers.text;
export const time: FieldParsers['time'] = parsers.time;
export const flag: FieldParsers['flag'] = parsers.flag;
export const byteString: FieldParsers['byteString'] = parsers.byteString;

/** Parses one of some texts. The error shows the value: the state is authentic, so another release wrote it. */
export function oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw wrong(`${where} is ${shown(value)}, not one of ${values.join(', ')}`);
  return found;
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

/** Parses a list of pairs of texts, of which no two have the same first text. `what` names that one. */
export function pairs(value: unknown, where: string, what: string): ReadonlyMap<string, string> {
  const parsed = list(value, where).map((pair): readonly [string, string] => {
    const [first, second, ...rest] = list(pair, `${where}[]`);
    if (rest.length > 0) throw wrong(`${where}[] is not a pair`);
    return [text(first, `${where}[] key`), text(second, `${where}[] value`)];
  });
  return new Map(byName(parsed, ([first]) => first, what).values());
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
