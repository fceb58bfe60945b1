/** Key policies that name users and roles: who must exist, and what is shown of those who were deleted. */

import { beforeEach, describe, expect, it } from 'vitest';
import { IamError, type Keystore, KmsError } from '../../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy } from '../support.ts';
import { TRUST } from './operations.ts';

const ACCOUNT = '000000000000';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;
const READER = `arn:aws:iam::${ACCOUNT}:role/team/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`;
const INVALID = 'Policy contains a statement with one or more invalid principals.';
let keystore: Keystore;
let keyId: string;

beforeEach(async () => {
  keystore = await openInMemory();
  ({ keyId } = await makeKey(keystore));
});

/** A policy of the root, with statements of others. */
function policyFor(...principals: readonly unknown[]): string {
  const statements = [ROOT, ...principals].map((AWS) => ({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'kms:*',
    Resource: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': [AWS].flat() } },
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 1);
}

const put = (policy: string) => keystore.putKeyPolicy({ keyId, policy });
const shown = async () => (await keystore.getKeyPolicy({ keyId })).policy;

async function makeBoth(): Promise<{ readonly userId: string; readonly roleId: string }> {
  const { user } = await keystore.createUser({ userName: 'ann' });
  const made = { roleName: 'reader', path: '/team/', assumeRolePolicyDocument: TRUST };
  const { role } = await keystore.createRole(made);
  return { userId: user.userId, roleId: role.roleId };
}

/** Names that no user or role has. */
const UNKNOWN = [
  ANN.replace('ann', 'bob'),
  ANN.replace('ann', 'Ann'),
  ANN.replace('user/', 'user/team/'),
  ANN.replace('ann', '*'),
  ANN.replace('user', 'role'),
  READER.replace('team/', ''),
  SESSION.replace('reader', 'writer'),
  SESSION.replace('reader', 'team/reader'),
  ANN.replace('arn:aws:', 'arn:aws-cn:'),
  'AIDAGONEGONEGONEGONEG',
  'AROAGONEGONEGONEGONEG',
  'AROAGONEGONEGONEGONEG:one',
];

describe('a key policy', () => {
  it('may name any principal in a keystore without users and roles, and stays as it was put', async () => {
    const policy = policyFor(...UNKNOWN);
    await put(policy);
    await keystore.createKey({ policy });
    await makeBoth();
    expect(await shown()).toBe(policy);
  });

  it.each(UNKNOWN)('that names %s is refused once there is a user or role', async (name) => {
    await makeBoth();
    for (const policy of [policyFor(name), policyFor(ANN, [ANN, name])]) {
      const error = await kmsRefusal(() => put(policy), 'MalformedPolicyDocumentException', INVALID);
      expect(error.reason).toContain(name);
      await kmsRefusal(() => keystore.createKey({ policy }), 'MalformedPolicyDocumentException', INVALID);
    }
  });

  it('names users, roles and sessions that exist, and whom else it likes', async () => {
    const { userId } = await makeBoth();
    const others = ['*', ACCOUNT, '444455556666', 'arn:aws:iam::444455556666:user/x', ROOT, userId];
    const policy = policyFor(ANN, READER, SESSION, ...others);
    await put(policy);
    expect(await shown()).toBe(policy);
    const { keyMetadata } = await keystore.createKey({ policy });
    expect((await keystore.getKeyPolicy({ keyId: keyMetadata.keyId })).policy).toBe(policy);
  });

  it('shows the unique ids of those who were deleted, and nothing else of it changes', async () => {
    const { userId, roleId } = await makeBoth();
    const policy = policyFor([ANN, READER], SESSION);
    await put(policy);
    await keystore.deleteUser({ userName: 'ann' });
    await keystore.deleteRole({ roleName: 'reader' });
    await makeBoth();
    const statements = JSON.parse(await shown()).Statement;
    expect(statements.map(({ Principal }: { Principal: object }) => Principal)).toEqual([
      { AWS: ROOT },
      { AWS: [userId, roleId] },
      { AWS: `${roleId}:one` },
    ]);
    const back = (await shown())
      .replaceAll(`${roleId}:one`, SESSION)
      .replaceAll(userId, ANN)
      .replaceAll(roleId, READER);
    expect(back).toBe(policy);
    await kmsRefusal(() => shown().then(put), 'MalformedPolicyDocumentException', INVALID);
    await put(policy);
    expect(await shown()).toBe(policy);
  });

  it('of NotPrincipal, with escapes, and in any order shows unique ids too', async () => {
    const { userId } = await makeBoth();
    const escaped = ANN.replace('ann', '\\u0061nn');
    const deny = `{"Principal":{"Service":"x.amazonaws.com"},"Effect":"Deny","Action":"kms:Sign","Resource":"*"}`;
    const spare = `{ "NotPrincipal" : {"AWS" : ["${escaped}" , "${ROOT}"]}, "Effect":"Deny","Action":"kms:Sign"}`;
    const own = JSON.stringify({ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' });
    const policy = `{"Statement":[${deny},${spare},${own}],"Id":"${ANN}"}`;
    await put(policy);
    expect(await shown()).toBe(policy);
    await keystore.deleteUser({ userName: 'ann' });
    expect(await shown()).toBe(policy.replace(escaped, userId));
  });

  it('forgets unique ids with the policy that had them', async () => {
    const { userId } = await makeBoth();
    await put(policyFor(ANN));
    await put(policyFor());
    await keystore.deleteUser({ userName: 'ann' });
    expect(await shown()).not.toContain(userId);
  });

  it('lets the user of its time in, and not one who is made again', async () => {
    await makeBoth();
    await put(policyFor(ANN));
    const ann = keystore.as(ANN);
    await ann.describeKey({ keyId });
    await keystore.deleteUser({ userName: 'ann' });
    await keystore.createUser({ userName: 'ann' });
    const error = await thrownBy(() => keystore.as(ANN).describeKey({ keyId }));
    expect(error).toBeInstanceOf(KmsError);
    expect(error).toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a call of IAM by a user', () => {
  const allow = (Action: string, Resource: string) =>
    keystore.putUserPolicy({
      userName: 'ann',
      policyName: 'p',
      policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } }),
    });
  const denied = async (call: () => unknown, action: string, resource: string) => {
    const error = await thrownBy(call);
    expect(error).toMatchObject({ name: 'AccessDeniedException' });
    expect(String(error)).toContain(`is not authorized to perform: iam:${action} on resource: ${resource} because`);
  };

  beforeEach(makeBoth);

  it('needs the action of its name on the user or role', async () => {
    const ann = keystore.as(ANN);
    await denied(() => ann.getUser({ userName: 'ann' }), 'GetUser', ANN);
    await denied(() => ann.getRole({ roleName: 'reader' }), 'GetRole', READER);
    await denied(() => ann.createUser({ userName: 'x', path: '/a/' }), 'CreateUser', ANN.replace('ann', 'a/x'));
    await denied(() => ann.listRoles(), 'ListRoles', `arn:aws:iam::${ACCOUNT}:role/`);
    await denied(() => ann.createAccessKey({ userName: 'ann' }), 'CreateAccessKey', ANN);
    await allow('iam:GetRole', READER);
    expect((await ann.getRole({ roleName: 'reader' })).role.arn).toBe(READER);
    await denied(() => ann.getUser({ userName: 'ann' }), 'GetUser', ANN);
  });

  it('needs the action on the owner of the access key that it deletes', async () => {
    const { accessKeyId } = await keystore.createAccessKey({ userName: 'ann' });
    const ann = keystore.as(ANN);
    await denied(() => ann.deleteAccessKey({ accessKeyId }), 'DeleteAccessKey', ANN);
    await allow('iam:DeleteAccessKey', ANN);
    await ann.deleteAccessKey({ accessKeyId });
  });

  it('ends at the account, whatever policies say', async () => {
    await allow('*', '*');
    const ann = keystore.as(ANN);
    await ann.listUsers();
    const accountId = '444455556666';
    const other = (name: string) => `arn:aws:iam::${accountId}:user/${name}`;
    await denied(() => ann.createUser({ userName: 'x', accountId }), 'CreateUser', other('x'));
    await denied(() => ann.listUsers({ accountId }), 'ListUsers', other(''));
    await keystore.createUser({ userName: 'x', accountId });
    await denied(() => ann.createAccessKey({ userName: 'x', accountId }), 'CreateAccessKey', other('x'));
    await denied(() => ann.putUserPolicy(ADMIN), 'PutUserPolicy', other('x'));
  });

  const ADMIN = {
    userName: 'x',
    accountId: '444455556666',
    policyName: 'p',
    policyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  };

  it('may depend on the tags of the request', async () => {
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'iam:CreateUser',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestTag/team': 'web' }, Null: { 'aws:TagKeys': 'false' } },
      },
    });
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'p', policyDocument });
    const ann = keystore.as(ANN);
    const tagged = (value: string) => ({ userName: 'x', tags: [{ key: 'team', value }] });
    await denied(() => ann.createUser(tagged('db')), 'CreateUser', ANN.replace('ann', 'x'));
    await denied(() => ann.createUser({ userName: 'x' }), 'CreateUser', ANN.replace('ann', 'x'));
    await ann.createUser(tagged('web'));
  });

  it('of no right does not learn who exists', async () => {
    const ann = keystore.as(ANN);
    expect(await thrownBy(() => ann.getUser({ userName: 'x' }))).not.toBeInstanceOf(IamError);
  });
});

describe('a key policy that was put before its user or role existed', () => {
  it('denies those who are made, all the same', async () => {
    const all = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' };
    const deny = { ...all, Effect: 'Deny', Action: 'kms:DescribeKey' };
    await put(JSON.stringify({ Statement: [all, { ...deny, Principal: { AWS: ANN } }] }));
    await makeBoth();
    await expect(keystore.as(ANN).describeKey({ keyId })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await keystore.as(SESSION).describeKey({ keyId })).toHaveProperty('keyMetadata');
  });

  it('allows nothing to one of that name that is made, or made again', async () => {
    await put(policyFor([ANN], [READER], [SESSION]));
    await makeBoth();
    for (const arn of [ANN, SESSION]) {
      await expect(keystore.as(arn).describeKey({ keyId })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
    await put(policyFor([ANN], [READER], [SESSION]));
    for (const arn of [ANN, SESSION])
      expect(await keystore.as(arn).describeKey({ keyId })).toHaveProperty('keyMetadata');
    await keystore.deleteRole({ roleName: 'reader' });
    await keystore.deleteUser({ userName: 'ann' });
    await put(policyFor([ANN]));
    await makeBoth();
    await expect(keystore.as(ANN).describeKey({ keyId })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
