/** From an ARN to the caller and its policies. */

import { describe, expect, it } from 'vitest';
import { identityOf } from '../../src/authorization/identities.ts';
import { ACCOUNT, allow, principal, stateWith } from './records.ts';

const USER = principal({
  path: '/team/',
  tags: new Map([['team', 'a']]),
  policies: new Map([['read', allow({ Action: 'kms:Decrypt', Resource: '*' })]]),
});
const ROLE = principal({ type: 'role', name: 'reader', path: '/team/', tags: new Map([['team', 'b']]) });
const state = stateWith(USER, ROLE);
const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/team/ann`;
const SESSION_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`;

describe('an identity', () => {
  it('of a user has its unique id, tags and policies', () => {
    const found = identityOf(state, USER_ARN);
    expect(found).toMatchObject({
      caller: { type: 'User', accountId: ACCOUNT, arn: USER_ARN, roleArn: undefined, uniqueId: USER.uniqueId },
      policies: { boundary: undefined, session: undefined },
      name: 'ann',
      tags: USER.tags,
      sessionStart: undefined,
    });
    const [policy] = found?.policies.identity ?? [];
    expect(policy?.statements[0]?.policy).toBe('read');
    expect(policy?.statementsFor('kms:Decrypt')).toHaveLength(1);
    expect(policy?.statementsFor('kms:Encrypt')).toHaveLength(0);
  });

  it('of a session has the role’s ARN with its path, and what the session adds', () => {
    const found = identityOf(state, SESSION_ARN, { tags: new Map([['team', 'c']]), start: 5, policies: [] });
    expect(found).toEqual({
      caller: {
        type: 'Session',
        accountId: ACCOUNT,
        arn: SESSION_ARN,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/team/reader`,
        uniqueId: ROLE.uniqueId,
      },
      policies: { identity: [], boundary: undefined, session: [] },
      name: 'reader',
      tags: new Map([['team', 'c']]),
      sessionStart: 5,
    });
    expect(identityOf(state, SESSION_ARN)?.tags).toEqual(ROLE.tags);
  });

  it('of a session has its tags instead of the role’s, in whatever case their keys are', () => {
    const role = {
      ...ROLE,
      tags: new Map([
        ['Team', 'red'],
        ['stage', 'test'],
      ]),
    };
    const found = identityOf(stateWith(role), SESSION_ARN, { tags: new Map([['team', 'blue']]) });
    expect(found?.tags).toEqual(
      new Map([
        ['stage', 'test'],
        ['team', 'blue'],
      ]),
    );
  });

  it('of the root has no policies, in any account', () => {
    for (const accountId of [ACCOUNT, '444455556666']) {
      const arn = `arn:aws:iam::${accountId}:root`;
      expect(identityOf(stateWith(), arn)).toMatchObject({
        caller: { type: 'Root', accountId, arn, uniqueId: accountId },
        policies: { identity: [] },
      });
    }
  });

  it('is prepared once for each record, and again after a change', () => {
    const before = identityOf(state, USER_ARN)?.policies.identity;
    expect(identityOf(stateWith(USER), USER_ARN)?.policies.identity).toBe(before);
    const changed = stateWith({ ...USER, policies: new Map() });
    expect(identityOf(changed, USER_ARN)?.policies.identity).toEqual([]);
  });

  it.each([
    ['a user of another path', `arn:aws:iam::${ACCOUNT}:user/ann`],
    ['a user in another case', USER_ARN.replace('ann', 'Ann')],
    ['a user of another account', USER_ARN.replace(ACCOUNT, '444455556666')],
    ['a role, which calls nothing itself', `arn:aws:iam::${ACCOUNT}:role/team/reader`],
    ['a session of a user’s name', SESSION_ARN.replace('reader', 'ann')],
    ['a session with the role’s path', SESSION_ARN.replace('reader', 'team/reader')],
    ['a session in another partition', SESSION_ARN.replace('arn:aws:', 'arn:aws-cn:')],
    ['a root in another partition', `arn:aws-cn:iam::${ACCOUNT}:root`],
    ['a text that is not an ARN', 'ann'],
  ])('is absent of %s', (_, arn) => {
    expect(identityOf(state, arn)).toBeUndefined();
  });
});
