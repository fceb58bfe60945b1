/** What a grant allows: to whom, which operations, under which encryption context. */

import type { Caller } from '@securestring/service/policy';
import { describe, expect, it } from 'vitest';
import { type GrantQuestion, grantFor, type PassedOn } from '../../src/authorization/grants.ts';
import type { GrantRecord } from '../../src/state/records.ts';
import { ACCOUNT, byId, grantRecord, ROLE_ARN, USER_ARN } from '../grant-records.ts';

const KEY = { keyId: 'one' };
const USER: Caller = { type: 'User', accountId: ACCOUNT, arn: USER_ARN, roleArn: undefined, uniqueId: 'AIDA1' };
const SESSION: Caller = {
  type: 'Session',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s`,
  roleArn: ROLE_ARN,
  uniqueId: 'AROA1',
};
const ROOT_ARN = `arn:aws:iam::${ACCOUNT}:root`;
const ROOT: Caller = { type: 'Root', accountId: ACCOUNT, arn: ROOT_ARN, roleArn: undefined, uniqueId: ACCOUNT };

/** Whether these grants of the key allow it. */
function isGranted(
  grants: readonly Partial<GrantRecord>[],
  question: Partial<Omit<GrantQuestion, 'identity'>> & { readonly caller?: Caller } = {},
): boolean {
  const all = grants.map((grant, i) => grantRecord(KEY.keyId, { grantId: String(i), ...grant }));
  const { caller = USER, ...rest } = question;
  const asked = { identity: { caller }, operation: 'Decrypt', context: undefined, ...rest };
  return grantFor({ partition: 'aws', grants: byId(all) }, KEY, asked) !== undefined;
}

const to = (arn: string, uniqueId?: string): Partial<GrantRecord> => ({ grantee: { arn, uniqueId } });

describe('the grantee', () => {
  it.each<readonly [string, Partial<GrantRecord>, Caller, boolean]>([
    ['is the user', to(USER_ARN), USER, true],
    ['is the user with the unique id of then', to(USER_ARN, 'AIDA1'), USER, true],
    ['is not a user that was created again', to(USER_ARN, 'AIDA0'), USER, false],
    ['is the role of a session', to(ROLE_ARN, 'AROA1'), SESSION, true],
    ['is not a role that was created again', to(ROLE_ARN, 'AROA0'), SESSION, false],
    ['is one session', to(SESSION.arn, 'AROA1'), SESSION, true],
    ['is not another session', to(`${SESSION.arn}2`, 'AROA1'), SESSION, false],
    ['is not a session of a role that was created again', to(SESSION.arn, 'AROA0'), SESSION, false],
    ['is not the role without its path', to(ROLE_ARN.replace('app/', '')), SESSION, false],
    ['is the account, for a user', to(ROOT_ARN), USER, true],
    ['is the account, for a session', to(ROOT_ARN), SESSION, true],
    ['is the account, for its root', to(ROOT_ARN), ROOT, true],
    ['is not another account', to('arn:aws:iam::111111111111:root'), USER, false],
    ['is not another user', to(`${USER_ARN}x`), USER, false],
    ['is not the root because a user is', to(USER_ARN), ROOT, false],
    ['is not in another partition', to(`arn:aws-cn:iam::${ACCOUNT}:root`), USER, false],
  ])('%s', (_, grant, caller, expected) => {
    expect(isGranted([grant], { caller })).toBe(expected);
  });

  it('has the grants of that key alone', () => {
    const grants = byId([grantRecord('two')]);
    const question = { identity: { caller: USER }, operation: 'Decrypt', context: undefined };
    expect(grantFor({ partition: 'aws', grants }, KEY, question)).toBeUndefined();
    expect(grantFor({ partition: 'aws', grants }, { keyId: 'two' }, question)).toBe(grants.get('0'.repeat(64)));
    expect(grantFor({ partition: 'aws' }, KEY, question)).toBeUndefined();
  });

  it('may use any of its grants', () => {
    const grants = [{ operations: ['Encrypt'] }, { operations: ['DescribeKey', 'Decrypt'] }];
    for (const operation of ['Encrypt', 'Decrypt', 'DescribeKey']) expect(isGranted(grants, { operation })).toBe(true);
    for (const operation of ['decrypt', 'GenerateDataKey', 'RetireGrant', 'ReEncryptFrom', ''])
      expect(isGranted(grants, { operation })).toBe(false);
  });
});

const pairs = (given: Readonly<Record<string, string>>) => new Map(Object.entries(given));

describe('a constraint on the encryption context', () => {
  const ab = pairs({ Dept: 'IT', app: 'one' });

  it.each<readonly [string, Readonly<Record<string, string>> | undefined, boolean, boolean]>([
    ['the same pairs', { Dept: 'IT', app: 'one' }, true, true],
    ['the same pairs in another order', { app: 'one', Dept: 'IT' }, true, true],
    ['names in another case', { DEPT: 'IT', App: 'one' }, true, true],
    ['a value in another case', { Dept: 'it', app: 'one' }, false, false],
    ['one pair more', { Dept: 'IT', app: 'one', more: '' }, false, true],
    ['one pair fewer', { Dept: 'IT' }, false, false],
    ['values that changed places', { Dept: 'one', app: 'IT' }, false, false],
    ['a name twice in two cases', { Dept: 'IT', dept: 'IT' }, false, false],
    ['no pair', {}, false, false],
    ['no context', undefined, false, false],
  ])('with %s', (_, context, equals, subset) => {
    expect(isGranted([{ contextEquals: ab }], { context })).toBe(equals);
    expect(isGranted([{ contextSubset: ab }], { context })).toBe(subset);
    expect(isGranted([{ contextEquals: ab, contextSubset: ab }], { context })).toBe(equals && subset);
  });

  it('is not asked where there is no context', () => {
    for (const operation of ['DescribeKey', 'RetireGrant']) {
      const operations = [operation];
      expect(isGranted([{ operations, contextEquals: ab, contextSubset: ab }], { operation })).toBe(true);
    }
  });

  it('takes two names that differ by case alone as two', () => {
    const contextEquals = pairs({ a: '1', A: '2' });
    expect(isGranted([{ contextEquals }], { context: { a: '1', A: '2' } })).toBe(true);
    expect(isGranted([{ contextEquals }], { context: { a: '2', A: '1' } })).toBe(true);
    expect(isGranted([{ contextEquals }], { context: { a: '1', A: '1' } })).toBe(false);
    expect(isGranted([{ contextEquals }], { context: { a: '1' } })).toBe(false);
    expect(isGranted([{ contextEquals: pairs({ a: '1' }) }], { context: { a: '1', A: '1' } })).toBe(false);
    expect(isGranted([{ contextEquals: pairs({ a: '1', A: '1' }) }], { context: { a: '1', b: '2' } })).toBe(false);
  });
});

describe('a grant of CreateGrant', () => {
  const ask = (parent: Partial<GrantRecord>, child: Partial<PassedOn> | undefined): boolean => {
    const passesOn = { operations: ['Decrypt'], contextEquals: undefined, contextSubset: undefined, ...child };
    return isGranted([{ operations: ['CreateGrant', 'Decrypt', 'Encrypt'], ...parent }], {
      operation: 'CreateGrant',
      ...(child && { passesOn }),
    });
  };

  it('allows nothing without what is passed on', () => expect(ask({}, undefined)).toBe(false));

  it('passes on its own operations only', () => {
    expect(ask({}, { operations: ['Decrypt', 'CreateGrant'] })).toBe(true);
    expect(ask({}, { operations: ['Decrypt', 'DescribeKey'] })).toBe(false);
    expect(ask({ operations: ['Decrypt'] }, { operations: ['Decrypt'] })).toBe(false);
  });

  const one = pairs({ a: '1' });
  const two = pairs({ a: '1', b: '2' });
  it.each<readonly [string, Partial<GrantRecord>, Partial<PassedOn>, boolean]>([
    ['a constraint of its own', {}, { contextEquals: one }, true],
    ['no constraint under a subset', { contextSubset: one }, {}, false],
    ['no constraint under an equality', { contextEquals: one }, {}, false],
    ['the same subset', { contextSubset: one }, { contextSubset: pairs({ A: '1' }) }, true],
    ['a subset with more pairs', { contextSubset: one }, { contextSubset: two }, true],
    ['a subset with fewer pairs', { contextSubset: two }, { contextSubset: one }, false],
    ['an equality under a subset', { contextSubset: one }, { contextEquals: two }, true],
    ['an equality that lacks the pair of a subset', { contextSubset: two }, { contextEquals: one }, false],
    ['the same equality', { contextEquals: two }, { contextEquals: two }, true],
    ['another equality', { contextEquals: one }, { contextEquals: two }, false],
    ['a subset under an equality', { contextEquals: one }, { contextSubset: one }, false],
    [
      'an equality beside a subset that would do',
      { contextSubset: two },
      { contextEquals: one, contextSubset: two },
      false,
    ],
  ])('with %s', (_, parent, child, expected) => {
    expect(ask(parent, child)).toBe(expected);
  });
});
