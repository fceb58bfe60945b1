/**
 * Checks of the records that callers pass: options, requests, and the records in them. Each record is read once, member
 * by member, into a copy.
 * @module
 */

import { quoted } from './quoted.ts';

/**
 * A check of a member's value, which is `undefined` if the member is missing. It returns the value or a copy, or throws
 * a `TypeError` that begins with `name`.
 */
export type Take<Value> = (value: unknown, name: string) => Value;

/** A table with one check for each member of a record. A table that lacks a member does not compile. */
export type Takes<Options> = {
  readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? Take<Options[Name] | undefined>
    : Take<Options[Name]>;
};

/** A table of a record's members, made by {@link members}. */
export interface Members<Options> {
  readonly names: readonly (keyof Options & string)[];
  /** The checks, in the order of the names. */
  readonly takes: readonly Take<unknown>[];
  /** The members whose check refuses `undefined`. */
  readonly required: readonly (readonly [name: string, take: Take<unknown>])[];
}

/** The prototype of every copy. It is empty, so that a polluted `Object.prototype` does not reach the copy. */
const NO_PROTOTYPE = Object.freeze(Object.create(null));
// V8 keeps objects of a constructor in a fast form, and objects whose prototype is `null` in a slow one.
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
    // A check throws nothing but its refusal.
    return true;
  }
}

/**
 * Returns a checked copy of an options object, each member of which is read once. Members that are `undefined` count as
 * missing. Errors show `name`, the function's name, and put `place` before the names of members.
 *
 * @throws `TypeError` if the value is not a plain object, has a member that is not in the table, or has a refused
 *   member.
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
 * Returns a copy of a record's own members, each of which is read once. Values are not checked. Members that are
 * `undefined` are left out. The copy inherits nothing. Errors show `name`, that of the function or operation.
 *
 * @throws `TypeError` if the value is not a plain object, or has a member that is not in `names`.
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
  // Not Reflect.ownKeys: it costs as much as all of the above.
  if (Object.getOwnPropertyNames(value).length !== count) throw hiddenMember(name, value, names);
  return own;
}

/** Makes the check of a member that may be missing. */
export function optional<Value>(take: Take<Value>): Take<Value | undefined> {
  return (value, name) => (value === undefined ? undefined : take(value, name));
}

/** Accepts any value, for a member that its user checks. */
export function unjudged<Value>(value: unknown): Value {
  return value as Value;
}

/** Makes the check of a record with a table of its own. */
export function record<Options extends object>(table: Members<Options>): Take<Options> {
  return (value, name) => takeOptions(name, value as Options, table, `${name}.`);
}

/** Makes the check of a list, which copies the list and checks each item. */
export function listOf<Item>(take: Take<Item>): Take<readonly Item[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw wrongKind(value, name, 'a list');
    return Array.from(value, (item, index) => take(item, `${name}[${index}]`));
  };
}

/** Makes the check of a name from a list. An unknown name is a `RangeError`. */
export function oneOf<Name extends string>(what: string, names: readonly Name[]): Take<Name> {
  return (value, name) => {
    const found = names.find((known) => known === text(value, name));
    if (found !== undefined) return found;
    throw new RangeError(`Unknown ${what} ${quoted(String(value))}. Known: ${names.join(', ')}.`);
  };
}

/** Makes the check of an object with these methods. Errors show `expected`. */
export function withMethods<Value>(methods: readonly (keyof Value & string)[], expected: string): Take<Value> {
  return (value, name) => {
    const own = Object(value) as Readonly<Record<string, unknown>>;
    if (methods.every((method) => typeof own[method] === 'function')) return value as Value;
    const hint = typeof value === 'function' ? ' A function that makes one has to be called.' : '';
    throw new TypeError(`${name} must be ${expected}, not ${kindOf(value)}.${hint}`);
  };
}

/** Checks a text. */
export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrongKind(value, name, 'a string');
  return value;
}

/** Checks that the value is a number. Its user checks the bounds. */
export function number<Value extends number = number>(value: unknown, name: string): Value {
  if (typeof value !== 'number') throw wrongKind(value, name, 'a number');
  return value as Value;
}

/** Checks a boolean. */
export function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrongKind(value, name, 'true or false');
  return value;
}

/** Checks a callback. */
export function callback<Value>(value: unknown, name: string): Value {
  if (typeof value !== 'function') throw wrongKind(value, name, 'a function');
  return value as Value;
}

/** Checks a clock: a function that returns milliseconds since 1970. */
export function clock(value: unknown, name: string): () => number {
  if (typeof value !== 'function')
    throw wrongKind(value, name, 'a function that returns milliseconds, such as Date.now');
  return value as () => number;
}

/** Makes the error for a value of the wrong type. It does not show the value. */
export function wrongKind(value: unknown, name: string, expected: string): TypeError {
  return new TypeError(`${name} must be ${expected}, not ${kindOf(value)}.`);
}

/** Whether a value is an object literal or the like: not an instance of a class, not a list, not a function. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || prototype === NO_PROTOTYPE) return true;
  return Object.getPrototypeOf(prototype) === null && hasNoMembers(prototype);
}

/** Whether an object at the end of a chain lends nothing: the Object.prototype of another realm, or an empty object. */
function hasNoMembers(prototype: object): boolean {
  return Object.hasOwn(prototype, 'isPrototypeOf') || Reflect.ownKeys(prototype).length === 0;
}

/** Describes the type of a value for an error. It never shows the value, which may be a secret in the wrong place. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || isPlainObject(value)) return typeof value;
  const name: unknown = value.constructor?.name;
  if (name === 'Object' || value.constructor === undefined) return 'an object that inherits members';
  return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : 'object';
}

function unknownMember(name: string, member: string, names: readonly string[]): TypeError {
  return new TypeError(`${name} knows no ${quoted(member)}. It takes ${names.join(', ')}.`);
}

/** Makes the error for a member that is not enumerable: the loop over members does not see it. */
function hiddenMember(name: string, value: object, names: readonly string[]): TypeError {
  const hidden = Object.getOwnPropertyNames(value).find((member) => !isEnumerable(value, member)) ?? '';
  return new TypeError(
    `${name} does not take ${quoted(hidden)} as a member that is not enumerable. It takes ${names.join(', ')}.`,
  );
}

function isEnumerable(value: object, member: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, member);
}
