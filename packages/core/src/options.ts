/**
 * Records that callers hand in: options, requests, and the records inside of them. Each is read once, member by member,
 * into a copy of its own.
 * @module
 */

import { quoted } from './quoted.ts';

/**
 * Judges a member's value, `undefined` where the member is missing, and returns what is kept of it: the value, or a copy.
 * Throws a `TypeError` that begins with `name`.
 */
export type Take<Value> = (value: unknown, name: string) => Value;

/** One judge for each member of a record. The compiler refuses a table without one of them. */
export type Takes<Options> = {
  readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? Take<Options[Name] | undefined>
    : Take<Options[Name]>;
};

/** The table of a record's members, made by {@link members}. */
export interface Members<Options> {
  readonly names: readonly (keyof Options & string)[];
  /** In the order of the names. */
  readonly takes: readonly Take<unknown>[];
  /** Those that must be there: they refuse `undefined`. */
  readonly required: readonly (readonly [name: string, take: Take<unknown>])[];
}

/** What every copy inherits from: nothing, so that a polluted `Object.prototype` does not reach it. */
const NO_PROTOTYPE = Object.freeze(Object.create(null));
// V8 keeps objects of a constructor in its fast form, and those that inherit from `null` itself in its slow one.
const Own = function Own() {} as unknown as new () => Record<string, unknown>;
Own.prototype = NO_PROTOTYPE;

/** Makes the table of a record's members. */
export function members<Options>(takes: Takes<Options>): Members<Options> {
  const names = Object.keys(takes) as (keyof Options & string)[];
  return {
    names,
    takes: names.map((name) => takes[name]),
    required: names.flatMap((name) => (refusesMissing(takes[name]) ? [[name, takes[name]] as const] : [])),
  };
}

function refusesMissing(take: Take<unknown>): boolean {
  try {
    take(undefined, '');
    return false;
  } catch {
    // Its refusal is all that it throws.
    return true;
  }
}

/**
 * A judged copy of an options object: no member but those of the table, each one read once. Members that are `undefined`
 * count as missing. `name` is the function's, for errors; `place` stands before the names of members.
 *
 * @throws `TypeError` where the value is not a plain object, has a member that the table lacks, or a member is refused.
 */
export function takeOptions<Options extends object>(
  name: string,
  value: Options,
  table: Members<Options>,
  place = '',
): Options {
  const own = copyMembers(name, value, table, place);
  for (const [member, take] of table.required) if (own[member] === undefined) take(undefined, place + member);
  return own as Options;
}

/**
 * A copy of a record, whose members are read once each and are own ones; the values are not judged. Members that are
 * `undefined` are left out. The copy inherits nothing. `name` is the function's or operation's, for errors.
 *
 * @throws `TypeError` where the value is not a plain object, or has a member that `names` lacks.
 */
export function takeMembers<Options extends object>(name: string, value: Options, names: readonly string[]): Options {
  return copyMembers(name, value, { names, takes: [] }, '') as Options;
}

function copyMembers(
  name: string,
  value: object,
  { names, takes }: { readonly names: readonly string[]; readonly takes: readonly Take<unknown>[] },
  place: string,
): Record<string, unknown> {
  if (!isPlainObject(value)) throw new TypeError(`${name} takes an object, not ${kindOf(value)}.`);
  const own = new Own();
  let count = 0;
  for (const member in value) {
    if (!Object.hasOwn(value, member)) continue;
    const index = names.indexOf(member);
    if (index < 0) throw unknownMember(name, member, names);
    count += 1;
    const found = value[member];
    if (found === undefined) continue;
    const take = takes[index];
    own[member] = take === undefined ? found : take(found, place === '' ? member : place + member);
  }
  // Not Reflect.ownKeys, which costs as much as all of the above.
  if (Object.getOwnPropertyNames(value).length !== count) throw hiddenMember(name, value, names);
  return own;
}

/** A member that may be missing. */
export function optional<Value>(take: Take<Value>): Take<Value | undefined> {
  return (value, name) => (value === undefined ? undefined : take(value, name));
}

/** A value that its user judges. */
export function unjudged<Value>(value: unknown): Value {
  return value as Value;
}

/** A record with a table of its own. */
export function record<Options extends object>(table: Members<Options>): Take<Options> {
  return (value, name) => takeOptions(name, value as Options, table, `${name}.`);
}

/** A list, copied, each of whose items is judged. */
export function listOf<Item>(take: Take<Item>): Take<readonly Item[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw wrongKind(value, name, 'a list');
    return Array.from(value, (item, index) => take(item, `${name}[${index}]`));
  };
}

/** One of some names. An unknown one is a `RangeError`. */
export function oneOf<Name extends string>(what: string, names: readonly Name[]): Take<Name> {
  return (value, name) => {
    const found = names.find((known) => known === text(value, name));
    if (found !== undefined) return found;
    throw new RangeError(`Unknown ${what} ${quoted(String(value))}. Known: ${names.join(', ')}.`);
  };
}

/** An object with these methods. `expected` says what belongs there. */
export function withMethods<Value>(methods: readonly (keyof Value & string)[], expected: string): Take<Value> {
  return (value, name) => {
    const own = Object(value) as Readonly<Record<string, unknown>>;
    if (methods.every((method) => typeof own[method] === 'function')) return value as Value;
    const hint = typeof value === 'function' ? ' A function that makes one has to be called.' : '';
    throw new TypeError(`${name} must be ${expected}, not ${kindOf(value)}.${hint}`);
  };
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrongKind(value, name, 'a string');
  return value;
}

/** A number, whose bounds its user judges. */
export function number<Value extends number = number>(value: unknown, name: string): Value {
  if (typeof value !== 'number') throw wrongKind(value, name, 'a number');
  return value as Value;
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrongKind(value, name, 'true or false');
  return value;
}

/** A function that the caller wants called. */
export function callback<Value>(value: unknown, name: string): Value {
  if (typeof value !== 'function') throw wrongKind(value, name, 'a function');
  return value as Value;
}

/** A clock: a function that returns milliseconds since 1970. */
export function clock(value: unknown, name: string): () => number {
  if (typeof value !== 'function')
    throw wrongKind(value, name, 'a function that returns milliseconds, such as Date.now');
  return value as () => number;
}

/** The error for a value of the wrong kind; it does not show the value. */
export function wrongKind(value: unknown, name: string, expected: string): TypeError {
  return new TypeError(`${name} must be ${expected}, not ${kindOf(value)}.`);
}

/** Whether a value is an object literal or the like: made by no class, not a list, not a function. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Another realm's Object.prototype is as good as this one's.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value of the wrong kind is. Not the value: it may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || isPlainObject(value)) return typeof value;
  const name: unknown = value.constructor?.name;
  if (name === 'Object') return 'an object that inherits members';
  return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : 'object';
}

function unknownMember(name: string, member: string, names: readonly string[]): TypeError {
  return new TypeError(`${name} knows no ${quoted(member)}. It takes ${names.join(', ')}.`);
}

/** The error for a member that is not enumerable, which a loop over members passes by in silence. */
function hiddenMember(name: string, value: object, names: readonly string[]): TypeError {
  const hidden = Object.getOwnPropertyNames(value).find((member) => !isEnumerable(value, member)) ?? '';
  return new TypeError(
    `${name} does not take ${quoted(hidden)} as a member that is not enumerable. It takes ${names.join(', ')}.`,
  );
}

function isEnumerable(value: object, member: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, member);
}
