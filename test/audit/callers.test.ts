/** The log of an endpoint whose callers are users and sessions: AWS's clients over HTTP, and what the log answers. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AuditQuery, type AuditRecord, matcherOf, openAuditLog, verifyAuditLog } from '@securestring/audit';
import { accessKeysOf, awsEndpoint } from '@securestring/endpoint';
import { serve } from '@securestring/endpoint/node';
import { memoryStorage as keys, openKeystore } from '@securestring/keystore';
import { AUDIT_KEY } from '@securestring/keystore/audit-key';
import { memoryStorage, openParameterStore } from '@securestring/parameters';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordsIn } from '../../packages/audit/test/support.ts';

const account = '000000000000';
const roleArn = `arn:aws:iam::${account}:role/deploy`;
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

let records: ReturnType<typeof recordsIn>;
let signature: { readonly fault: unknown };

/** Names the records that a query finds: who, what, how. */
const found = (query: AuditQuery) =>
  records.filter(matcherOf(query)).map(({ userIdentity, eventName, errorCode }) => {
    const { arn, invokedBy } = userIdentity as { readonly arn: string; readonly invokedBy?: string };
    return [arn.split(':').at(-1), eventName, ...[invokedBy, errorCode].filter((each) => each !== undefined)].join(' ');
  });

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-callers-'));
  const path = join(folder, 'audit.jsonl');
  const storage = keys();
  const unlock = { rootKey: new Uint8Array(32).fill(7) };
  const first = await openKeystore({ storage, unlock });
  await using log = await openAuditLog({ path, key: first[AUDIT_KEY] });
  const onAudit = log.record;
  const keystore = await openKeystore({ storage, unlock, onAudit });
  const parameters = await openParameterStore({ keystore, storage: memoryStorage(), onAudit });
  await parameters.putParameter({ name: '/app/password', value: 's3cret', type: 'SecureString' });
  const { ciphertextBlob } = keystore.encrypt({ keyId: 'alias/aws/ssm', plaintext: Buffer.from('x') });
  await keystore.createUser({ userName: 'alice' });
  const assume = { Effect: 'Allow', Action: 'sts:AssumeRole' };
  await keystore.putUserPolicy({
    userName: 'alice',
    policyName: 'p',
    policyDocument: policy({ ...assume, Resource: roleArn }),
  });
  const trust = policy({ ...assume, Principal: { AWS: `arn:aws:iam::${account}:root` } });
  await keystore.createRole({ roleName: 'deploy', assumeRolePolicyDocument: trust });
  const read = { Effect: 'Allow', Action: ['ssm:GetParameter', 'kms:Decrypt'], Resource: '*' };
  await keystore.putRolePolicy({ roleName: 'deploy', policyName: 'p', policyDocument: policy(read) });
  const made = await keystore.createAccessKey({ userName: 'alice' });
  const endpoint = awsEndpoint({ keystore, parameters, accessKey: accessKeysOf(keystore) });
  await using server = await serve({ endpoint });
  const options = { region: 'us-east-1', endpoint: server.url, maxAttempts: 1, customUserAgent: 'audit-test' };
  const get = new GetParameterCommand({ Name: '/app/password', WithDecryption: true });
  const alice = { accessKeyId: made.accessKeyId, secretAccessKey: made.secretAccessKey };
  await new SSMClient({ ...options, credentials: alice }).send(get).catch(() => undefined);
  const { Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} } = await new STSClient({
    ...options,
    credentials: alice,
  }).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'build-7' }));
  const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  await new SSMClient({ ...options, credentials: session }).send(get);
  await new KMSClient({ ...options, credentials: session })
    .send(new DecryptCommand({ CiphertextBlob: ciphertextBlob }))
    .catch(() => undefined);
  records = recordsIn(path);
  signature = await verifyAuditLog(path, keystore[AUDIT_KEY]);
  for (const secret of [made.secretAccessKey, SecretAccessKey, SessionToken, 's3cret']) {
    expect(JSON.stringify(records)).not.toContain(secret);
  }
  rmSync(folder, { recursive: true });
});

describe('the log of an endpoint', () => {
  it('answers who read a parameter', () => {
    expect(found({ resource: '/app/password', principal: 'deploy' })).toEqual([
      'assumed-role/deploy/build-7 Decrypt ssm.amazonaws.com',
      'assumed-role/deploy/build-7 GetParameter',
    ]);
  });

  it('answers what a role touched', () => {
    expect(found({ principal: roleArn })).toEqual([
      'assumed-role/deploy/build-7 Decrypt ssm.amazonaws.com',
      'assumed-role/deploy/build-7 GetParameter',
      'assumed-role/deploy/build-7 Decrypt AccessDeniedException',
    ]);
  });

  it('answers who began a session', () => {
    const begun = records.find(({ eventName }) => eventName === 'AssumeRole');
    const [call = {}] = records.filter(matcherOf({ principal: 'deploy' }));
    const { accessKeyId } = call['userIdentity'] as AuditRecord;
    expect(begun).toMatchObject({
      userIdentity: { userName: 'alice' },
      responseElements: { credentials: { accessKeyId } },
    });
    expect(JSON.stringify(begun)).toContain(`arn:aws:sts::${account}:assumed-role/deploy/build-7`);
  });

  it('answers what was refused, and a refusal has no answer', () => {
    expect(found({ refused: true })).toEqual([
      'user/alice GetParameter AccessDeniedException',
      'assumed-role/deploy/build-7 Decrypt AccessDeniedException',
    ]);
    for (const record of records.filter(matcherOf({ refused: true }))) {
      expect(record['responseElements']).toBeNull();
      expect(record['errorMessage']).toMatch(/^User: arn:aws:\S+ is not authorized to perform: /);
    }
  });

  it('names address and program of a caller, and the service that forwarded a call', () => {
    const [forwarded, own] = records.filter(matcherOf({ principal: 'deploy' }));
    expect(own).toMatchObject({ sourceIPAddress: '127.0.0.1', userAgent: expect.stringContaining('audit-test') });
    expect(forwarded).toMatchObject({ sourceIPAddress: 'ssm.amazonaws.com', userAgent: 'ssm.amazonaws.com' });
  });

  it('has the services of IAM and STS as sources, and verifies', () => {
    const sources = new Map(records.map(({ eventName, eventSource }) => [eventName, eventSource]));
    expect(sources.get('AssumeRole')).toBe('sts.amazonaws.com');
    expect(sources.get('PutRolePolicy')).toBe('iam.amazonaws.com');
    expect(signature.fault).toBeUndefined();
  });
});
