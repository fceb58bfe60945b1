/**
 * Members of requests and answers: the check of each, its form on the wire, and whether an event may show it.
 *
 * A member takes a value once. The operation works with the result, whatever the caller changes meanwhile. A value that
 * AWS would refuse becomes a fault; a value of a wrong JavaScript type is misuse of the API, a `TypeError`.
 * @module
 */

import { requireBytes } from '@securestring/core/bytes';
import { kindOf, takeMembers } from '@securestring/core/options';
import { isWellFormed } from '@securestring/core/utf8';
import { type Bounds, type Faults, fault, lengthFault, missing } from './faults.ts';

/** The form of a value in AWS JSON 1.1. `verbatim` is a map of the caller's own words; `none` has no such form. */
export type Wire =
  | 'plain'
  | 'none'
  | 'blob'
  | 'time'
  | 'verbatim'
  | { readonly list: Member }
  | { readonly record: Members };

/** A member of a request or an answer. */
export interface Member<Optional extends boolean = boolean> {
  /** Whether a request may leave it out. */
  readonly isOptional: Optional;
  /** Whether no event may show it. */
  readonly isSecret: boolean;
  /** Its form on the wire. */
  readonly wire: Wire;
  /** The JSON type of a plain value, if that is not a text. */
  readonly json?: 'number' | 'flag';
  /** AWS's name, if it is not ours with a capital letter. */
  readonly awsName?: string;
  /** The value that AWS's event shows if the member was not sent. */
  readonly assumed?: string;
  /** Judges a value that was sent, and returns it or a copy of it. */
  take(value: unknown, place: string, faults: Faults): unknown;
}

/** Members by their names, which are AWS's in lower camel case. */
export type Members = Readonly<Record<string, Member>>;

/** The rules for a text. */
export interface TextRules extends Partial<Bounds> {
  /** Made by a function where it has a `\p`: V8 looks up all those characters when it meets the pattern. */
  readonly pattern?: RegExp | (() => RegExp);
  /** The pattern as AWS shows it. Default its source. */
  readonly shown?: string;
}

/** Makes the member for a text. Its length is counted in UTF-16 code units. */
export function text({ least = 0, most = Number.POSITIVE_INFINITY, pattern, shown }: TextRules = {}): Member<false> {
  return member('plain', (value, place, faults) => {
    if (typeof value !== 'string') throw wrongType(place, 'a string', value);
    if (!isWellFormed(value)) throw new TypeError(`${place} has a lone surrogate, which has no UTF-8 form.`);
    const what = () => `Value '${value}' at '${place}'`;
    const tooLong = value.length < least || value.length > most;
    if (tooLong) report(faults, lengthFault(what(), value.length, { least, most }));
    else if (pattern !== undefined) {
      const wanted = typeof pattern === 'function' ? pattern() : pattern;
      const isFit = wanted.test(value);
      if (!isFit) faults.push(fault(what(), `satisfy regular expression pattern: ${shown ?? wanted.source}`));
    }
    return value;
  });
}

/** Makes the member for one of AWS's names. The fault lists them in the order given. */
export function oneOf(values: readonly string[]): Member<false> {
  return member('plain', (value, place, faults) => {
    if (typeof value !== 'string') throw wrongType(place, 'a string', value);
    if (!values.includes(value)) {
      faults.push(fault(`Value '${value}' at '${place}'`, `satisfy enum value set: [${values.join(', ')}]`));
    }
    return value;
  });
}

/** Makes the member for a whole number. */
export function integer({ least, most }: Bounds): Member<false> {
  const judged = member('plain', (value, place, faults) => {
    if (typeof value !== 'number') throw wrongType(place, 'a number', value);
    if (!Number.isInteger(value)) throw new RangeError(`${place} must be a whole number, not ${value}.`);
    const what = `Value '${value}' at '${place}'`;
    if (value < least) faults.push(fault(what, `have value greater than or equal to ${least}`));
    else if (value > most) faults.push(fault(what, `have value less than or equal to ${most}`));
    return value;
  });
  return { ...judged, json: 'number' };
}

/** Makes the member for true or false. */
export function flag(): Member<false> {
  const judged = member('plain', (value, place) => {
    if (typeof value !== 'boolean') throw wrongType(place, 'true or false', value);
    return value;
  });
  return { ...judged, json: 'flag' };
}

/** Makes the member for a point in time: a valid `Date`, copied. */
export function time(): Member<false> {
  return member('time', (value, place) => {
    if (!(value instanceof Date)) throw wrongType(place, 'a Date', value);
    if (Number.isNaN(value.getTime())) throw new RangeError(`${place} must be a valid Date.`);
    return new Date(value);
  });
}

/**
 * Makes the member for bytes. `hint` says what to do with a text in their place. As on AWS, no fault shows them. The
 * operation gets the caller's own array and must not use it after it has returned; an operation that awaits needs
 * {@link keptBlob}.
 */
export function blob(bounds: Bounds, hint?: string): Member<false> {
  return secret(
    member('blob', (value, place, faults) => {
      requireBytes(value, place, hint);
      report(faults, lengthFault(`Value at '${place}'`, value.length, bounds));
      return value;
    }),
  );
}

/** Makes the member for bytes, copied. */
export function keptBlob(bounds: Bounds): Member<false> {
  const judged = blob(bounds);
  return { ...judged, take: (value, place, faults) => (judged.take(value, place, faults) as Uint8Array).slice() };
}

/** Makes the member for a list, copied. Faults name entry 1 of `tags` as `tags.1.member`. */
export function list(item: Member, bounds: Partial<Bounds> = {}): Member<false> {
  const { least = 0, most = Number.POSITIVE_INFINITY } = bounds;
  return member({ list: item }, (value, place, faults) => {
    if (value === null) {
      faults.push(missing(place));
      return [];
    }
    if (!Array.isArray(value)) throw wrongType(place, 'a list', value);
    // The length comes first, so that a list of a million entries is refused before any of them is judged.
    if (value.length < least || value.length > most) {
      const shown = value.slice(0, SHOWN_ENTRIES).filter((entry) => typeof entry === 'string');
      report(faults, lengthFault(`Value '[${shown.join(', ')}]' at '${place}'`, value.length, { least, most }));
      return [];
    }
    // By index, so that holes of a sparse list are judged too.
    return Array.from({ length: value.length }, (_, i) => take(item, value[i], `${place}.${i + 1}.member`, faults));
  });
}

/** Most entries that the fault of a list shows. */
const SHOWN_ENTRIES = 51;

/** Makes the member for a record, copied. */
export function record(members: Members): Member<false> {
  const table = requestTable(members);
  return member({ record: members }, (value, place, faults) => takeRequest(place, table, value, faults, `${place}.`));
}

/** Makes the member for a map of the caller's own words, which the operation judges itself. */
export function words(): Member<false> {
  return member('verbatim', (value, place) => {
    if (value === null) throw wrongType(place, 'an object', value);
    return value;
  });
}

/** Makes the member for a secret text, which the operation judges itself. No fault and no event shows it. */
export function secretText(): Member<false> {
  return secret(member('plain', (value) => value));
}

/**
 * Makes the member for a value that only the operation can judge, even if it is missing, and that has no form on the
 * wire.
 */
export function opaque(): Member<false> {
  return secret(member('none', (value) => value));
}

/** Makes a member that this service cannot honour. `refusal` makes the error; a harmless value is let through. */
export function unsupported(refusal: (place: string) => Error, isHarmless: (value: unknown) => boolean): Member<true> {
  return optional(
    member('plain', (value, place) => {
      if (!isHarmless(value)) throw refusal(place);
      return undefined;
    }),
  );
}

/** Makes a member optional. */
export function optional<Given extends Member>(given: Given): Given & Member<true> {
  return { ...given, isOptional: true };
}

/** Makes a member secret: no event shows it. */
export function secret<Given extends Member>(given: Given): Given {
  return { ...given, isSecret: true };
}

/** Gives a member the name that AWS has for it, if that is not ours with a capital letter. */
export function named<Given extends Member>(awsName: string, given: Given): Given {
  return { ...given, awsName };
}

/** Makes a member optional. AWS's event shows it with this value if it was not sent. */
export function assumed<Given extends Member>(value: string, given: Given): Given & Member<true> {
  return { ...optional(given), assumed: value };
}

/** Members in the form that takes requests. Each row's table is made once. */
export interface RequestTable {
  /** The names of the members. */
  readonly names: readonly string[];
  /** The members, in the order of their names. */
  readonly members: readonly Member[];
}

/** Makes the table of a request's members. */
export function requestTable(members: Members): RequestTable {
  return { names: Object.keys(members), members: Object.values(members) };
}

/**
 * Takes a request: reads each own member of the record once. The copy inherits nothing.
 *
 * @throws `TypeError` if it is not a record, or has a member that the table does not know.
 */
export function takeRequest(
  name: string,
  { names, members }: RequestTable,
  request: unknown,
  faults: Faults,
  prefix = '',
): Readonly<Record<string, unknown>> {
  const taken: Record<string, unknown> = takeMembers(name, request as Readonly<Record<string, unknown>>, names);
  for (let i = 0; i < names.length; i++) {
    const memberName = names[i] as string;
    const member = members[i] as Member;
    const sent = taken[memberName];
    if (sent === undefined && member.isOptional) continue;
    taken[memberName] = take(member, sent, prefix + memberName, faults);
  }
  return taken;
}

function take(member: Member, value: unknown, place: string, faults: Faults): unknown {
  if (value === undefined && member.isOptional) return undefined;
  if (member.wire !== 'none' && (value === undefined || (value === null && !member.isOptional))) {
    faults.push(missing(place));
    return undefined;
  }
  // For an optional member, null is a wrong type: it does not mean that the member is left out.
  return member.take(value, place, faults);
}

function member(wire: Wire, judge: Member['take']): Member<false> {
  return { isOptional: false, isSecret: false, wire, take: judge };
}

function report(faults: Faults, found: string | undefined): void {
  if (found !== undefined) faults.push(found);
}

/**
 * Makes the error for a value of the wrong type. It does not show the value, which may be a secret in the wrong place.
 */
function wrongType(place: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${place} must be ${wanted}, not ${kindOf(value)}.`);
}
