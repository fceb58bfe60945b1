/**
 * Records that callers hand in: options, requests, and the records inside of them. Each is read once, member by member,
 * into a copy that nobody else holds.
 * @module
 */

import { quoted } from './errors.ts';

/** Judges a member's value; `undefined` where the member is missing. Throws a `TypeError` that begins with `name`. */
export type Check = (value: unknown, name: string) => void;

/** One check for each member of a record. The compiler refuses a table that leaves out a member. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

/** The judged table of a record's members, made by {@link members}. */
export interface Members<Options> {
  readonly names: readonly (keyof Options & string)[];
  readonly checks: readonly (readonly [keyof Options & string, Check])[];
}

/** What every copy inherits from: nothing, so that a polluted `Object.prototype` does not reach it. */
const NO_PROTOTYPE = Object.freeze(Object.create(null));
// V8 keeps objects of a constructor in its fast form, and those that inherit from `null` itself in its slow one.
const Own = function Own() {} as unknown as new () => Record<string, unknown>;
Own.prototype = NO_PROTOTYPE;

/** Makes the table of a record's members from one check for each. */
export function members<Options>(checks: Checks<Options>): Members<Options> {
  const names = Object.keys(checks) as (keyof Options & string)[];
  return { names, checks: names.map((name) => [name, checks[name]] as const) };
}

/**
 * A judged copy of an options object: no member but those of the table, each one read once and checked. Members that are
 * `undefined` count as missing. `name` is the function's, for errors.
 *
 * @throws `TypeError` where the value is not a plain object, has a member that the table lacks, or a check fails.
 */
export function takeOptions<Options extends object>(name: string, value: Options, table: Members<Options>): Options {
  const own = takeMembers(name, value, table.names);
  for (const [member, check] of table.checks) check(own[member], member);
  return own;
}

/**
 * A copy of a record, whose members are read once each and are own ones; the values are not judged. Members that are
 * `undefined` are left out. The copy inherits nothing. `name` is the function's or operation's, for errors.
 *
 * @throws `TypeError` where the value is not a plain object, or has a member that `names` lacks.
 */
export function takeMembers<Options extends object>(name: string, value: Options, names: readonly string[]): Options {
  if (!isPlainObject(value)) throw new TypeError(`${name} takes an object, not ${kindOf(value)}.`);
  const own = new Own();
  let count = 0;
  for (const member in value) {
    if (!Object.hasOwn(value, member)) continue;
    if (!names.includes(member)) throw unknownMember(name, member, names);
    count += 1;
    const found: unknown = value[member];
    if (found !== undefined) own[member] = found;
  }
  if (Reflect.ownKeys(value).length !== count) throw hiddenMember(name, value, names);
  return own as Options;
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

/** The error for what a loop over members passes by in silence: a symbol, or a member that is not enumerable. */
function hiddenMember(name: string, value: object, names: readonly string[]): TypeError {
  const hidden = Object.getOwnPropertyNames(value).find((member) => !isEnumerable(value, member));
  const what =
    hidden === undefined ? 'knows no symbol' : `does not take ${quoted(hidden)} as a member that is not enumerable`;
  return new TypeError(`${name} ${what}. It takes ${names.join(', ')}.`);
}

function isEnumerable(value: object, member: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, member);
}
