/**
 * Decisions: actions, resources, principals, and the order in which policies decide. Each table names the page of AWS's
 * IAM User Guide, or of its KMS Developer Guide, that it follows.
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.

import { describe, expect, it } from 'vitest';
import { denialText } from '../../src/policy.ts';
import {
  ACCOUNT,
  type Asked,
  decide,
  KEY,
  OTHER,
  outcomeOf,
  PARAMETER,
  type Policy,
  questionOf,
  ROOT,
  SESSION,
  STRANGER,
  USER,
} from './asking.ts';

const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const allow = (Action: unknown, more: object = {}): object => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const deny = (Action: unknown, more: object = {}): object => ({ ...allow(Action, more), Effect: 'Deny' });
const on = (Resource: unknown): object => ({ Resource });
const to = (Principal: unknown, more: object = {}): object => allow('kms:*', { Principal, ...more });
const not = (Action: string): object => ({ Effect: 'Allow', NotAction: Action, Resource: '*' });

describe('an action, by "IAM JSON policy elements: Action"', () => {
  it.each<readonly [pattern: unknown, action: string, isAllowed: boolean]>([
    ['kms:Decrypt', 'kms:Decrypt', true],
    ['KMS:decrypt', 'kms:Decrypt', true],
    ['kms:Decrypt', 'kms:Encrypt', false],
    ['kms:*', 'kms:Encrypt', true],
    ['kms:*Key*', 'kms:GenerateDataKey', true],
    ['kms:*Key*', 'kms:Encrypt', false],
    ['ssm:GetParameter*', 'ssm:GetParametersByPath', true],
    ['ssm:GetParameter', 'ssm:GetParameters', false],
    ['ssm:GetParameters', 'ssm:GetParameter', false],
    ['ssm:GetParameter?', 'ssm:GetParameters', true],
    ['ssm:GetParameter?', 'ssm:GetParameter', false],
    ['*', 'ssm:GetParameter', true],
    ['kms:ReEncrypt*', 'kms:ReEncryptFrom', true],
    ['kms:NoSuchAction', 'kms:Decrypt', false],
    [['kms:Encrypt', 'kms:Decrypt'], 'kms:Decrypt', true],
  ])('%s is about %s: %s', (pattern, action, isAllowed) => {
    expect(decide({ identity: allow(pattern), action, resource: '*' }).isAllowed).toBe(isAllowed);
    const negated = { Effect: 'Allow', NotAction: pattern, Resource: '*' };
    expect(decide({ identity: negated, action, resource: '*' }).isAllowed).toBe(!isAllowed);
  });
});

describe('a resource, by "IAM JSON policy elements: Resource"', () => {
  const alias = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/x`;
  const username = { 'aws:username': 'ann' };
  it.for<readonly [pattern: unknown, resource: string, isMatch: boolean, values?: Asked['values']]>([
    ['*', KEY, true],
    ['*', '*', true],
    [KEY, KEY, true],
    [KEY, '*', false],
    [alias, KEY, false],
    [`arn:aws:kms:us-east-1:${ACCOUNT}:key/*`, KEY, true],
    [`arn:aws:kms:us-east-1:${ACCOUNT}:key/*`, '*', false],
    [`arn:aws:kms:*:${ACCOUNT}:key/*`, KEY, true],
    [`arn:aws:kms:*:*:key/1234*`, KEY, true],
    [`arn:aws:kms:*:*:KEY/*`, KEY, false],
    [`arn:aws:kms::${ACCOUNT}:key/*`, KEY, false],
    ['arn:*:*:*:*:*', KEY, true],
    ['arn:aws:ssm:*:*:parameter/app/*', PARAMETER, true],
    ['arn:aws:ssm:*:*:parameter/app', PARAMETER, false],
    ['arn:aws:ssm:*:*:parameter/*', `${PARAMETER}/a:b`, true],
    ['arn:aws:ssm:*:*:parameter//app/*', PARAMETER, false],
    ['arn:aws:ssm:*:*:parameter/a?p/db', PARAMETER, true],
    [[alias, KEY], KEY, true],
    ['arn:aws:ssm:*:*:parameter/${aws:username}/*', PARAMETER.replace('app', 'ann'), true, username],
    ['arn:aws:ssm:*:*:parameter/${aws:username}/*', PARAMETER, false, username],
    ['arn:aws:ssm:*:*:parameter/${aws:username}/*', PARAMETER, false],
    ["arn:aws:ssm:*:*:parameter/${aws:username, 'app'}/*", PARAMETER, true],
    ['arn:aws:ssm:*:*:parameter/${aws:username}', `${PARAMETER.slice(0, -6)}*`, true, { 'aws:username': '*' }],
    ['arn:aws:ssm:*:*:parameter/${aws:username}', PARAMETER, false, { 'aws:username': '*' }],
  ])('%s matches %s: %s', ([pattern, resource, isMatch, values = {}]) => {
    expect(decide({ identity: allow('*', on(pattern)), resource, values }).isAllowed).toBe(isMatch);
    const negated = { Effect: 'Allow', Action: '*', NotResource: pattern };
    expect(decide({ identity: negated, resource, values }).isAllowed).toBe(!isMatch);
  });
});

describe('a principal, by "AWS JSON policy elements: Principal"', () => {
  const roleArn = SESSION.roleArn;
  it.each<readonly [principal: unknown, asked: Asked, isNamed: boolean]>([
    ['*', {}, true],
    [{ AWS: '*' }, { caller: SESSION }, true],
    [{ AWS: USER.arn }, {}, true],
    [{ AWS: USER.arn.replace('/team', '') }, {}, false],
    [{ AWS: USER.arn.replace('ann', 'Ann') }, {}, false],
    [{ AWS: USER.arn.replace('ann', '*') }, {}, false],
    [{ AWS: USER.uniqueId }, {}, true],
    [{ AWS: 'AIDAGONEGONEGONEGONEG' }, {}, false],
    [{ AWS: roleArn }, { caller: SESSION }, true],
    [{ AWS: SESSION.uniqueId }, { caller: SESSION }, true],
    [{ AWS: SESSION.arn }, { caller: SESSION }, true],
    [{ AWS: SESSION.arn.replace('one', 'two') }, { caller: SESSION }, false],
    [{ AWS: `${SESSION.uniqueId}:one` }, { caller: SESSION }, true],
    [{ AWS: `${SESSION.uniqueId}:two` }, { caller: SESSION }, false],
    [{ AWS: `${USER.uniqueId}:ann` }, {}, false],
    [{ AWS: SESSION.arn.replace('one', '*') }, { caller: SESSION }, false],
    [{ AWS: [STRANGER.arn, USER.arn] }, {}, true],
    [{ Service: 'ssm.amazonaws.com' }, {}, false],
    [{ Service: 'ssm.amazonaws.com', AWS: USER.arn }, {}, true],
    [{ AWS: ROOT.arn }, { caller: ROOT }, true],
    [{ AWS: ACCOUNT }, { caller: ROOT }, true],
    [{ AWS: OTHER }, { caller: ROOT }, false],
  ])('%j names the caller of %j: %s', (principal, asked, isNamed) => {
    expect(decide({ ...asked, key: to(principal) }).isAllowed).toBe(isNamed);
    const negated = { Effect: 'Allow', NotPrincipal: principal, Action: 'kms:*', Resource: '*' };
    expect(decide({ ...asked, key: negated }).isAllowed).toBe(!isNamed);
  });

  it('that is the account only delegates to the policies of the caller', () => {
    for (const name of [ACCOUNT, ROOT.arn]) {
      expect(decide({ key: to({ AWS: name }) }).isAllowed).toBe(false);
      expect(decide({ key: to({ AWS: name }), identity: ALL }).isAllowed).toBe(true);
    }
  });

  it('of a deny that spares only the user still denies the account’s other principals', () => {
    const spared = { Effect: 'Deny', NotPrincipal: { AWS: USER.arn }, Action: 'kms:*', Resource: '*' };
    const key = [to('*'), spared];
    expect(outcomeOf(decide({ key }))).toBe('allowed');
    expect(outcomeOf(decide({ caller: SESSION, key }))).toBe('deny in resource-based policy');
  });

  it('of a deny that spares a user, and the account beside it as AWS asks, denies the others of that account', () => {
    const spared = { Effect: 'Deny', NotPrincipal: { AWS: [USER.arn, ROOT.arn] }, Action: 'kms:*', Resource: '*' };
    const key = [to('*'), spared];
    expect(outcomeOf(decide({ key }))).toBe('allowed');
    expect(outcomeOf(decide({ caller: ROOT, key }))).toBe('allowed');
    const other = { ...USER, arn: USER.arn.replace('ann', 'bob'), uniqueId: 'AIDABOBBOBBOBBOBBOBBO' };
    for (const caller of [other, SESSION]) {
      expect(outcomeOf(decide({ caller, key }))).toBe('deny in resource-based policy');
    }
  });
});

describe('a decision on a key, by "Policy evaluation logic" and "Troubleshooting key access"', () => {
  const root = to({ AWS: ROOT.arn });
  const user = to({ AWS: USER.arn });
  const role = to({ AWS: SESSION.roleArn });
  const session = to({ AWS: SESSION.arn });
  const nothing = allow('s3:*');
  const LACK = {
    identity: 'no identity-based policy',
    resource: 'no resource-based policy',
    boundary: 'no permissions boundary',
    session: 'no session policy',
  };
  const DENY = {
    identity: 'deny in identity-based policy',
    resource: 'deny in resource-based policy',
    boundary: 'deny in permissions boundary',
    session: 'deny in session policy',
  };

  it.each<readonly [what: string, asked: Asked, outcome: string]>([
    // The key's own account.
    ['a user whom the key names', { key: user }, 'allowed'],
    ['a user whom nothing names', { key: role, identity: ALL }, LACK.resource],
    ['delegation and a policy that allows', { key: root, identity: ALL }, 'allowed'],
    ['delegation and no policy', { key: root }, LACK.identity],
    ['delegation and a policy for another action', { key: root, identity: nothing }, LACK.identity],
    [
      'delegation and a policy that names an alias',
      { key: root, identity: allow('kms:*', on('arn:aws:kms:us-east-1:1:alias/a')) },
      LACK.identity,
    ],
    ['delegation of another action', { key: { ...root, Action: 'kms:Encrypt' }, identity: ALL }, LACK.resource],
    [
      'delegation whose condition fails',
      { key: { ...root, Condition: { Bool: { 'aws:k': true } } }, identity: ALL },
      LACK.resource,
    ],
    [
      'delegation whose condition holds',
      { key: { ...root, Condition: { Bool: { 'aws:k': true } } }, identity: ALL, values: { 'aws:k': 'true' } },
      'allowed',
    ],
    ['another key’s ARN as the resource of the key policy', { key: { ...user, ...on(`${KEY}0`) } }, LACK.resource],
    ['the key’s own ARN there', { key: { ...user, ...on(KEY) } }, 'allowed'],
    [
      'a key policy’s statement without an action',
      { key: { Effect: 'Allow', Principal: '*', Resource: '*' }, identity: ALL },
      LACK.resource,
    ],
    [
      'a key policy’s statement without a resource',
      { key: { Effect: 'Allow', Principal: '*', Action: '*' }, identity: ALL },
      LACK.resource,
    ],
    // The root.
    ['the root with delegation', { caller: ROOT, key: root }, 'allowed'],
    ['the root without', { caller: ROOT, key: user }, LACK.resource],
    ['the root under a deny', { caller: ROOT, key: [root, deny('kms:Decrypt', { Principal: '*' })] }, DENY.resource],
    // Denies.
    ['a deny of the key policy over its allow', { key: [user, deny('kms:*', { Principal: '*' })] }, DENY.resource],
    [
      'a deny of the key policy for another user',
      { key: [user, deny('kms:*', { Principal: { AWS: STRANGER.arn } })] },
      'allowed',
    ],
    ['a deny of the caller’s own policy', { key: user, identity: deny('kms:Decrypt') }, DENY.identity],
    ['a deny for another action', { key: user, identity: deny('kms:Encrypt') }, 'allowed'],
    ['a deny of the boundary', { key: user, boundary: [ALL, deny('kms:Decrypt')] }, DENY.boundary],
    ['a deny of the session policy', { caller: SESSION, key: session, session: [ALL, deny('kms:*')] }, DENY.session],
    [
      'a deny of everything else by NotAction',
      { key: user, identity: { Effect: 'Deny', NotAction: 'kms:Encrypt', Resource: '*' } },
      DENY.identity,
    ],
    // Limits of what a key policy allows.
    ['a boundary that lacks the action, a user named', { key: user, boundary: nothing }, 'allowed'],
    ['a boundary that lacks the action, delegation', { key: root, identity: ALL, boundary: nothing }, LACK.boundary],
    ['a role named', { caller: SESSION, key: role }, 'allowed'],
    [
      'a role named, a boundary that lacks the action',
      { caller: SESSION, key: role, boundary: nothing },
      LACK.boundary,
    ],
    ['a role named, a session policy that lacks it', { caller: SESSION, key: role, session: nothing }, LACK.session],
    ['a role named, limits that allow', { caller: SESSION, key: role, session: ALL, boundary: ALL }, 'allowed'],
    [
      'a session named, limits that lack the action',
      { caller: SESSION, key: session, session: nothing, boundary: nothing },
      'allowed',
    ],
    [
      'role and session named, limits that lack it',
      { caller: SESSION, key: [role, session], session: nothing },
      'allowed',
    ],
    [
      'everyone, limits that lack the action',
      { caller: SESSION, key: to('*'), session: nothing, boundary: nothing },
      'allowed',
    ],
    [
      'delegation and a session policy that lacks it',
      { caller: SESSION, key: root, identity: ALL, session: nothing },
      LACK.session,
    ],
    ['delegation and a role’s policy', { caller: SESSION, key: root, identity: ALL }, 'allowed'],
    // Grants.
    ['a grant and nothing else', { key: role, isGranted: true }, 'allowed'],
    [
      'a grant under a deny of the caller’s policy',
      { key: role, identity: deny('kms:*'), isGranted: true },
      DENY.identity,
    ],
    [
      'a grant under a deny of the key policy',
      { key: [role, deny('kms:*', { Principal: '*' })], isGranted: true },
      DENY.resource,
    ],
    ['a grant where delegation lacks a policy', { key: root, isGranted: true }, 'allowed'],
    // Another account.
    [
      'a stranger whom the key names, without a policy',
      { caller: STRANGER, key: to({ AWS: STRANGER.arn }) },
      LACK.identity,
    ],
    [
      'a stranger whom the key names, with a policy',
      { caller: STRANGER, key: to({ AWS: STRANGER.arn }), identity: ALL },
      'allowed',
    ],
    ['a stranger whose account the key names', { caller: STRANGER, key: to({ AWS: OTHER }), identity: ALL }, 'allowed'],
    ['a stranger under everyone, without a policy', { caller: STRANGER, key: to('*') }, LACK.identity],
    ['a stranger under everyone, with a policy', { caller: STRANGER, key: to('*'), identity: ALL }, 'allowed'],
    ['a stranger whom nothing names', { caller: STRANGER, key: root, identity: ALL }, LACK.resource],
    ['a stranger’s root', { caller: { ...ROOT, accountId: OTHER }, key: to({ AWS: OTHER }) }, 'allowed'],
  ])('%s', (_, asked, outcome) => {
    expect(outcomeOf(decide(asked))).toBe(outcome);
  });
});

describe('a decision on what has no policy, by "Policy evaluation logic"', () => {
  const read = { action: 'ssm:GetParameter', resource: PARAMETER };
  const nothing = allow('s3:*');
  it.each<readonly [what: string, asked: Asked, outcome: string]>([
    ['the root', { caller: ROOT }, 'allowed'],
    ['a user without a policy', {}, 'no identity-based policy'],
    ['a user with one', { identity: allow('ssm:GetParameter') }, 'allowed'],
    ['a deny beside it', { identity: [ALL, deny('ssm:Get*')] }, 'deny in identity-based policy'],
    ['a boundary that lacks it', { identity: ALL, boundary: nothing }, 'no permissions boundary'],
    ['a boundary alone', { boundary: ALL }, 'no identity-based policy'],
    ['a session policy that lacks it', { caller: SESSION, identity: ALL, session: nothing }, 'no session policy'],
    ['a session policy alone', { caller: SESSION, session: ALL }, 'no identity-based policy'],
    ['all three', { caller: SESSION, identity: ALL, boundary: ALL, session: ALL }, 'allowed'],
    ['all actions but this one', { identity: not('ssm:GetParameter') }, 'no identity-based policy'],
    [
      'a path allowed, its leaf asked',
      { identity: allow('ssm:*', on('arn:aws:ssm:*:*:parameter/app')) },
      'no identity-based policy',
    ],
    [
      'an operation without a resource, on ARNs',
      { action: 'ssm:DescribeParameters', resource: '*', identity: allow('ssm:*', on('arn:aws:ssm:*:*:*')) },
      'no identity-based policy',
    ],
    [
      'an operation without a resource, on all',
      { action: 'ssm:DescribeParameters', resource: '*', identity: ALL },
      'allowed',
    ],
  ])('%s', (_, asked, outcome) => {
    expect(outcomeOf(decide({ ...read, ...asked }))).toBe(outcome);
  });
});

describe('a role that is assumed, by "Granting a user permissions to switch roles"', () => {
  const assume = { action: 'sts:AssumeRole', resource: SESSION.roleArn ?? '' };
  const trusts = (Principal: unknown, more: object = {}): Policy => ({
    Effect: 'Allow',
    Principal,
    Action: 'sts:AssumeRole',
    ...more,
  });
  const withId = { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } };
  it.each<readonly [what: string, asked: Asked, outcome: string]>([
    ['a user whom it trusts', { trust: trusts({ AWS: USER.arn }) }, 'allowed'],
    ['a user whom it does not', { trust: trusts({ AWS: STRANGER.arn }), identity: ALL }, 'no role trust policy'],
    ['its account, without a policy', { trust: trusts({ AWS: ROOT.arn }) }, 'no identity-based policy'],
    ['its account, with a policy', { trust: trusts({ AWS: ROOT.arn }), identity: ALL }, 'allowed'],
    ['a stranger with a policy', { caller: STRANGER, trust: trusts({ AWS: OTHER }), identity: ALL }, 'allowed'],
    ['a stranger without', { caller: STRANGER, trust: trusts({ AWS: STRANGER.arn }) }, 'no identity-based policy'],
    ['the external id', { trust: trusts({ AWS: USER.arn }, withId), values: { 'sts:ExternalId': 'x' } }, 'allowed'],
    ['no external id', { trust: trusts({ AWS: USER.arn }, withId) }, 'no role trust policy'],
    ['a deny', { trust: trusts({ AWS: USER.arn }), identity: deny('sts:*') }, 'deny in identity-based policy'],
  ])('%s', (_, asked, outcome) => {
    expect(outcomeOf(decide({ ...assume, ...asked }))).toBe(outcome);
  });
});

describe('a denial', () => {
  const textOf = (asked: Asked): string => {
    const decision = decide(asked);
    return decision.isAllowed ? 'allowed' : denialText(questionOf(asked), decision);
  };
  const begins = `User: ${USER.arn} is not authorized to perform: kms:Decrypt on resource: ${KEY}`;

  it('has AWS’s words', () => {
    const root = to({ AWS: ROOT.arn });
    const denied = deny('kms:Decrypt');
    const because = (type: string) => `${begins} because no ${type} allows the kms:Decrypt action`;
    expect(textOf({ key: root })).toBe(because('identity-based policy'));
    expect(textOf({ key: to({ AWS: OTHER }) })).toBe(because('resource-based policy'));
    expect(textOf({ key: root, identity: ALL, boundary: allow('s3:*') })).toBe(because('permissions boundary'));
    expect(textOf({ key: root, identity: ALL, session: allow('s3:*') })).toBe(because('session policy'));
    const explicit = (type: string) => `${begins} with an explicit deny in ${type}`;
    expect(textOf({ key: root, identity: denied })).toBe(explicit('an identity-based policy'));
    expect(textOf({ key: { ...denied, Principal: '*' } })).toBe(explicit('a resource-based policy'));
    expect(textOf({ key: root, boundary: denied })).toBe(explicit('a permissions boundary'));
    expect(textOf({ key: root, session: denied })).toBe(explicit('a session policy'));
  });

  it('and an allow name the statement that decided', () => {
    const identity = [allow('s3:*'), { ...deny('kms:*'), Sid: 'NoKeys' }];
    expect(decide({ identity })).toEqual({
      isAllowed: false,
      type: 'identity-based policy',
      by: { type: 'identity-based policy', policy: 'p', statement: 'NoKeys' },
    });
    expect(decide({ key: [to({ AWS: OTHER }), to({ AWS: USER.arn })] })).toEqual({
      isAllowed: true,
      by: { type: 'resource-based policy', policy: 'p', statement: 'statement 2' },
    });
  });
});
