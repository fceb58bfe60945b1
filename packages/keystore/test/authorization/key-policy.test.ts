/** The policy of a key for decisions: unique ids in place of ARNs. */

import type { Caller, Closeness } from '@securestring/service/policy';
import { describe, expect, it } from 'vitest';
import { isDefaultKeyPolicy } from '../../src/authorization/default-policies.ts';
import { keyPolicyOf, keyPolicyText } from '../../src/authorization/key-policy.ts';
import type { KeyRecord } from '../../src/state/records.ts';
import { ACCOUNT, allow, KEY_ARN, key } from './records.ts';

const USER: Caller = {
  type: 'User',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  roleArn: undefined,
  uniqueId: 'AIDAANNANNANNANNANNAN',
};
const SESSION: Caller = {
  type: 'Session',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/reader`,
  uniqueId: 'AROAREADERREADERREADE',
};
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** How closely a key's policy names a caller. */
function closeness(record: KeyRecord, caller: Caller): Closeness | undefined {
  const [statement] = keyPolicyOf(record).statementsFor('kms:Decrypt');
  return statement?.closeness(caller);
}

/** A key whose policy names one principal, which had a unique id then. */
function naming(arn: string, uniqueId?: string): KeyRecord {
  const policy = allow({ Principal: { AWS: arn }, Action: 'kms:*', Resource: '*' });
  return key({ policy, ...(uniqueId !== undefined && { policyPrincipals: new Map([[arn, uniqueId]]) }) });
}

describe('a key’s policy', () => {
  it.each([
    ['user', USER, USER.arn],
    ['role', SESSION, SESSION.roleArn ?? ''],
    ['session', SESSION, SESSION.arn],
  ] as const)('names the %s of the unique id that it had, and no other one of its name', (wanted, caller, arn) => {
    expect(closeness(naming(arn, caller.uniqueId), caller)).toBe(wanted);
    expect(closeness(naming(arn, `${caller.uniqueId.slice(0, 4)}OTHEROTHEROTHEROT`), caller)).toBeUndefined();
    expect(closeness(naming(arn), caller)).toBe(wanted);
  });

  it('is prepared once for each record', () => {
    const record = naming(USER.arn);
    expect(keyPolicyOf(record)).toBe(keyPolicyOf(record));
    expect(keyPolicyOf(record)).not.toBe(keyPolicyOf({ ...record }));
    expect(keyPolicyOf(record).statements[0]?.policy).toBe(KEY_ARN);
  });

  it('is the default one without one of its own, and the one of alias/aws/ssm for that key', () => {
    expect(closeness(key(), USER)).toBe('account');
    expect(closeness(key({ keyManager: 'AWS' }), USER)).toBe('everyone');
  });
});

describe('isDefaultKeyPolicy', () => {
  const own = { Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
  const account = { partition: 'aws', accountId: ACCOUNT };

  it('is true of the default policy, however it is written', () => {
    expect(isDefaultKeyPolicy(keyPolicyText(key()), account)).toBe(true);
    expect(isDefaultKeyPolicy(allow(own), account)).toBe(true);
    expect(
      isDefaultKeyPolicy(allow({ ...own, Sid: 'x', Principal: { AWS: [ROOT] }, Action: ['kms:*'] }), account),
    ).toBe(true);
  });

  it.each([
    ['another action', { Action: 'kms:Decrypt' }],
    ['one action more', { Action: ['kms:*', 'kms:Decrypt'] }],
    ['all actions but one', { Action: undefined, NotAction: 'kms:*' }],
    ['another resource', { Resource: KEY_ARN }],
    ['no resource', { Resource: undefined }],
    ['another principal', { Principal: { AWS: USER.arn } }],
    ['a principal more', { Principal: { AWS: [ROOT, USER.arn] } }],
    ['everyone', { Principal: '*' }],
    ['everyone but the root', { Principal: undefined, NotPrincipal: { AWS: ROOT } }],
    ['a condition', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
    ['a deny', { Effect: 'Deny' }],
  ])('is false of a policy with %s', (_, change) => {
    expect(isDefaultKeyPolicy(allow({ ...own, ...change }), account)).toBe(false);
  });

  it('is false of another account’s, of two statements, and of the policy of alias/aws/ssm', () => {
    expect(isDefaultKeyPolicy(allow(own), { ...account, accountId: '444455556666' })).toBe(false);
    const two = JSON.stringify({ Statement: [JSON.parse(allow(own)).Statement, JSON.parse(allow(own)).Statement] });
    expect(isDefaultKeyPolicy(two, account)).toBe(false);
    expect(isDefaultKeyPolicy(keyPolicyText(key({ keyManager: 'AWS' })), account)).toBe(false);
  });
});
