/**
 * Users and sessions of roles through AWS's own clients: they assume a role, and call with what they get. In one
 * process and over HTTP, in JavaScript and in Python.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  getDefaultRoleAssumer,
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  STSClient,
} from '@aws-sdk/client-sts';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run } from './foreign.ts';

const ACCOUNT = '000000000000';
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`;
const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement });

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a role that may read parameters, and a user who may assume it; returns the user's access key. */
async function prepare({ keystore }: TestEndpoint): Promise<Keys> {
  await keystore.createUser({ userName: 'alice' });
  const trust = { Effect: 'Allow', Principal: { AWS: ALICE }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
  await keystore.createRole({ roleName: 'reader', path: '/team/', assumeRolePolicyDocument: policy(trust) });
  const read = { Effect: 'Allow', Action: ['ssm:GetParameter', 'kms:DescribeKey'], Resource: '*' };
  await keystore.putRolePolicy({ roleName: 'reader', policyName: 'read', policyDocument: policy(read) });
  return keystore.createAccessKey({ userName: 'alice' });
}

let aws: TestEndpoint;
let alice: Keys;
beforeAll(async () => {
  aws = await startTestEndpoint({ parameters: { '/app/password': 's3cret' } });
});
afterAll(() => aws.close());
beforeEach(async () => {
  await aws.reset();
  alice = await prepare(aws);
});

describe.each([
  ['in one process', () => ({ requestHandler: aws.requestHandler })],
  ['over HTTP', () => ({ endpoint: aws.url })],
] as const)('a session %s', (_, transport) => {
  const settings = (credentials: object = alice) =>
    ({ region: 'us-east-1', maxAttempts: 1, credentials, ...transport() }) as never;
  const assume = async (more: Partial<AssumeRoleCommandInput> = {}) => {
    const input = { RoleArn: ROLE, RoleSessionName: 's1', ...more };
    const { Credentials, ...answer } = await new STSClient(settings()).send(new AssumeRoleCommand(input));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return { credentials, Expiration, ...answer };
  };
  const read = (credentials: object) =>
    new SSMClient(settings(credentials)).send(new GetParameterCommand({ Name: '/app/password', WithDecryption: true }));

  it('is made by the client of STS, and may do what its role may', async () => {
    const { credentials, Expiration, AssumedRoleUser } = await assume({ DurationSeconds: 900 });
    expect(AssumedRoleUser?.Arn).toBe(SESSION);
    expect(Expiration).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 15)));
    const identity = await new STSClient(settings(credentials)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: SESSION, UserId: AssumedRoleUser?.AssumedRoleId, Account: ACCOUNT });
    expect((await read(credentials)).Parameter?.Value).toBe('s3cret');
    const kms = new KMSClient(settings(credentials));
    expect((await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/ssm' }))).KeyMetadata?.KeyManager).toBe('AWS');
    const put = new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' });
    await expect(new SSMClient(settings(credentials)).send(put)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`User: ${SESSION} is not authorized to perform: ssm:PutParameter on resource:`),
    });
    // Alice herself may assume the role, and nothing else.
    await expect(read(alice)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    // Access keys that the keystore does not keep are the root's.
    expect((await read({ accessKeyId: 'test', secretAccessKey: 'test' })).Parameter?.Value).toBe('s3cret');
  });

  it('is what the SDK’s own way of assuming a role makes', async () => {
    const assumer = getDefaultRoleAssumer(settings());
    const credentials = await assumer(alice, { RoleArn: ROLE, RoleSessionName: 's1' });
    expect((await read(credentials)).Parameter?.Value).toBe('s3cret');
  });

  it('is limited by a session policy and known by its tags', async () => {
    const Policy = policy({ Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' });
    await expect(read((await assume({ Policy })).credentials)).rejects.toMatchObject({
      message: expect.stringContaining('because no session policy allows the ssm:GetParameter action'),
    });
    const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'blue' } };
    const policyDocument = policy({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*', Condition });
    await aws.keystore.putRolePolicy({ roleName: 'reader', policyName: 'read', policyDocument });
    const tagged = (Value: string) => assume({ Tags: [{ Key: 'team', Value }] });
    expect((await read((await tagged('blue')).credentials)).Parameter?.Value).toBe('s3cret');
    await expect(read((await tagged('red')).credentials)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is refused with the errors of the SDK’s classes', async () => {
    await expect(assume({ Policy: '{' })).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
    const Policy = policy({ Effect: 'Allow', Action: '*', Resource: '*' }).padEnd(2049);
    await expect(assume({ Policy })).rejects.toBeInstanceOf(PackedPolicyTooLargeException);
    await expect(assume({ RoleArn: `${ROLE}2` })).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${ALICE} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}2`,
      $metadata: { httpStatusCode: 403 },
    });
    await expect(assume({ DurationSeconds: 3601 })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(assume({ RoleSessionName: 'a' })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('expires by the clock of the endpoint', async () => {
    const { credentials } = await assume({ DurationSeconds: 900 });
    const response = await fetch(`${aws.url}/_securestring/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance: 900_000 }),
    });
    expect(response.status).toBe(200);
    await expect(read(credentials)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    const sts = new STSClient(settings(credentials));
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('ends with its role', async () => {
    const { credentials } = await assume();
    await aws.keystore.deleteRolePolicy({ roleName: 'reader', policyName: 'read' });
    await aws.keystore.deleteRole({ roleName: 'reader' });
    await expect(read(credentials)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });
});

describeClient('SECURESTRING_BOTO', 'clients', 'boto3 with a profile that assumes a role', (path) => {
  const folder = mkdtempSync(join(tmpdir(), 'securestring-profile-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads what the role may read', async () => {
    // The client has a clock of its own, by which sessions of another year are over.
    await using now = await startTestEndpoint({ parameters: { '/app/password': 's3cret' }, clock: Date.now });
    const keys = await prepare(now);
    const config = join(folder, 'config');
    const own = `aws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;
    const assumed = `role_arn = ${ROLE}\nrole_session_name = s1\nsource_profile = alice\n`;
    writeFileSync(config, `[profile alice]\n${own}[profile reader]\n${assumed}`);
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...endpoint } = now.env;
    const env = { ...clientEnvironment(endpoint), PYTHONPATH: path, AWS_CONFIG_FILE: config, AWS_PROFILE: 'reader' };
    const script = fileURLToPath(new URL('python/profile.py', import.meta.url));
    const { status, stdout, stderr } = await run('python3', [script], env);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout.toString())).toEqual({
      caller: SESSION,
      read: 's3cret',
      put: ['AccessDeniedException', 400],
      missing: ['AccessDenied', 403],
    });
  });
});
