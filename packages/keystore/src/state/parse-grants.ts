/**
 * The parser of decoded grants, and the form in which they are encoded. As `parse.ts`, it refuses unknown fields.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { byName, fields, list, oneOf, optional, text, time, wrong } from './fields.ts';
import { GRANT_OPERATIONS } from './grants.ts';
import type { GrantRecord, KeyRecord, PrincipalReference } from './records.ts';

const GRANT_ID = /^[0-9a-f]{64}$/;
const GRANT_FIELDS = [
  'grantId',
  'keyId',
  'name',
  'creationDate',
  'grantee',
  'retiring',
  'issuingAccountId',
  'operations',
  'contextEquals',
  'contextSubset',
] as const;

/** Parses grants, of which no two have the same id, and each of which is of one of the keys. */
export function parseGrants(value: unknown, keys: ReadonlyMap<string, KeyRecord>): ReadonlyMap<string, GrantRecord> {
  const grants = byName(list(value, 'grants').map(parseGrant), ({ grantId }) => grantId, 'grant');
  for (const { grantId, keyId } of grants.values()) {
    if (keys.has(keyId)) continue;
    throw wrong(`grant ${quoted(grantId)} is of key ${quoted(keyId)}, which does not exist`);
  }
  return grants;
}

/** Parses a grant. */
export function parseGrant(value: unknown): GrantRecord {
  const grant = fields(value, GRANT_FIELDS, 'grants[]');
  const grantId = text(grant.grantId, 'grants[].grantId');
  if (!GRANT_ID.test(grantId)) throw wrong(`grants[].grantId is ${quoted(grantId)}`);
  return {
    grantId,
    keyId: text(grant.keyId, 'grants[].keyId'),
    name: text(grant.name, 'grants[].name'),
    creationDate: time(grant.creationDate, 'grants[].creationDate'),
    grantee: parseReference(grant.grantee, 'grants[].grantee'),
    retiring: optional(grant.retiring, 'grants[].retiring', parseReference),
    issuingAccountId: text(grant.issuingAccountId, 'grants[].issuingAccountId'),
    operations: list(grant.operations, 'grants[].operations').map((operation) =>
      oneOf(operation, GRANT_OPERATIONS, 'grants[].operations[]'),
    ),
    contextEquals: optional(grant.contextEquals, 'grants[].contextEquals', parsePairs),
    contextSubset: optional(grant.contextSubset, 'grants[].contextSubset', parsePairs),
  };
}

/** Returns a grant in the form that is encoded: maps as lists of pairs. */
export function grantShape(grant: GrantRecord): object {
  const { contextEquals, contextSubset } = grant;
  return {
    ...grant,
    contextEquals: contextEquals && [...contextEquals],
    contextSubset: contextSubset && [...contextSubset],
  };
}

function parseReference(value: unknown, where: string): PrincipalReference {
  const { arn, uniqueId } = fields(value, ['arn', 'uniqueId'], where);
  return { arn: text(arn, `${where}.arn`), uniqueId: optional(uniqueId, `${where}.uniqueId`, text) };
}

function parsePairs(value: unknown, where: string): ReadonlyMap<string, string> {
  const pairs = list(value, where).map((pair): readonly [string, string] => {
    const [name, given, ...rest] = list(pair, `${where}[]`);
    if (rest.length > 0) throw wrong(`${where}[] is not a pair`);
    return [text(name, `${where}[] name`), text(given, `${where}[] value`)];
  });
  return new Map(byName(pairs, ([name]) => name, `name in ${where}`).values());
}
