/** Inline policies and trust policies: kept, measured, refused. */

import { beforeEach, describe, expect, it } from 'vitest';
import { IamError, type Keystore } from '../../src/index.ts';
import { openInMemory, thrownBy } from '../support.ts';
import { allowing, IDENTITY, TRUST } from './operations.ts';
import { iamRefusal } from './support.ts';

let keystore: Keystore;
const user = { userName: 'ann' };
const role = { roleName: 'reader' };
const policy = { policyName: 'read' };

beforeEach(async () => {
  keystore = await openInMemory();
  await keystore.createUser(user);
  await keystore.createRole({ ...role, assumeRolePolicyDocument: TRUST });
});

/** An identity policy of so many characters that are not white space. */
function sized(length: number): string {
  const sid = length - allowing('kms:Decrypt', { Sid: '', Resource: '*' }).length;
  return allowing('kms:Decrypt', { Sid: 'a'.repeat(sid), Resource: '*' });
}

const KINDS = [
  {
    kind: 'user',
    most: 2048,
    name: 'ann',
    put: (policyDocument: string, policyName = 'read') =>
      keystore.putUserPolicy({ ...user, policyName, policyDocument }),
    get: (policyName = 'read') => keystore.getUserPolicy({ ...user, policyName }),
    list: (request: object = {}) => keystore.listUserPolicies({ ...user, ...request }),
    remove: () => keystore.deleteUserPolicy({ ...user, ...policy }),
    named: user,
  },
  {
    kind: 'role',
    most: 10_240,
    name: 'reader',
    put: (policyDocument: string, policyName = 'read') =>
      keystore.putRolePolicy({ ...role, policyName, policyDocument }),
    get: (policyName = 'read') => keystore.getRolePolicy({ ...role, policyName }),
    list: (request: object = {}) => keystore.listRolePolicies({ ...role, ...request }),
    remove: () => keystore.deleteRolePolicy({ ...role, ...policy }),
    named: role,
  },
] as const;

describe.each(KINDS)('an inline policy of a $kind', ({ kind, most, name, put, get, list, remove, named }) => {
  const missing = `The ${kind} policy with name read cannot be found.`;

  it('is shown as it was put, and replaced', async () => {
    const text = ` ${JSON.stringify(JSON.parse(IDENTITY), undefined, 2)}\n`;
    await put(text);
    expect(await get()).toEqual({ ...named, ...policy, policyDocument: text });
    await put(IDENTITY);
    expect((await get()).policyDocument).toBe(IDENTITY);
    expect(await list()).toEqual({ policyNames: ['read'], isTruncated: false });
  });

  it('is not there after it was deleted', async () => {
    await put(IDENTITY);
    await remove();
    await iamRefusal(() => get(), 'NoSuchEntity', missing);
    await iamRefusal(() => remove(), 'NoSuchEntity', missing);
    expect(await list()).toEqual({ policyNames: [], isTruncated: false });
  });

  it('is one of several, listed by name and page by page', async () => {
    for (const each of ['b', 'a', 'c']) await put(IDENTITY, each);
    const first = await list({ maxItems: 2 });
    expect(first.policyNames).toEqual(['a', 'b']);
    expect((await list({ marker: first.marker })).policyNames).toEqual(['c']);
  });

  it(`has at most ${most} characters with all others, white space not counted`, async () => {
    const words = `Maximum policy size of ${most} bytes exceeded for ${kind} ${name}`;
    const half = most / 2;
    await put(sized(half), 'a');
    await iamRefusal(() => put(sized(half + 1), 'b'), 'LimitExceeded', words);
    await put(`${' '.repeat(5000)}${sized(half)}\n\t\r`, 'b');
    await iamRefusal(() => put(sized(half + 1), 'a'), 'LimitExceeded', words);
    await put(sized(half), 'a');
    expect((await list()).policyNames).toEqual(['a', 'b']);
  });

  it.each([
    ['that is not JSON', '{', 'Syntax errors in policy.'],
    ['with a principal', TRUST, 'Policy document should not specify a principal.'],
    ['with two colons in an action', allowing('arn:aws:kms'), 'Actions/Condition can contain only one colon.'],
    [
      'with a bare resource',
      allowing('kms:Decrypt', { Resource: 'key/x' }),
      'Resource key/x must be in ARN format or "*".',
    ],
  ])('is refused %s', async (_, text, words) => {
    const error = await iamRefusal(() => put(text), 'MalformedPolicyDocument', words);
    expect(error.reason).toEqual(expect.any(String));
    expect(error.code).toBe('IAM_MALFORMED_POLICY_DOCUMENT');
    expect((await list()).policyNames).toEqual([]);
  });

  it.each(['', 'a'.repeat(129), 'a/b'])('is refused under the name %j', async (policyName) => {
    await expect(put(IDENTITY, policyName)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('takes the longest name', async () => {
    await put(IDENTITY, 'a'.repeat(128));
    expect((await list()).policyNames).toEqual(['a'.repeat(128)]);
  });
});

describe('a policy of one who does not exist', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['user', () => keystore.putUserPolicy({ userName: 'x', ...policy, policyDocument: IDENTITY }), 'user'],
    ['user', () => keystore.listUserPolicies({ userName: 'x' }), 'user'],
    ['user', () => keystore.tagUser({ userName: 'x', tags: [] }), 'user'],
    ['role', () => keystore.getRolePolicy({ roleName: 'x', ...policy }), 'role'],
    ['role', () => keystore.deleteRolePolicy({ roleName: 'x', ...policy }), 'role'],
    ['role', () => keystore.untagRole({ roleName: 'x', tagKeys: [] }), 'role'],
    ['role', () => keystore.updateAssumeRolePolicy({ roleName: 'x', policyDocument: TRUST }), 'role'],
  ])('is refused (%#: %s)', async (_, call, kind) => {
    await iamRefusal(call, 'NoSuchEntity', `The ${kind} with name x cannot be found.`);
  });
});

describe('a trust policy', () => {
  const put = (policyDocument: string) => keystore.updateAssumeRolePolicy({ ...role, policyDocument });
  const shown = async () => (await keystore.getRole(role)).role.assumeRolePolicyDocument;
  const trusting = (AWS: string) => allowing('sts:AssumeRole', { Principal: { AWS } });
  const ANN = 'arn:aws:iam::000000000000:user/ann';

  it('is replaced', async () => {
    await put(trusting(ANN));
    expect(await shown()).toBe(trusting(ANN));
    expect((await keystore.listRoles()).roles[0]?.assumeRolePolicyDocument).toBe(trusting(ANN));
  });

  it('names users and roles of the account that exist', async () => {
    for (const arn of [ANN.replace('ann', 'Ann'), ANN.replace('user/', 'user/team/'), ANN.replace('user', 'role')]) {
      const words = `Invalid principal in policy: "AWS":"${arn}"`;
      await iamRefusal(() => put(trusting(arn)), 'MalformedPolicyDocument', words);
      const made = { roleName: 'other', assumeRolePolicyDocument: trusting(arn) };
      await iamRefusal(() => keystore.createRole(made), 'MalformedPolicyDocument', words);
    }
    for (const name of ['*', '444455556666', ANN.replace('000000000000', '444455556666')]) await put(trusting(name));
    await put(trusting('arn:aws:sts::000000000000:assumed-role/reader/one'));
  });

  it('shows the unique id of one who was deleted, and cannot be put like that', async () => {
    const { userId } = (await keystore.getUser(user)).user;
    await put(trusting(ANN));
    await keystore.deleteUser(user);
    expect(await shown()).toBe(trusting(userId));
    await keystore.createUser(user);
    expect(await shown()).toBe(trusting(userId));
    const words = `Invalid principal in policy: "AWS":"${userId}"`;
    await iamRefusal(() => put(trusting(userId)), 'MalformedPolicyDocument', words);
    await put(trusting(ANN));
    expect(await shown()).toBe(trusting(ANN));
  });

  it('lets the user of its time assume the role, and not one who is made again', async () => {
    await put(trusting(ANN));
    const assume = () =>
      keystore.as(ANN).assumeRole({ roleArn: 'arn:aws:iam::000000000000:role/reader', roleSessionName: 'one' });
    await assume();
    await keystore.deleteUser(user);
    await keystore.createUser(user);
    expect(await thrownBy(assume)).toMatchObject({ code: 'STS_ACCESS_DENIED' });
  });

  it.each([
    ['without a principal', IDENTITY, 'Has prohibited field Resource'],
    ['with a resource', allowing('sts:AssumeRole', { Principal: '*', Resource: '*' }), 'Has prohibited field Resource'],
    ['that is not JSON', 'x', 'Syntax errors in policy.'],
  ])('is refused %s', async (_, text, words) => {
    const error = await thrownBy(() => put(text));
    expect(error).toBeInstanceOf(IamError);
    expect(error).toMatchObject({ name: 'MalformedPolicyDocument' });
    if (text !== IDENTITY) expect(error).toMatchObject({ message: words });
  });

  it('has at most 2048 characters, white space not counted', async () => {
    const rest = { Principal: '*', Sid: '' };
    const sid = (length: number) => 'a'.repeat(length - allowing('sts:AssumeRole', rest).length);
    const trust = (length: number) => allowing('sts:AssumeRole', { ...rest, Sid: sid(length) });
    await put(` ${trust(2048)} `);
    await iamRefusal(() => put(trust(2049)), 'LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048');
  });
});
