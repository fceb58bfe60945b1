/**
 * What does it cost to ask who may? A key policy and identity policies of 100 statements each, as large accounts have
 * them: a third of the identities' statements are about KMS, some have conditions on the encryption context, some deny.
 * @module
 */

import { createCipheriv, randomBytes } from 'node:crypto';
import { type EncryptResult, memoryStorage, openKeystore } from '@securestring/keystore';
import {
  type Caller,
  decideOnResource,
  type PolicyKind,
  parsePolicy,
  preparePolicy,
} from '@securestring/service/policy';
import { calls, DisagreementError, mustEqual, type Question } from '../runner.ts';

const STATEMENTS = 100;
const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const roleArn = `arn:aws:iam::${ACCOUNT}:role/app/reader`;

export const decision: Question = {
  title: `Decision under policies of ${STATEMENTS} + ${STATEMENTS} statements, against one AES-256-GCM of 64 B and the root's encrypt`,
  rows: async () => [
    { ...row('the key policy names the role', { AWS: roleArn }), target: 1 },
    { ...row('the key policy delegates', { AWS: ACCOUNT }), target: 1 },
    { ...(await encryptRow('encrypt by a role, new key policy', [])), target: 1.3 },
    { ...(await encryptRow('encrypt by a role, key policy of 100', many(keyStatement))), target: 1.3 },
  ],
};

/** `encrypt` of 64 bytes by a session of a role, against the same by the account's root. */
async function encryptRow(name: string, keyStatements: readonly object[]) {
  const { keystore, keyId } = await keystoreWithPolicies(keyStatements);
  const session = keystore.as(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`);
  const request = { keyId, plaintext: randomBytes(64), encryptionContext: { tenant: 'blue' } };
  const { encryptionContext } = request;
  const decrypted = ({ ciphertextBlob }: EncryptResult) =>
    keystore.decrypt({ ciphertextBlob, encryptionContext }).plaintext;
  mustEqual('decrypted', decrypted(session.encrypt(request)), request.plaintext);
  return {
    name,
    measure: 'cost',
    subject: calls('as(role).encrypt', () => session.encrypt(request)),
    reference: calls('encrypt by the root', () => keystore.encrypt(request)),
  } as const;
}

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

function prepare(kind: PolicyKind, statements: readonly object[]) {
  return preparePolicy(kind, parsePolicy(document(statements), kind));
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

/** A key with these statements and that of new keys, and a role with ten short policies of ten. */
async function keystoreWithPolicies(keyStatements: readonly object[]) {
  const keystore = await openKeystore({
    storage: memoryStorage(),
    unlock: { rootKey: randomBytes(32) },
    accountId: ACCOUNT,
  });
  const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const trust = document([{ Effect: 'Allow', Principal: root, Action: 'sts:AssumeRole' }]);
  const roleNames = Array.from({ length: STATEMENTS - 1 }, (_, i) => `role-${i}`);
  for (const roleName of roleNames) {
    await keystore.createRole({ roleName, path: '/app/', assumeRolePolicyDocument: trust });
  }
  await keystore.createRole({ roleName: 'reader', assumeRolePolicyDocument: trust });
  const statements = [...many(shortStatement), { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' }];
  for (let i = 0; i < STATEMENTS; i += 10) {
    const policyDocument = document(statements.slice(i, i + 10));
    await keystore.putRolePolicy({ roleName: 'reader', policyName: `policy-${i}`, policyDocument });
  }
  const policy = document([...keyStatements, { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }]);
  const { keyMetadata } = await keystore.createKey({ policy, bypassPolicyLockoutSafetyCheck: true });
  return { keystore, keyId: keyMetadata.keyId };
}

/** A statement of few characters: two of three are about another service. */
function shortStatement(i: number): object {
  if (i % 3 > 0) return { Effect: 'Allow', Action: 's3:Get*', Resource: `arn:aws:s3:::bucket-${i}/*` };
  const Condition = { StringEquals: { 'kms:EncryptionContext:t': `${i}` } };
  return { Effect: i % 9 === 0 ? 'Deny' : 'Allow', Action: 'kms:*crypt', Resource: '*', Condition };
}

function document(Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
