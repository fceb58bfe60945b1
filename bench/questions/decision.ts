/**
 * What does it cost to ask who may? A key policy and identity policies of 100 statements each, as large accounts have
 * them: a third of the identities' statements are about KMS, some have conditions on the encryption context, some deny.
 * @module
 */

import { createCipheriv, randomBytes } from 'node:crypto';
import {
  type Caller,
  decideOnResource,
  type PolicyKind,
  parsePolicy,
  preparePolicy,
} from '@securestring/service/policy';
import { calls, DisagreementError, type Question } from '../runner.ts';

const STATEMENTS = 100;
const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const roleArn = `arn:aws:iam::${ACCOUNT}:role/app/reader`;

export const decision: Question = {
  title: `Decision: encrypt under policies of ${STATEMENTS} + ${STATEMENTS} statements, against one AES-256-GCM of 64 B`,
  rows: () => [
    { ...row('the key policy names the role', { AWS: roleArn }), target: 1 },
    { ...row('the key policy delegates', { AWS: ACCOUNT }), target: 1 },
  ],
};

function row(name: string, principal: unknown) {
  const ask = asker(principal);
  if (!ask('blue').isAllowed || ask('red').isAllowed) throw new DisagreementError(`${name}: a wrong decision`);
  return {
    name,
    measure: 'cost',
    subject: calls('decideOnResource', () => ask('blue')),
    reference: calls('node:crypto', gcm()),
  } as const;
}

/** Returns what asks for a decision on a request whose context has a colour. The last statements decide. */
function asker(principal: unknown) {
  const caller: Caller = {
    type: 'Session',
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`,
    roleArn,
    uniqueId: 'AROAREADERREADERREADE',
  };
  const blue = { StringEquals: { 'kms:EncryptionContext:colour': 'blue' } };
  const last = { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*', Condition: blue };
  const policies = {
    identity: [prepare('identity', [...many(identityStatement), last])],
    boundary: undefined,
    session: undefined,
  };
  const policy = prepare('key', [...many(keyStatement), { ...last, Principal: principal }]);
  return (colour: string) => {
    const values = new Map([
      ['aws:principalarn', roleArn],
      ['aws:securetransport', 'true'],
      ['kms:calleraccount', ACCOUNT],
      ['kms:encryptioncontext:colour', colour],
    ]);
    const question = {
      caller,
      policies,
      action: 'kms:Encrypt',
      resource: KEY,
      values: (key: string) => values.get(key),
    };
    return decideOnResource(question, { type: 'resource-based policy', policy, accountId: ACCOUNT });
  };
}

function many(statement: (i: number) => object): readonly object[] {
  return Array.from({ length: STATEMENTS - 1 }, (_, i) => statement(i));
}

/** A statement of a key policy: for one of many roles; each tenth denies all that is not of a tenant. */
function keyStatement(i: number): object {
  const head = { Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' };
  const context = { 'kms:EncryptionContext:tenant': `tenant-${i}` };
  if (i % 10 === 0) {
    const is = { StringEquals: context, Bool: { 'aws:SecureTransport': false } };
    return { ...head, Effect: 'Deny', Principal: '*', Condition: is };
  }
  const role = { AWS: `arn:aws:iam::${ACCOUNT}:role/app/role-${i}` };
  return { ...head, Effect: 'Allow', Principal: role, ...(i % 3 === 0 && { Condition: { StringEquals: context } }) };
}

/** A statement of an identity policy: two of three are about other services. */
function identityStatement(i: number): object {
  const Resource = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app-${i}/*`;
  if (i % 3 > 0) return { Effect: 'Allow', Action: ['ssm:GetParameter*', 's3:Get*'], Resource };
  const context = { 'kms:EncryptionContext:PARAMETER_ARN': Resource };
  const Effect = i % 9 === 0 ? 'Deny' : 'Allow';
  return { Effect, Action: ['kms:*crypt'], Resource: `arn:aws:kms:*:*:key/*`, Condition: { StringLike: context } };
}

function prepare(kind: PolicyKind, Statement: readonly object[]) {
  return preparePolicy(kind, parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), kind));
}

function gcm(): () => void {
  const [key, iv, aad, plaintext] = [randomBytes(32), randomBytes(12), randomBytes(220), randomBytes(64)];
  return () => {
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(aad);
    cipher.update(plaintext);
    cipher.final();
    cipher.getAuthTag();
  };
}
