/** Users and sessions at the endpoint: who they are, what they may, and what ends them. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type AwsEndpoint, accessKeysOf, anyAccessKey, awsEndpoint, type Services } from '../src/index.ts';
import {
  ACCOUNT,
  type Credentials,
  call,
  callSts,
  elementIn,
  NOW,
  type Prepared,
  policy,
  prepare,
  READER,
  signed,
} from './principals.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`;
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;
const INVALID = 'The security token included in the request is invalid.';
const EXPIRED = 'The security token included in the request is expired';
const PARAMETER = { Name: '/app/password', WithDecryption: true };

const servicesOf = ({ keystore, parameters }: Prepared) => ({ keystore, parameters });

let aws: Prepared;
let endpoint: AwsEndpoint;
beforeEach(async () => {
  const read = { Effect: 'Allow', Action: ['ssm:GetParameter', 'kms:Encrypt', 'kms:Decrypt'], Resource: '*' };
  aws = await prepare(policy({ Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' }), policy(read));
  await aws.parameters.putParameter({ name: '/app/password', value: 's3cret', type: 'SecureString' });
  endpoint = awsEndpoint({ ...servicesOf(aws), accessKey: accessKeysOf(aws.keystore), clock: () => NOW });
});

async function assume(more: Readonly<Record<string, string>> = {}, by: Credentials = aws.ann): Promise<Credentials> {
  const [status, xml] = await callSts(
    endpoint,
    { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's1', ...more },
    by,
  );
  expect([status, xml]).toEqual([200, expect.any(String)]);
  return {
    accessKeyId: elementIn(xml, 'AccessKeyId'),
    secretAccessKey: elementIn(xml, 'SecretAccessKey'),
    sessionToken: elementIn(xml, 'SessionToken'),
  };
}
const sts = (by: Credentials, request: Readonly<Record<string, string>> = { Action: 'GetCallerIdentity' }) =>
  callSts(endpoint, request, by);
const identity = async (by: Credentials) => {
  const [status, xml] = await sts(by);
  return [status, elementIn(xml, 'Arn'), elementIn(xml, 'UserId'), elementIn(xml, 'Account')];
};
const failure = async (by: Credentials, request?: Readonly<Record<string, string>>) => {
  const [status, xml] = await sts(by, request);
  return [status, elementIn(xml, 'Code'), elementIn(xml, 'Message')];
};

describe('GetCallerIdentity', () => {
  it('names the root, a user and a session as AWS does', async () => {
    expect(await identity(aws.root)).toEqual([200, `arn:aws:iam::${ACCOUNT}:root`, ACCOUNT, ACCOUNT]);
    expect(await identity(aws.ann)).toEqual([200, ANN, aws.userId, ACCOUNT]);
    expect(await identity(await assume())).toEqual([200, SESSION, `${aws.roleId}:s1`, ACCOUNT]);
  });
});

describe('AssumeRole', () => {
  it('answers in XML as AWS does', async () => {
    const request = { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's1', DurationSeconds: '900' };
    const [status, xml] = await sts(aws.ann, request);
    expect(status).toBe(200);
    const text = (name: string) => elementIn(xml, name);
    expect(xml).toBe(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${text('AccessKeyId')}</AccessKeyId><SecretAccessKey>${text('SecretAccessKey')}</SecretAccessKey><SessionToken>${text('SessionToken')}</SessionToken><Expiration>2026-06-01T12:15:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>${aws.roleId}:s1</AssumedRoleId><Arn>${SESSION}</Arn></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>${text('RequestId')}</RequestId></ResponseMetadata></AssumeRoleResponse>`,
    );
    expect(text('AccessKeyId')).toMatch(/^ASIA/);
    const tagged = await sts(aws.ann, { ...request, 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'b' });
    expect(elementIn(tagged[1], 'PackedPolicySize')).toBe('1');
  });

  const denied = `User: ${ANN} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}2`;
  it.each<[string, Readonly<Record<string, string>>, number, string, string | RegExp]>([
    ['a role that does not exist', { RoleArn: `${ROLE}2` }, 403, 'AccessDenied', denied],
    ['a name of one character', { RoleSessionName: 'a' }, 400, 'ValidationError', /'roleSessionName'/],
    ['no name', { RoleSessionName: '' }, 400, 'ValidationError', /'roleSessionName'/],
    ['a time that is not a number', { DurationSeconds: '1e3' }, 400, 'ValidationError', /whole number/],
    ['a time that is too long', { DurationSeconds: '43201' }, 400, 'ValidationError', /less than or equal to 43200/],
    ['a policy that is not one', { Policy: '{' }, 400, 'MalformedPolicyDocument', 'Syntax errors in policy.'],
    [
      'a policy that is too long',
      { Policy: `${policy({ Effect: 'Deny', Action: '*', Resource: '*' })}${' '.repeat(2048)}` },
      400,
      'PackedPolicyTooLarge',
      /^Packed policy consumes/,
    ],
    [
      'a managed policy',
      { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/X' },
      400,
      'UnsupportedOperationException',
      /policyArns/,
    ],
    [
      'a code of a device',
      { SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' },
      400,
      'UnsupportedOperationException',
      /serialNumber/,
    ],
  ])('refuses %s', async (_, more, status, name, message) => {
    const request = { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's1', ...more };
    const [foundStatus, foundName, foundMessage] = await failure(aws.ann, request);
    expect([foundStatus, foundName]).toEqual([status, name]);
    if (typeof message === 'string') expect(foundMessage).toBe(message);
    else expect(String(foundMessage).replaceAll('&#39;', "'")).toMatch(message);
  });

  it('is refused to the account’s root', async () => {
    const request = { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's1' };
    expect(await failure(aws.root, request)).toEqual([
      403,
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
    ]);
    endpoint = awsEndpoint({ ...servicesOf(aws), accessKey: anyAccessKey(ACCOUNT) });
    expect(await failure(aws.ann, request)).toEqual([
      403,
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
    ]);
  });

  it('takes members that no error of the caller’s breaks', async () => {
    const request = { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's1', 'Tags.member.1.Key': 'a' };
    expect((await failure(aws.ann, request)).slice(0, 2)).toEqual([400, 'ValidationError']);
    expect((await failure(aws.ann, { Action: 'AssumeRole' })).slice(0, 2)).toEqual([400, 'ValidationError']);
  });
});

describe('a caller', () => {
  it('may do what its policies allow, and nothing else', async () => {
    const session = await assume();
    const got = await call(endpoint, 'AmazonSSM.GetParameter', PARAMETER, session);
    expect(got['Parameter']).toMatchObject({ Value: 's3cret' });
    expect(await call(endpoint, 'AmazonSSM.PutParameter', { Name: '/a', Value: 'b', Type: 'String' }, session)).toEqual(
      {
        __type: 'AccessDeniedException',
        message: `User: ${SESSION} is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/a because no identity-based policy allows the ssm:PutParameter action`,
      },
    );
    expect(await call(endpoint, 'TrentService.ListKeys', {}, aws.ann)).toHaveProperty('Keys');
    expect(await call(endpoint, 'TrentService.ListKeys', {}, session)).toHaveProperty(
      '__type',
      'AccessDeniedException',
    );
    expect(await call(endpoint, 'TrentService.CreateKey', {}, aws.root)).toHaveProperty('KeyMetadata');
  });

  it('that is the root is limited by no policy, as without an endpoint', async () => {
    const { keyMetadata } = await aws.keystore.createKey();
    const { keyId } = keyMetadata;
    const none = policy({ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' });
    await aws.keystore.putKeyPolicy({ keyId, policy: none, bypassPolicyLockoutSafetyCheck: true });
    expect(await call(endpoint, 'TrentService.DescribeKey', { KeyId: keyId }, aws.root)).toHaveProperty('KeyMetadata');
  });

  it('is limited by a session policy', async () => {
    const Policy = policy({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:*:parameter/other` });
    const session = await assume({ Policy });
    expect(await call(endpoint, 'AmazonSSM.GetParameter', PARAMETER, session)).toEqual({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('because no session policy allows the ssm:GetParameter action'),
    });
  });

  it('is known by its address, its program and the protocol', async () => {
    const read = { Effect: 'Allow', Action: ['ssm:GetParameter', 'kms:Decrypt'], Resource: '*' };
    const only = (Condition: object) =>
      aws.keystore.putRolePolicy({
        roleName: 'reader',
        policyName: 'p',
        policyDocument: policy({ ...read, Condition }),
      });
    const may = async (origin: object) =>
      !('__type' in (await call(endpoint, 'AmazonSSM.GetParameter', PARAMETER, session, origin)));
    const session = await assume();
    await only({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } });
    expect([await may({ remoteAddress: '10.1.2.3' }), await may({ remoteAddress: '11.1.2.3' }), await may({})]).toEqual(
      [true, false, false],
    );
    await only({ Bool: { 'aws:SecureTransport': 'true' } });
    expect([await may({ isSecure: true }), await may({ isSecure: false }), await may({})]).toEqual([true, false, true]);
    await only({ StringLike: { 'aws:UserAgent': 'test/*' } });
    expect([await may({ headers: { 'user-agent': 'test/1' } }), await may({})]).toEqual([true, false]);
  });
});

describe('a policy that another process changes', () => {
  it('is in force with the next request, even of an operation that reads no storage', async () => {
    const other = await aws.elsewhere();
    const { keyId, arn } = (await aws.keystore.createKey()).keyMetadata;
    const encrypt = async () => {
      const answer = await call(endpoint, 'TrentService.Encrypt', { KeyId: keyId, Plaintext: 'AAAA' }, aws.ann);
      return answer['KeyId'] ?? answer['__type'];
    };
    expect(await encrypt()).toBe('AccessDeniedException');
    const policyDocument = policy({ Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' });
    await other.putUserPolicy({ userName: 'ann', policyName: 'more', policyDocument });
    expect(await encrypt()).toBe(arn);
    await other.deleteUserPolicy({ userName: 'ann', policyName: 'more' });
    expect(await encrypt()).toBe('AccessDeniedException');
    await other.close();
  });
});

describe('a session', () => {
  it('is refused without its token, with another one, and with one that was changed', async () => {
    const session = await assume();
    const { accessKeyId, secretAccessKey, sessionToken = '' } = session;
    const changed = `${sessionToken.slice(0, -8)}${sessionToken.at(-8) === 'A' ? 'B' : 'A'}${sessionToken.slice(-7)}`;
    for (const token of [undefined, '', changed, (await assume()).sessionToken]) {
      const wrong = { accessKeyId, secretAccessKey, ...(token !== undefined && { sessionToken: token }) };
      expect(await call(endpoint, 'AmazonSSM.GetParameter', PARAMETER, wrong)).toEqual({
        __type: 'UnrecognizedClientException',
        message: INVALID,
      });
      expect(await failure(wrong)).toEqual([403, 'InvalidClientTokenId', INVALID]);
    }
    const withToken = { ...aws.ann, sessionToken };
    expect(await failure(withToken)).toEqual([403, 'InvalidClientTokenId', INVALID]);
  });

  it('is refused with a wrong secret', async () => {
    const session = { ...(await assume()), secretAccessKey: 'x'.repeat(40) };
    expect(await call(endpoint, 'AmazonSSM.GetParameter', PARAMETER, session)).toMatchObject({
      __type: 'InvalidSignatureException',
    });
    expect((await failure(session)).slice(0, 2)).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('ends at its time', async () => {
    const session = await assume({ DurationSeconds: '900' });
    aws.time.now += 899_999;
    expect((await identity(session))[0]).toBe(200);
    aws.time.now += 1;
    expect(await failure(session)).toEqual([403, 'ExpiredToken', EXPIRED]);
    expect(await call(endpoint, 'TrentService.ListKeys', {}, session)).toEqual({
      __type: 'ExpiredTokenException',
      message: EXPIRED,
    });
  });

  it('ends with its role, and is not one of a new role of that name', async () => {
    const session = await assume();
    await aws.keystore.deleteRolePolicy({ roleName: 'reader', policyName: 'p' });
    await aws.keystore.deleteRole({ roleName: 'reader' });
    expect(await failure(session)).toEqual([403, 'InvalidClientTokenId', INVALID]);
    await aws.keystore.createRole(READER);
    expect(await failure(session)).toEqual([403, 'InvalidClientTokenId', INVALID]);
  });

  it('may assume a role that trusts it, for an hour', async () => {
    const session = await assume();
    const Principal = { AWS: ROLE };
    const policyDocument = policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
    await aws.keystore.updateAssumeRolePolicy({ roleName: 'reader', policyDocument });
    const chained = await assume({ RoleSessionName: 's2', DurationSeconds: '3600' }, session);
    expect((await identity(chained))[1]).toBe(SESSION.replace('s1', 's2'));
    const request = { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 's3', DurationSeconds: '3601' };
    expect(await failure(chained, request)).toEqual([
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ]);
  });
});

describe('a key of another account', () => {
  const OTHER = '444455556666';
  const other = async (keyPolicy?: (arn: string) => string): Promise<readonly [Services, string]> => {
    const { keystore, parameters } = await openOther();
    const { keyMetadata } = await keystore.createKey();
    if (keyPolicy) await keystore.putKeyPolicy({ keyId: keyMetadata.keyId, policy: keyPolicy(keyMetadata.arn) });
    const asked: unknown[] = [];
    endpoint = awsEndpoint({
      services: ({ accountId }, options) => {
        asked.push([accountId, options]);
        return accountId === OTHER ? { keystore, parameters } : accountId === ACCOUNT ? aws : undefined;
      },
      accessKey: accessKeysOf(aws.keystore),
      clock: () => NOW,
    });
    return [{ keystore, parameters }, keyMetadata.arn];
  };
  const openOther = async () => {
    const { createTestStore } = await import('@securestring/parameters/testing');
    const { keystore, store } = await createTestStore({ accountId: OTHER });
    return { keystore, parameters: store };
  };
  const trusting = (AWS: string) => (arn: string) =>
    policy(
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal: { AWS }, Action: ['kms:Encrypt', 'kms:DescribeKey'], Resource: arn },
    );
  const encrypt = (KeyId: string, by: Credentials) =>
    call(endpoint, 'TrentService.Encrypt', { KeyId, Plaintext: 'dGV4dA==' }, by);

  it('may be used if its policy and the caller’s allow it', async () => {
    const [, arn] = await other(trusting(ACCOUNT));
    expect(await encrypt(arn, await assume())).toMatchObject({ KeyId: arn });
    // The user's own policy does not allow it, and the root needs none.
    expect(await encrypt(arn, aws.ann)).toMatchObject({ __type: 'AccessDeniedException' });
    expect(await encrypt(arn, aws.root)).toMatchObject({ KeyId: arn });
    expect(await call(endpoint, 'TrentService.DisableKey', { KeyId: arn }, aws.root)).toMatchObject({
      __type: 'AccessDeniedException',
    });
  });

  it('may not be used if its policy does not name the caller', async () => {
    const [, arn] = await other();
    expect(await encrypt(arn, await assume())).toMatchObject({ __type: 'AccessDeniedException' });
    expect(await encrypt(arn, aws.root)).toMatchObject({ __type: 'AccessDeniedException' });
  });

  it('is not known to exist', async () => {
    const [, arn] = await other(trusting(ACCOUNT));
    const missing = arn.replace(/.{12}$/, '000000000000');
    expect(await encrypt(missing, aws.root)).toEqual({
      __type: 'AccessDeniedException',
      message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: kms:Encrypt on resource: ${missing} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    });
  });

  it('is refused in the same words whether it exists or not, and of an alias does not say which key it is', async () => {
    const [{ keystore }, arn] = await other();
    const alias = arn.replace(/key\/.*/, 'alias/x');
    await keystore.createAlias({ aliasName: 'alias/x', targetKeyId: arn });
    const missing = arn.replace(/.{12}$/, '000000000000');
    const session = await assume();
    const Policy = policy({ Effect: 'Deny', Action: 'kms:*', Resource: '*' });
    for (const by of [aws.ann, aws.root, session, await assume({ Policy })]) {
      const texts = await Promise.all(
        [arn, missing, alias, `${alias}y`].map(async (KeyId) => {
          const { __type, message } = await encrypt(KeyId, by);
          return [__type, String(message).replace(KeyId, 'it')];
        }),
      );
      expect(new Set(texts.map(String)).size).toBe(1);
      const unknown = await Promise.all(
        [arn, missing].map((KeyId) =>
          call(endpoint, 'TrentService.Decrypt', { KeyId, CiphertextBlob: 'dGV4dA==' }, by),
        ),
      );
      for (const answer of unknown) expect(answer).toMatchObject({ __type: 'AccessDeniedException' });
    }
  });

  it('of an account that is not here is not found', async () => {
    await other();
    const arn = `arn:aws:kms:us-east-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    expect(await encrypt(arn, aws.root)).toMatchObject({ __type: 'NotFoundException' });
  });
});

it('a parameter of another account may not be read, whatever the caller’s policies say', async () => {
  const read = async (account: string) =>
    call(endpoint, 'AmazonSSM.GetParameter', { Name: `arn:aws:ssm:us-east-1:${account}:parameter/x` }, await assume());
  expect(await read('444455556666')).toEqual({
    __type: 'AccessDeniedException',
    message: `User: ${SESSION} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:444455556666:parameter/x because no resource-based policy allows the ssm:GetParameter action`,
  });
  expect(await read(ACCOUNT)).toMatchObject({ __type: 'ParameterNotFound' });
});

it('a request without a signature is refused in the words of each protocol', async () => {
  const {
    headers: { authorization: _, ...headers },
    ...rest
  } = signed('sts', { 'content-type': 'application/x-www-form-urlencoded' }, 'Action=GetCallerIdentity', aws.ann);
  const answer = await endpoint.handle({ ...rest, headers });
  const xml = new TextDecoder().decode(answer.body);
  expect([answer.status, elementIn(xml, 'Code')]).toEqual([403, 'MissingAuthenticationToken']);
});
