/** `iam lint` and `iam simulate`: policies in files, findings, decisions with their reasons. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

const ACCOUNT = '000000000000';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const PARAMETER = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/db`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/reader`;
const USER = `arn:aws:iam::${ACCOUNT}:user/ann`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iam-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a policy of some statements, and returns the file's path. */
function file(name: string, ...statements: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  return path;
}
const allow = (Action: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const simulate = (...words: readonly string[]) => here(['iam', 'simulate', ...words]);

describe('iam lint', () => {
  it('names each mistake, its place, what happens and what to write', async () => {
    const path = file('alias.json', allow('kms:Decrypt', { Sid: 'Keys', Resource: KEY.replace(/key.*/, 'alias/x') }));
    expect(await here(['iam', 'lint', path])).toEqual({
      code: 1,
      out: [
        `alias-as-resource  Statement 1 (Keys), Resource: arn:aws:kms:us-east-1:${ACCOUNT}:alias/x`,
        "  Operations on keys are authorized on the key's ARN. An alias matches none of them.",
        "  Write the key's ARN, or key/* with a condition on kms:RequestAlias or kms:ResourceAliases.",
        '1 mistake in a policy of a user or a role.',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it.each([
    ['a policy of a user or a role', allow('kms:Decrypt')],
    ['a key policy', allow('kms:*', { Principal: { AWS: ACCOUNT } })],
    ['a trust policy', { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
  ])('takes %s for what it is', async (what, statement) => {
    expect(await here(['iam', 'lint', file('kind.json', statement)])).toEqual({
      code: 0,
      out: `Nothing was found in ${what}.\n`,
      err: '',
    });
  });

  it('reads standard input, and prints JSON', async () => {
    const stdin = JSON.stringify({ Statement: allow('kms:ReEncrypt') });
    const { code, out } = await here(['iam', 'lint', '-', '--json'], { stdin });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ type: 'identity', findings: [{ id: 'unknown-action', place: 1 }] });
  });

  it('takes the ARN of the key, and that the policy is a role’s', async () => {
    const key = file('key.json', allow('kms:*', { Principal: { AWS: ACCOUNT }, Resource: `${KEY}0` }));
    expect((await here(['iam', 'lint', key])).code).toBe(0);
    expect((await here(['iam', 'lint', key, '--key-arn', KEY])).out).toMatch(/^resource-of-another-key /);
    const name = `\${aws:username}`;
    const user = file('user.json', allow('ssm:GetParameter', { Resource: `${PARAMETER}/${name}` }));
    expect((await here(['iam', 'lint', user])).code).toBe(0);
    expect((await here(['iam', 'lint', user, '--of-role'])).out).toMatch(/^username-of-a-role /);
  });

  it('shows what AWS refuses, and escapes what a stranger wrote', async () => {
    const path = file('refused.json', allow('kms:Decrypt', { Principal: '*' }));
    expect(await here(['iam', 'lint', path, '--type', 'identity'])).toMatchObject({
      code: 1,
      err: `error: AWS refuses the policy. ${path}: Policy document should not specify a principal. Statement 1: the policy's own user or role is the principal.\n`,
    });
    const { out } = await here(['iam', 'lint', file('escape.json', allow('kms:\u0085\u009b2J'))]);
    expect(out).toContain('Action: kms:\\u0085\\u009b2J\n');
    expect((await here(['iam', 'lint', join(folder, 'none.json')])).code).toBe(3);
  });
});

describe('iam simulate', () => {
  const onKey = ['--action', 'kms:Decrypt', '--resource', KEY];

  it('shows the decision, the statement that decided, and why others did not', async () => {
    const policy = file(
      'reader.json',
      allow('kms:Encrypt'),
      allow('kms:Decrypt', {
        Sid: 'OneParameter',
        Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': PARAMETER } },
      }),
    );
    const asked = ['--policy', policy, '--as', ROLE, ...onKey];
    const note = 'Without --key-policy, a key is taken to leave all to its account, as a new key does.\n';
    expect(await simulate(...asked, '--context', `PARAMETER_ARN=${PARAMETER}`)).toEqual({
      code: 0,
      out: [
        'Decision    allowed',
        'Decided by  resource-based policy default key policy, statement 1',
        '',
        `POLICY${' '.repeat(policy.length - 6)}  STATEMENT     EFFECT  IT`,
        `${policy}  OneParameter  Allow   matches`,
        `${'default key policy'.padEnd(policy.length)}  statement 1   Allow   matches`,
        '',
      ].join('\n'),
      err: note,
    });
    const denied = await simulate(...asked);
    expect(denied.code).toBe(1);
    expect(denied.out).toContain(
      [
        'Decision    implicitDeny',
        'Decided by  no statement',
        `AWS says    User: arn:aws:sts::${ACCOUNT}:assumed-role/reader/simulation is not authorized to perform: kms:Decrypt on resource: ${KEY} because no identity-based policy allows the kms:Decrypt action`,
      ].join('\n'),
    );
    expect(denied.out).toContain(
      `asks for kms:EncryptionContext:PARAMETER_ARN by StringEquals ${PARAMETER}, and the request has no such key`,
    );
  });

  it('takes a key policy, several policies, and values of condition keys', async () => {
    const key = file('k.json', {
      ...allow('kms:Decrypt', { Principal: { AWS: ROLE } }),
      Condition: { StringEquals: { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' } },
    });
    const asked = ['--key-policy', key, '--as', ROLE, ...onKey];
    const via = ['--condition', 'kms:ViaService=ssm.us-east-1.amazonaws.com'];
    expect(await simulate(...asked, ...via)).toMatchObject({ code: 0, err: '' });
    expect((await simulate(...asked)).out).toContain('because no resource-based policy allows the kms:Decrypt action');
    const deny = file('deny.json', { ...allow('*'), Effect: 'Deny', Sid: 'Never' });
    const { code, out } = await simulate(
      ...asked,
      ...via,
      '--policy',
      file('a.json', allow('*')),
      '--policy',
      deny,
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      caller: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/simulation`,
      action: 'kms:Decrypt',
      resource: KEY,
      decision: 'explicitDeny',
      decidedBy: { type: 'identity-based policy', policy: deny, statement: 'Never' },
      denial: expect.stringMatching(/with an explicit deny in an identity-based policy$/),
      statements: [{ effect: 'Allow', isMatch: true }, { effect: 'Deny', isMatch: true }, { isMatch: true }],
      omitted: 0,
    });
  });

  it('has the values that every call of the caller has, and lists of several', async () => {
    const policy = file(
      'values.json',
      allow('ssm:GetParameter', {
        Condition: {
          StringEquals: { 'aws:username': 'ann', 'aws:PrincipalArn': USER, 'aws:RequestedRegion': 'us-east-1' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] },
          Null: { 'aws:TagKeys': 'false', 'aws:SourceIp': 'true' },
        },
      }),
    );
    const asked = ['--policy', policy, '--action', 'ssm:GetParameter', '--resource', PARAMETER];
    const tags = ['--condition', 'aws:TagKeys=a', '--condition', 'AWS:tagkeys=b'];
    expect((await simulate(...asked, ...tags, '--as', USER)).code).toBe(0);
    expect((await simulate(...asked, ...tags, '--as', USER, '--condition', 'aws:TagKeys=c')).code).toBe(1);
    expect((await simulate(...asked, ...tags, '--as', ROLE)).code).toBe(1);
  });

  it('asks for the root, a session and another account', async () => {
    const read = ['--action', 'ssm:GetParameter', '--resource', PARAMETER];
    const root = ['--as', `arn:aws:iam::${ACCOUNT}:root`, '--policy', file('none.json', allow('s3:*'))];
    expect((await simulate(...root, ...read)).out).toMatch(/Decided by +the root\n/);
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`;
    const key = file('session.json', allow('kms:*', { Principal: { AWS: session } }));
    expect((await simulate('--as', session, '--key-policy', key, ...onKey)).code).toBe(0);
    expect((await simulate('--as', ROLE, '--key-policy', key, ...onKey)).code).toBe(1);
    const foreign = USER.replace(ACCOUNT, '111122223333');
    const policy = file('all.json', allow('*'));
    expect((await simulate('--as', foreign, '--policy', policy, ...onKey)).out).toContain('no resource-based policy');
  });

  it('refuses what is not a caller, and a command without a question', async () => {
    for (const as of ['reader', KEY, `arn:aws:iam::${ACCOUNT}:group/g`, '']) {
      const asked = await simulate('--policy', file('caller.json', allow('*')), '--as', as, ...onKey);
      expect(asked).toMatchObject({ code: 2, out: '' });
    }
    expect((await simulate('--as', USER, '--action', 'kms:Decrypt')).err).toContain(
      "required option '--resource <resource>'",
    );
  });
});

describe('iam simulate over a store', () => {
  const home = makeFolder();
  const store = join(home, 'store');
  afterAll(() => rmSync(home, { recursive: true }));
  beforeAll(async () => {
    expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        allow('ssm:GetParameter', { Resource: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/*` }),
        allow('kms:Decrypt', { Condition: { StringEquals: { 'kms:RequestAlias': 'alias/app' } } }),
      ],
    });
    const assumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
    });
    await withStoreAt(store, Date.now, async (_, keystore) => {
      await keystore.createRole({ roleName: 'reader', path: '/team/', assumeRolePolicyDocument });
      await keystore.putRolePolicy({ roleName: 'reader', policyName: 'read', policyDocument });
      await keystore.createUser({ userName: 'ann' });
      await keystore.createUser({ userName: 'reader' });
      const { keyMetadata } = await keystore.createKey();
      await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyMetadata.keyId });
    });
  });

  const ask = (as: string, action: string, resource: string, ...more: readonly string[]) =>
    hereIn(store, 'iam', 'simulate', '--as', as, '--action', action, '--resource', resource, ...more);

  it('takes a role or a user, with the policies that it has, by name or ARN', async () => {
    for (const as of ['reader', ROLE, `arn:aws:sts::${ACCOUNT}:assumed-role/reader/x`]) {
      const { code, out, err } = await ask(as, 'ssm:GetParameter', '/app/db');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Decision +allowed\nDecided by +identity-based policy read, statement 1\n/);
    }
    const denied = await ask('ann', 'ssm:GetParameter', '/app/db');
    expect(denied.code).toBe(1);
    expect(denied.out).toContain(
      `User: ${USER} is not authorized to perform: ssm:GetParameter on resource: ${PARAMETER} because`,
    );
    // A user whose role has the same name is meant by the ARN alone.
    expect((await ask(USER.replace('ann', 'reader'), 'ssm:GetParameter', PARAMETER)).code).toBe(1);
  });

  it('takes a key by alias, with its policy', async () => {
    const { code, out } = await ask('reader', 'kms:Decrypt', 'alias/app');
    expect(code).toBe(0);
    expect(out).toMatch(/\nkey policy +Enable IAM User Permissions +Allow +matches\n/);
    const byArn = /on resource: (\S+)/.exec((await ask('ann', 'kms:Decrypt', 'alias/app')).out)?.[1] ?? '';
    expect(byArn).toMatch(/:key\//);
    expect((await ask('reader', 'kms:Decrypt', byArn)).code).toBe(1);
    expect((await ask('reader', 'kms:Decrypt', 'alias/aws/ssm')).out).toContain('no resource-based policy');
  });

  it('says that a caller or a key is not there', async () => {
    expect(await ask('bob', 'kms:Decrypt', 'alias/app')).toMatchObject({
      code: 3,
      err: 'error: The store has no role and no user of the name that --as gives.\n',
    });
    expect(await ask(USER.replace('ann', 'bob'), 'kms:Decrypt', 'alias/app')).toMatchObject({ code: 1, out: '' });
    expect(await ask('ann', 'kms:Decrypt', 'alias/none')).toMatchObject({ code: 3, out: '' });
  });
});
