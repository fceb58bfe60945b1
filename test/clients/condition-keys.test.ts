/**
 * Every condition key that a policy about KMS and Parameter Store may ask for: the value that a real call gives it. The
 * caller may make the call if the policy wants that value, and may not if it wants another one.
 */

import { describe, expect, it } from 'vitest';
import { ACCOUNT, allow, makeWorld, outcome, parameterArn, REGION, TEXT, USER, WAYS, type World } from './callers.ts';

interface Row {
  readonly key: string;
  /** Default `StringEquals`. */
  readonly operator?: string;
  /** What the call gives, and what it does not. */
  readonly value: string;
  readonly other: string;
  readonly action: string;
  /** What else the caller needs. */
  readonly also?: string;
  readonly call: (world: World) => unknown;
}

const encrypt = (more: object = {}) => ({
  action: 'kms:Encrypt',
  call: ({ kms, keyId }: World) => kms.encrypt({ keyId, plaintext: TEXT, ...more }),
});
const inContext = encrypt({ encryptionContext: { Dept: 'IT', Team: 'blue' } });
const put = (more: object = {}) => ({
  action: 'ssm:PutParameter',
  call: ({ ssm }: World) => ssm.putParameter({ name: '/app/p', value: 'v', type: 'String', overwrite: true, ...more }),
});
const createKey = (more: object = {}) => ({
  action: 'kms:CreateKey',
  also: 'kms:TagResource',
  call: ({ kms }: World) => kms.createKey(more),
});
const createGrant = {
  action: 'kms:CreateGrant',
  call: ({ kms, keyId }: World) =>
    kms.createGrant({ keyId, granteePrincipal: USER, operations: ['Decrypt', 'Encrypt'] }),
};
const tagKey = {
  action: 'kms:TagResource',
  call: ({ kms, keyId }: World) => kms.tagResource({ keyId, tags: [{ tagKey: 'team', tagValue: 'blue' }] }),
};
const expiration = JSON.stringify([
  { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2100-01-01T00:00:00Z' } },
]);
const anyOf = 'ForAnyValue:StringEquals';

const ROWS: readonly Row[] = [
  { key: 'kms:EncryptionContext:Dept', value: 'IT', other: 'it', ...inContext },
  { key: 'kms:EncryptionContextKeys', operator: anyOf, value: 'Dept', other: 'dept', ...inContext },
  {
    key: 'kms:ViaService',
    value: `ssm.${REGION}.amazonaws.com`,
    other: 'ssm.eu-west-1.amazonaws.com',
    action: 'kms:Encrypt',
    also: 'ssm:PutParameter',
    call: ({ ssm, keyId }) =>
      ssm.putParameter({ name: '/s', value: 'v', type: 'SecureString', overwrite: true, keyId }),
  },
  { key: 'kms:CallerAccount', value: ACCOUNT, other: '111122223333', ...encrypt() },
  { key: 'kms:KeySpec', value: 'SYMMETRIC_DEFAULT', other: 'HMAC_256', ...encrypt() },
  {
    key: 'kms:KeySpec',
    value: 'HMAC_256',
    other: 'SYMMETRIC_DEFAULT',
    ...createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' }),
  },
  { key: 'kms:KeyUsage', value: 'ENCRYPT_DECRYPT', other: 'GENERATE_VERIFY_MAC', ...encrypt() },
  { key: 'kms:KeyUsage', value: 'ENCRYPT_DECRYPT', other: 'GENERATE_VERIFY_MAC', ...createKey() },
  { key: 'kms:KeyOrigin', value: 'AWS_KMS', other: 'EXTERNAL', ...encrypt() },
  { key: 'kms:KeyOrigin', value: 'EXTERNAL', other: 'AWS_KMS', ...createKey({ origin: 'EXTERNAL' }) },
  { key: 'kms:RequestAlias', value: 'alias/x', other: 'alias/y', ...encrypt({ keyId: 'alias/x' }) },
  { key: 'kms:ResourceAliases', operator: anyOf, value: 'alias/x', other: 'alias/y', ...encrypt() },
  { key: 'kms:GrantIsForAWSResource', operator: 'Bool', value: 'false', other: 'true', ...createGrant },
  {
    key: 'kms:GrantOperations',
    operator: 'ForAllValues:StringEquals',
    value: 'Decrypt,Encrypt',
    other: 'Decrypt',
    ...createGrant,
  },
  { key: 'kms:GranteePrincipal', value: USER, other: `${USER}2`, ...createGrant },
  { key: 'ssm:Overwrite', value: 'true', other: 'false', ...put() },
  { key: 'ssm:Overwrite', value: 'false', other: 'true', ...put({ name: '/new', overwrite: false }) },
  { key: 'ssm:Policies', value: 'true', other: 'false', ...put({ tier: 'Advanced', policies: expiration }) },
  {
    key: 'ssm:Recursive',
    value: 'true',
    other: 'false',
    action: 'ssm:GetParametersByPath',
    call: ({ ssm }) => ssm.getParametersByPath({ path: '/app', recursive: true }),
  },
  { key: 'aws:PrincipalArn', operator: 'ArnEquals', value: USER, other: `${USER}2`, ...put() },
  { key: 'aws:PrincipalTag/Team', value: 'blue', other: 'red', ...put() },
  { key: 'aws:RequestTag/team', value: 'blue', other: 'red', ...tagKey },
  { key: 'aws:TagKeys', operator: anyOf, value: 'team', other: 'cost', ...tagKey },
  { key: 'aws:ResourceTag/owner', value: 'ann', other: 'bob', ...encrypt() },
  {
    key: 'aws:ResourceTag/owner',
    value: 'ann',
    other: 'bob',
    action: 'ssm:GetParameter',
    call: ({ ssm }) => ssm.getParameter({ name: '/tagged' }),
  },
  {
    key: 'aws:CurrentTime',
    operator: 'DateGreaterThan',
    value: '2020-01-01T00:00:00Z',
    other: '2100-01-01T00:00:00Z',
    ...put(),
  },
  { key: 'aws:username', value: 'u', other: 'U', ...put() },
];

/** The address and the wire are the client's, so that they differ by the way. */
const OVER_HTTP: readonly Row[] = [
  { key: 'aws:SourceIp', operator: 'IpAddress', value: '127.0.0.0/8', other: '10.0.0.0/8', ...put() },
  { key: 'aws:SecureTransport', operator: 'Bool', value: 'false', other: 'true', ...put() },
];

async function prepare(world: World): Promise<World> {
  const { keystore, store, keyId } = world;
  await keystore.createAlias({ aliasName: 'alias/x', targetKeyId: keyId });
  await keystore.tagResource({ keyId, tags: [{ tagKey: 'owner', tagValue: 'ann' }] });
  await keystore.tagUser({ userName: 'u', tags: [{ key: 'team', value: 'blue' }] });
  await store.putParameter({ name: '/tagged', value: 'v', type: 'String', tags: [{ key: 'owner', value: 'ann' }] });
  return world;
}

describe.each(Object.entries(WAYS))('a condition key through %s', (way, views) => {
  const rows = way.includes('HTTP') ? [...ROWS, ...OVER_HTTP] : ROWS;

  it.each(rows)('$key of $action is $value, not $other', async ({ key, operator = 'StringEquals', ...row }) => {
    const world = await prepare(await makeWorld(views));
    const asking = (text: string) =>
      world.grant(
        allow(row.action, '*', { Condition: { [operator]: { [key]: text.split(',') } } }),
        ...(row.also === undefined ? [] : [allow(row.also, '*')]),
      );
    await asking(row.other);
    expect(await outcome(() => row.call(world))).toContain(`is not authorized to perform: ${row.action} on resource: `);
    await asking(row.value);
    expect(await outcome(() => row.call(world))).toBe('allowed');
  });

  it('about a parameter names the parameter in the context of the call of KMS', async () => {
    const { ssm, keyId, grant } = await makeWorld(views);
    const write = () => ssm.putParameter({ name: '/s', value: 'v', type: 'SecureString', overwrite: true, keyId });
    const only = (name: string) => ({
      Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameterArn(name) } },
    });
    await grant(allow('ssm:PutParameter', '*'), allow('kms:Encrypt', '*', only('t')));
    expect(await outcome(write)).toContain('kms:Encrypt');
    await grant(allow('ssm:PutParameter', '*'), allow('kms:Encrypt', '*', only('s')));
    expect(await outcome(write)).toBe('allowed');
  });
});
