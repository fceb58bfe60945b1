/**
 * What the aws command line checks of a request before it is sent: names and types of members. Bounds are judged by the
 * service.
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { Member, Members } from '@securestring/service';
import { wireName } from '@securestring/service';
import { AWS_EXIT, AwsFault } from './fault.ts';

/** @throws `AwsFault` with a line for each fault. */
export function validate(members: Members, request: Readonly<Record<string, unknown>>): void {
  const faults = faultsIn(members, request, '');
  if (faults.length === 0) return;
  throw new AwsFault(AWS_EXIT.usage, `Parameter validation failed:\n${faults.join('\n')}`);
}

function faultsIn(members: Members, record: Readonly<Record<string, unknown>>, place: string): readonly string[] {
  const known = Object.entries(members)
    .filter(([, { wire }]) => wire !== 'none')
    .map(([name, member]) => [wireName(name, member), member] as const);
  const names = known.map(([name]) => name);
  const where = place === '' ? 'input' : place;
  return [
    ...known
      .filter(([name, { isOptional }]) => !isOptional && !Object.hasOwn(record, name))
      .map(([name]) => `Missing required parameter in ${where}: "${name}"`),
    ...Object.keys(record)
      .filter((name) => !names.includes(name))
      .map((name) => `Unknown parameter in ${where}: "${name}", must be one of: ${names.join(', ')}`),
    ...known.flatMap(([name, member]) =>
      Object.hasOwn(record, name) ? wrongTypes(member, record[name], place === '' ? name : `${place}.${name}`) : [],
    ),
  ];
}

/** The types of Python, by the names that its errors have. */
const TYPES = {
  text: "<class 'str'>",
  number: "<class 'int'>",
  flag: "<class 'bool'>",
  list: "<class 'list'>, <class 'tuple'>",
  record: "<class 'dict'>",
} as const;

function wrongTypes(member: Member, value: unknown, place: string): readonly string[] {
  const { wire, json } = member;
  const wanted = wantedType(member);
  if (wanted === undefined || isDeepStrictEqual(wanted, typeOf(value))) {
    if (typeof wire === 'object' && 'list' in wire) {
      return (value as readonly unknown[]).flatMap((each, i) => wrongTypes(wire.list, each, `${place}[${i}]`));
    }
    if (typeof wire === 'object') return faultsIn(wire.record, value as Readonly<Record<string, unknown>>, place);
    return [];
  }
  const type = TYPES[typeOf(value)].split(',')[0];
  const types = json === 'number' ? `${TYPES.number}` : TYPES[wanted];
  return [`Invalid type for parameter ${place}, type: ${type}, valid types: ${types}`];
}

function wantedType({ wire, json, isOptional }: Member): keyof typeof TYPES | undefined {
  if (typeof wire === 'object') return 'list' in wire ? 'list' : 'record';
  if (wire === 'verbatim') return 'record';
  if (wire === 'time' || wire === 'none') return undefined;
  if (wire === 'blob') return 'text';
  // A member that is refused has no type in its row.
  return json ?? (isOptional ? undefined : 'text');
}

function typeOf(value: unknown): keyof typeof TYPES {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'flag';
  return typeof value === 'object' ? 'record' : 'text';
}
