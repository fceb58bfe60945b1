/**
 * The parsers of users and roles. Each refusal is a `KeystoreError` (`KEYSTORE_RECORD`) that names the field.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { SESSION_DURATION, UNIQUE_ID_LETTERS } from '../limits.ts';
import { byName, fields, list, oneOf, optional, pairs, text, time, wrong } from './fields.ts';
import { PRINCIPAL_TYPES, type PrincipalRecord, type PrincipalType } from './records.ts';

const FIELDS = [
  'type',
  'name',
  'path',
  'accountId',
  'uniqueId',
  'description',
  'creationDate',
  'tags',
  'policies',
  'trustPolicy',
  'maxSessionDuration',
] as const;
const ADDED = ['trustPrincipals'];
const UNIQUE_IDS: Readonly<Record<PrincipalType, RegExp>> = {
  user: new RegExp(`^AIDA[A-Z2-7]{${UNIQUE_ID_LETTERS}}$`),
  role: new RegExp(`^AROA[A-Z2-7]{${UNIQUE_ID_LETTERS}}$`),
};

/** Parses users and roles, of which no two have the same unique id, or the same name in an account. */
export function parsePrincipals(value: unknown): NonNullable<ReadonlyMap<string, PrincipalRecord>> {
  const parsed = list(value, 'principals').map(parsePrincipal);
  byName(parsed, ({ type, accountId, name }) => `${accountId} ${type} ${name.toLowerCase()}`, 'name of a user or role');
  return byName(parsed, ({ uniqueId }) => uniqueId, 'unique id of a user or role');
}

/** Parses a user or role. */
export function parsePrincipal(value: unknown): PrincipalRecord {
  const given: Record<string, unknown> = fields(value, FIELDS, 'principals[]', ADDED);
  const type = oneOf(given['type'], PRINCIPAL_TYPES, 'principals[].type');
  const uniqueId = text(given['uniqueId'], 'principals[].uniqueId');
  if (!UNIQUE_IDS[type].test(uniqueId)) throw wrong(`principals[].uniqueId of a ${type} is ${quoted(uniqueId)}`);
  const trustPolicy = optional(given['trustPolicy'], 'principals[].trustPolicy', text);
  const maxSessionDuration = optional(given['maxSessionDuration'], 'principals[].maxSessionDuration', seconds);
  const isRole = type === 'role';
  if ((trustPolicy !== undefined) !== isRole || (maxSessionDuration !== undefined) !== isRole) {
    throw wrong(`a ${type} ${isRole ? 'lacks' : 'has'} a trust policy or a longest session`);
  }
  return {
    type,
    name: text(given['name'], 'principals[].name'),
    path: text(given['path'], 'principals[].path'),
    accountId: text(given['accountId'], 'principals[].accountId'),
    uniqueId,
    description: text(given['description'], 'principals[].description'),
    creationDate: time(given['creationDate'], 'principals[].creationDate'),
    tags: pairs(given['tags'], 'principals[].tags', 'tag key'),
    policies: pairs(given['policies'], 'principals[].policies', 'name of a policy'),
    trustPolicy,
    ...(Object.hasOwn(given, 'trustPrincipals') && {
      trustPrincipals: pairs(given['trustPrincipals'], 'principals[].trustPrincipals', 'principal of a trust policy'),
    }),
    maxSessionDuration,
  };
}

function seconds(value: unknown, where: string): number {
  const { least, most } = SESSION_DURATION;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw wrong(`${where} is not ${least} to ${most} seconds`);
}
