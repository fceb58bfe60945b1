/**
 * Answers as the aws command line shows them: times in ISO 8601 as Python writes them, policies of IAM as records.
 * @module
 */

import type { Member, Members } from '@securestring/service';
import { wireName } from '@securestring/service';

/** How times are shown: in the zone of this machine with microseconds, or in UTC in whole seconds. */
export type Clock = 'local' | 'utc';

/** Changes an answer from its form on the wire. */
export function shownAnswer(members: Members, answer: object, clock: Clock): Readonly<Record<string, unknown>> {
  const known = new Map(Object.entries(members).map(([name, member]) => [wireName(name, member), member]));
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => {
      const member = known.get(name);
      return [name, member === undefined ? value : shownValue(member, value, clock)];
    }),
  );
}

function shownValue({ wire }: Member, value: unknown, clock: Clock): unknown {
  if (wire === 'time') return isoTime(value as number, clock);
  if (typeof wire === 'string') return value;
  if ('record' in wire) return shownAnswer(wire.record, value as object, clock);
  return (value as readonly unknown[]).map((each) => shownValue(wire.list, each, clock));
}

function isoTime(seconds: number, clock: Clock): string {
  const milliseconds = Math.round(seconds * 1000);
  if (clock === 'utc') return `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;
  // The offset has the sign of what is to be added to the local time.
  const offset = -new Date(milliseconds).getTimezoneOffset();
  const local = new Date(milliseconds + offset * 60_000).toISOString();
  const fraction = milliseconds % 1000 === 0 ? '' : `${local.slice(19, 23)}000`;
  return `${local.slice(0, 19)}${fraction}${offset < 0 ? '-' : '+'}${zone(Math.abs(offset))}`;
}

function zone(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const POLICY = /PolicyDocument$/;

/** Parses the policies in an answer of IAM. */
export function withPolicies(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPolicies);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      POLICY.test(name) && typeof each === 'string' ? JSON.parse(each) : withPolicies(each),
    ]),
  );
}
