/**
 * The wire form of requests and answers: AWS JSON 1.1, with members in upper camel case and bytes in base64.
 * @module
 */

import { encodeBase64 } from '@securestring/core/base64';
import type { Member, Members } from './members.ts';
import { awsName } from './operation.ts';

/** The form of a point in time: seconds since 1970 as on the wire, or ISO 8601 as the aws command line prints it. */
export type TimeForm = 'seconds' | 'ISO 8601';

/** Builds the wire form of an answer. Members that the row does not name are left out. */
export function toWire(members: Members, answer: unknown, times: TimeForm): Readonly<Record<string, unknown>> {
  const given = answer as Readonly<Record<string, unknown>>;
  const written = Object.entries(members).flatMap(([name, member]) => {
    const value = given[name];
    return value === undefined ? [] : [[wireName(name, member), valueToWire(member, value, times)] as const];
  });
  return Object.fromEntries(written);
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
