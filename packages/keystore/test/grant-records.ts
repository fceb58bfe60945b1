/**
 * Records of grants and of principals, for the suites that need some in a state.
 * @module
 */

import type { GrantRecord, PrincipalRecord } from '../src/state/records.ts';

export const ACCOUNT = '000000000000';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app/reader`;
export const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/ada`;

/** A grant of a key, of which some members are others. */
export function grantRecord(keyId: string, change: Partial<GrantRecord> = {}): GrantRecord {
  return {
    grantId: '0'.repeat(64),
    keyId,
    name: '',
    creationDate: 1_000,
    grantee: { arn: USER_ARN, uniqueId: undefined },
    retiring: undefined,
    issuingAccountId: ACCOUNT,
    operations: ['Decrypt'],
    contextEquals: undefined,
    contextSubset: undefined,
    ...change,
  };
}

/** The role of {@link ROLE_ARN}, or with other members. */
export function roleRecord(uniqueId: string, change: Partial<PrincipalRecord> = {}): PrincipalRecord {
  return {
    type: 'role',
    name: 'reader',
    path: '/app/',
    accountId: ACCOUNT,
    uniqueId,
    description: '',
    creationDate: 1_000,
    tags: new Map(),
    policies: new Map(),
    trustPolicy: '{}',
    maxSessionDuration: 3600,
    ...change,
  };
}

/** A map of grants by their ids. */
export function byId(grants: readonly GrantRecord[]): ReadonlyMap<string, GrantRecord> {
  return new Map(grants.map((grant) => [grant.grantId, grant]));
}
