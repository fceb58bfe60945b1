/**
 * Records of principals and keys, as these suites need them.
 * @module
 */

import type { KeyRecord, KeystoreState, PrincipalRecord } from '../../src/state/records.ts';

export const ACCOUNT = '111122223333';
export const KEY_ARN = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** A user; a role with `type: 'role'`. */
export function principal(members: Partial<PrincipalRecord> = {}): PrincipalRecord {
  const isRole = members.type === 'role';
  return {
    type: 'user',
    name: 'ann',
    path: '/',
    accountId: ACCOUNT,
    uniqueId: isRole ? 'AROAREADERREADERREADE' : 'AIDAANNANNANNANNANNAN',
    description: '',
    creationDate: 0,
    tags: new Map(),
    policies: new Map(),
    trustPolicy: isRole ? '{}' : undefined,
    maxSessionDuration: isRole ? 3600 : undefined,
    ...members,
  };
}

/** A keystore's state with these users and roles. */
export function stateWith(...principals: readonly PrincipalRecord[]): KeystoreState {
  return {
    partition: 'aws',
    region: 'us-east-1',
    accountId: ACCOUNT,
    highestClock: 0,
    keys: new Map(),
    aliases: new Map(),
    principals: new Map(principals.map((each) => [each.uniqueId, each])),
  };
}

/** A key without material. */
export function key(members: Partial<KeyRecord> = {}): KeyRecord {
  return {
    keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    arn: KEY_ARN,
    description: '',
    disabled: false,
    deletionDate: undefined,
    keyManager: 'CUSTOMER',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'EXTERNAL',
    multiRegion: false,
    creationDate: 0,
    tags: new Map(),
    rotation: undefined,
    materials: [],
    ...members,
  };
}

/** A policy of one statement. */
export function allow(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } });
}
