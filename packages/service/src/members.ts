/**
 * Members of requests and answers: how each one is judged, how it looks on the wire, and whether an event may show it.
 *
 * A member takes a value once: what it returns is what the operation works with, whatever the caller changes meanwhile.
 * A value that AWS would refuse becomes a fault; one of a wrong JavaScript type is misuse of the API, a `TypeError`.
 * @module
 */

import { requireBytes } from '@securestring/core/bytes';
import { kindOf, takeMembers } from '@securestring/core/options';
import { isWellFormed } from '@securestring/core/utf8';
import { type Bounds, type Faults, fault, lengthFault, missing } from './faults.ts';

/** The form of a value in AWS JSON 1.1. `verbatim` is a map of the caller's own words; `none` never comes that way. */
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
  readonly isOptional: Optional;
  /** Whether it may never be in an event. */
  readonly isSecret: boolean;
  readonly wire: Wire;
  /** AWS's name, where it is not ours with a capital letter. */
  readonly awsName?: string;
  /** What AWS's event shows where the member was not sent. */
  readonly assumed?: string;
  /** Judges a value that is there, and returns the caller's value or a copy of it. */
  take(value: unknown, place: string, faults: Faults): unknown;
}

/** Members by their names, which are AWS's in lower camel case. */
export type Members = Readonly<Record<string, Member>>;

/** What a text must be. */
export interface TextRules extends Partial<Bounds> {
  readonly pattern?: RegExp;
  /** The pattern as AWS shows it. Default its source. */
  readonly shown?: string;
}

/** A text. Its length is counted in UTF-16 code units. */
export function text({ least = 0, most = Number.POSITIVE_INFINITY, pattern, shown }: TextRules = {}): Member<false> {
  return member('plain', (value, place, faults) => {
    if (typeof value !== 'string') throw wrongType(place, 'a string', value);
    if (!isWellFormed(value)) throw new TypeError(`${place} has a lone surrogate, which has no UTF-8 form.`);
    const what = () => `Value '${value}' at '${place}'`;
    const tooLong = value.length < least || value.length > most;
    if (tooLong) report(faults, lengthFault(what(), value.length, { least, most }));
    else if (pattern !== undefined && !pattern.test(value)) {
      faults.push(fault(what(), `satisfy regular expression pattern: ${shown ?? pattern.source}`));
    }
    return value;
  });
}

/** One of AWS's names, in AWS's order, which the fault shows. */
export function oneOf(values: readonly string[]): Member<false> {
  return member('plain', (value, place, faults) => {
    if (typeof value !== 'string') throw wrongType(place, 'a string', value);
    if (!values.includes(value)) {
      faults.push(fault(`Value '${value}' at '${place}'`, `satisfy enum value set: [${values.join(', ')}]`));
    }
    return value;
  });
}

/** A whole number. */
export function integer({ least, most }: Bounds): Member<false> {
  return member('plain', (value, place, faults) => {
    if (typeof value !== 'number') throw wrongType(place, 'a number', value);
    if (!Number.isInteger(value)) throw new RangeError(`${place} must be a whole number, not ${value}.`);
    const what = `Value '${value}' at '${place}'`;
    if (value < least) faults.push(fault(what, `have value greater than or equal to ${least}`));
    else if (value > most) faults.push(fault(what, `have value less than or equal to ${most}`));
    return value;
  });
}

/** True or false. */
export function flag(): Member<false> {
  return member('plain', (value, place) => {
    if (typeof value !== 'boolean') throw wrongType(place, 'true or false', value);
    return value;
  });
}

/** A point in time, as a valid `Date`. */
export function time(): Member<false> {
  return member('time', (value, place) => {
    if (!(value instanceof Date)) throw wrongType(place, 'a Date', value);
    if (Number.isNaN(value.getTime())) throw new RangeError(`${place} must be a valid Date.`);
    return new Date(value);
  });
}

/**
 * Bytes. `hint` says what to do with a text in their place. Faults never show them, as AWS does not. The operation gets the caller's own array, so it must be done with it
 * before it returns; `keptBlob` is for one that awaits.
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

/** Bytes, copied. */
export function keptBlob(bounds: Bounds): Member<false> {
  const judged = blob(bounds);
  return { ...judged, take: (value, place, faults) => (judged.take(value, place, faults) as Uint8Array).slice() };
}

/** A list, copied. Entry 1 of `tags` is at `tags.1.member`. */
export function list(item: Member, bounds: Partial<Bounds> = {}): Member<false> {
  const { least = 0, most = Number.POSITIVE_INFINITY } = bounds;
  return member({ list: item }, (value, place, faults) => {
    if (value === null) {
      faults.push(missing(place));
      return [];
    }
    if (!Array.isArray(value)) throw wrongType(place, 'a list', value);
    // Counted first: a list of a million entries is refused before any of them is looked at.
    if (value.length < least || value.length > most) {
      const shown = value.slice(0, SHOWN_ENTRIES).filter((entry) => typeof entry === 'string');
      report(faults, lengthFault(`Value '[${shown.join(', ')}]' at '${place}'`, value.length, { least, most }));
      return [];
    }
    // By index, so that a hole of a sparse list is met too.
    return Array.from({ length: value.length }, (_, i) => take(item, value[i], `${place}.${i + 1}.member`, faults));
  });
}

/** Entries of a list of a wrong length that its fault shows. */
const SHOWN_ENTRIES = 51;

/** A record of members, copied. */
export function record(members: Members): Member<false> {
  return member({ record: members }, (value, place, faults) => takeRequest(place, members, value, faults, `${place}.`));
}

/** A map of the caller's own words, which the operation judges itself. */
export function words(): Member<false> {
  return member('verbatim', (value, place) => {
    if (value === null) throw wrongType(place, 'an object', value);
    return value;
  });
}

/** A text that the operation judges itself, in words of its own. No fault and no event shows it. */
export function secretText(): Member<false> {
  return secret(member('plain', (value) => value));
}

/** A value that only the operation can judge, its absence too, and that has no form on the wire: a way to unlock. */
export function opaque(): Member<false> {
  return secret(member('none', (value) => value));
}

/** A member that this service cannot honour. `refusal` makes the error; a harmless value changes nothing. */
export function unsupported(refusal: (place: string) => Error, isHarmless: (value: unknown) => boolean): Member<true> {
  return optional(
    member('plain', (value, place) => {
      if (!isHarmless(value)) throw refusal(place);
      return undefined;
    }),
  );
}

/** The same member, which may be left out. */
export function optional<Given extends Member>(given: Given): Given & Member<true> {
  return { ...given, isOptional: true };
}

/** The same member, which no event shows. */
export function secret<Given extends Member>(given: Given): Given {
  return { ...given, isSecret: true };
}

/** The same member under a name of AWS's that is not ours with a capital letter. */
export function named<Given extends Member>(awsName: string, given: Given): Given {
  return { ...given, awsName };
}

/** The same member, which AWS's event shows with this value where it was not sent. */
export function assumed<Given extends Member>(value: string, given: Given): Given & Member<true> {
  return { ...optional(given), assumed: value };
}

/**
 * Takes a request: each member once, by what the record itself holds.
 *
 * @throws `TypeError` where it is not a record, or has a member that `members` does not know.
 */
export function takeRequest(
  name: string,
  members: Members,
  request: unknown,
  faults: Faults,
  prefix = '',
): Readonly<Record<string, unknown>> {
  const sent = takeMembers(name, request as Readonly<Record<string, unknown>>, Object.keys(members));
  const taken: Record<string, unknown> = {};
  for (const member of Object.keys(members)) {
    const value = take(members[member] as Member, sent[member], `${prefix}${member}`, faults);
    if (value !== undefined) taken[member] = value;
  }
  return taken;
}

function take(member: Member, value: unknown, place: string, faults: Faults): unknown {
  if (value === undefined && member.isOptional) return undefined;
  if (member.wire !== 'none' && (value === undefined || (value === null && !member.isOptional))) {
    faults.push(missing(place));
    return undefined;
  }
  // An optional member that is null is of a wrong type: null does not leave it out.
  return member.take(value, place, faults);
}

function member(wire: Wire, judge: Member['take']): Member<false> {
  return { isOptional: false, isSecret: false, wire, take: judge };
}

function report(faults: Faults, found: string | undefined): void {
  if (found !== undefined) faults.push(found);
}

/** A value of the wrong type. The error does not show it: it may be a secret in the wrong place. */
function wrongType(place: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${place} must be ${wanted}, not ${kindOf(value)}.`);
}
