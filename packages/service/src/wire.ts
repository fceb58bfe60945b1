/**
 * The wire form of requests and answers: AWS JSON 1.1, with members in upper camel case and bytes in base64.
 * @module
 */

import { decodeBase64, encodeBase64 } from '@securestring/core/base64';
import { kindOf } from '@securestring/core/options';
import type { Member, Members } from './members.ts';
import { awsName } from './operation.ts';

/** The form of a point in time: seconds since 1970 as on the wire, or ISO 8601 as the aws command line prints it. */
export type TimeForm = 'seconds' | 'ISO 8601';

/** Builds the wire form of an answer. Members that the row does not name are left out. */
export function toWire(members: Members, answer: unknown, times: TimeForm): Readonly<Record<string, unknown>> {
  const given = answer as Readonly<Record<string, unknown>>;
  const written: Record<string, unknown> = {};
  for (const { name, wire, member } of wireTable(members)) {
    const value = given[name];
    if (value !== undefined) written[wire] = valueToWire(member, value, times);
  }
  return written;
}

/** A member with both of its names. */
interface WireMember {
  readonly name: string;
  /** Its name on the wire. */
  readonly wire: string;
  readonly member: Member;
}

/** The tables of all members that were read or written: every request of a server needs two. */
const tables = new WeakMap<Members, readonly WireMember[]>();

function wireTable(members: Members): readonly WireMember[] {
  const known = tables.get(members);
  if (known !== undefined) return known;
  const made = Object.entries(members).map(([name, member]) => ({ name, wire: wireName(name, member), member }));
  tables.set(members, made);
  return made;
}

/** Returns the name of a member on the wire. */
export function wireName(name: string, member: Member): string {
  return member.awsName ?? awsName(name);
}

function valueToWire({ wire }: Member, value: unknown, times: TimeForm): unknown {
  if (wire === 'blob') return encodeBase64(value as Uint8Array);
  if (wire === 'time') return times === 'seconds' ? (value as Date).getTime() / 1000 : (value as Date).toISOString();
  if (typeof wire === 'string') return value;
  if ('record' in wire) return toWire(wire.record, value, times);
  return (value as readonly unknown[]).map((entry) => valueToWire(wire.list, entry, times));
}

/** A value that is not of the JSON type that its member has on the wire. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/**
 * Reads a request from its wire form. Members that the row does not name, and those that are `null`, are left out, as
 * AWS does; so are those whose form on the wire is `none`. Bounds and patterns are judged later, with the request.
 *
 * @throws `WireError` if a value has another JSON type than its member.
 */
export function fromWire(members: Members, body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw notA('structure', body);
  const sent = body as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  for (const { name, wire, member } of wireTable(members)) {
    const value = Object.hasOwn(sent, wire) ? sent[wire] : undefined;
    if (value === undefined || value === null || member.wire === 'none') continue;
    read[name] = valueFromWire(member, value);
  }
  return read;
}

function valueFromWire({ wire }: Member, value: unknown): unknown {
  if (wire === 'blob') return blobFromWire(value);
  if (wire === 'time') return timeFromWire(value);
  if (wire === 'verbatim') return mapFromWire(value);
  if (typeof wire === 'string') return value;
  if ('record' in wire) return fromWire(wire.record, value);
  if (!Array.isArray(value)) throw notA('list', value);
  return value.map((entry) => (entry === null ? null : valueFromWire(wire.list, entry)));
}

function blobFromWire(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw notA('base64 text', value);
  const bytes = decodeBase64(value);
  if (typeof bytes === 'number') throw new WireError('A blob is not base64 with padding.');
  return bytes;
}

function timeFromWire(value: unknown): Date {
  if (typeof value !== 'number') throw notA('number of seconds', value);
  return new Date(value * 1000);
}

/** A map of the caller's own words: any name is a key, `__proto__` too. */
function mapFromWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notA('map', value);
  return Object.assign(Object.create(null), value);
}

function notA(wanted: string, value: unknown): WireError {
  return new WireError(`${kindOf(value)} cannot be read as a ${wanted}.`);
}
