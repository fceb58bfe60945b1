/**
 * What policies allow, and what lies one step beside it, through the library and through AWS's own clients with the
 * credentials of a user or of a role's session: AWS's example policies, and twenty mistakes that people make.
 */

import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  allow,
  context,
  deny,
  equals,
  FOREIGN_USER,
  type Json,
  makeWorld,
  no,
  outcome,
  parameterArn,
  policy,
  REGION,
  ROLE,
  SESSION,
  TEXT,
  toRoot,
  USER,
  WAYS,
} from './callers.ts';

describe.each(Object.entries(WAYS))('through %s', (_, way) => {
  const world = (as?: string, keyPolicy?: () => Json[]) => makeWorld(way, as, keyPolicy);

  describe('the example policies of "How Parameter Store uses KMS"', () => {
    it('ssm:PutParameter and kms:Encrypt write a standard parameter', async () => {
      const { ssm, key, keyId, grant } = await world(SESSION);
      const put = () => ssm.putParameter({ name: '/app/p', value: 'v', type: 'SecureString', keyId, overwrite: true });
      await grant(allow('ssm:PutParameter', parameterArn('app/*')));
      expect(await outcome(put)).toContain(no('kms:Encrypt', key, SESSION));
      await grant(allow('ssm:PutParameter', parameterArn('app/*')), allow('kms:Encrypt', key));
      expect(await outcome(put)).toBe('allowed');
      await grant(allow('ssm:PutParameter', parameterArn('other/*')), allow('kms:Encrypt', key));
      expect(await outcome(put)).toBe(no('ssm:PutParameter', parameterArn('app/p'), SESSION));
    });

    it('ssm:PutParameter and kms:GenerateDataKey write an advanced parameter', async () => {
      const { ssm, key, keyId, grant } = await world(SESSION);
      const put = () =>
        ssm.putParameter({ name: '/p', value: 'v', type: 'SecureString', tier: 'Advanced', keyId, overwrite: true });
      await grant(allow('ssm:PutParameter', '*'), allow('kms:Encrypt', key));
      expect(await outcome(put)).toContain(no('kms:GenerateDataKey', key, SESSION));
      await grant(allow('ssm:PutParameter', '*'), allow('kms:GenerateDataKey', key));
      expect(await outcome(put)).toBe('allowed');
    });

    it('ssm:GetParameter* and kms:Decrypt read, in clear and encrypted', async () => {
      const { store, ssm, key, keyId, grant } = await world(SESSION);
      await store.putParameter({ name: '/app/p', value: 'v', type: 'SecureString', keyId });
      await grant(allow('ssm:GetParameter*', parameterArn('app/*')), allow('kms:Decrypt', key));
      expect((await ssm.getParameter({ name: '/app/p', withDecryption: true })).parameter.value).toBe('v');
      expect(await outcome(() => ssm.getParameterHistory({ name: '/app/p', withDecryption: true }))).toBe('allowed');
      expect(await outcome(() => ssm.deleteParameter({ name: '/app/p' }))).toBe(
        no('ssm:DeleteParameter', parameterArn('app/p'), SESSION),
      );
      await grant(allow('ssm:GetParameter*', parameterArn('app/*')));
      expect(await outcome(() => ssm.getParameter({ name: '/app/p' }))).toBe('allowed');
      expect(await outcome(() => ssm.getParameter({ name: '/app/p', withDecryption: true }))).toMatch(
        new RegExp(
          `^${no('kms:Decrypt', key, SESSION)} \\(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; `,
        ),
      );
    });

    it('the condition on PARAMETER_ARN lets one parameter be read', async () => {
      const { store, ssm, key, keyId, grant } = await world(SESSION);
      for (const name of ['/a', '/b']) await store.putParameter({ name, value: 'v', type: 'SecureString', keyId });
      await grant(
        allow('ssm:GetParameter*', '*'),
        allow('kms:Decrypt', key, {
          Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameterArn('a') } },
        }),
      );
      expect(await outcome(() => ssm.getParameter({ name: '/a', withDecryption: true }))).toBe('allowed');
      expect(await outcome(() => ssm.getParameter({ name: '/b', withDecryption: true }))).toContain('kms:Decrypt');
      expect(await outcome(() => ssm.getParameters({ names: ['/a', '/b'], withDecryption: true }))).toContain(
        'kms:Decrypt',
      );
    });

    it("a task role's policy reads by GetParameters alone", async () => {
      const { store, ssm, key, keyId, grant } = await world(SESSION);
      await store.putParameter({ name: '/p', value: 'v', type: 'SecureString', keyId });
      await grant(
        allow(['ssm:GetParameters', 'secretsmanager:GetSecretValue', 'kms:Decrypt'], [parameterArn('p'), key]),
      );
      expect(await outcome(() => ssm.getParameters({ names: ['/p'], withDecryption: true }))).toBe('allowed');
      expect(await outcome(() => ssm.getParameter({ name: '/p' }))).toBe(
        no('ssm:GetParameter', parameterArn('p'), SESSION),
      );
    });

    it('a key policy that allows a role to decrypt needs no policy of the role', async () => {
      const own = { ...allow('kms:Decrypt', '*'), Principal: { AWS: ROLE } };
      const { keystore, kms, keyId, key } = await world(SESSION, () => [toRoot, own]);
      const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext: TEXT });
      expect(await outcome(() => kms.decrypt({ ciphertextBlob }))).toBe('allowed');
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT }))).toBe(no('kms:Encrypt', key, SESSION));
    });
  });

  describe('twenty mistakes', () => {
    it('1: a key policy without the account gives the right to no other caller', async () => {
      const only = { ...allow('kms:*', '*'), Principal: { AWS: ROLE } };
      const { kms, key, keyId, grant } = await world(USER, () => [only]);
      await grant(allow('kms:*', '*'));
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT }))).toBe(
        no('kms:Encrypt', key, USER, 'resource-based'),
      );
    });

    it('2: a user without any right may not describe a key', async () => {
      const { kms, key, keyId } = await world();
      expect(await outcome(() => kms.describeKey({ keyId }))).toBe(no('kms:DescribeKey', key));
    });

    it('3: the ARN of an alias as Resource matches no key', async () => {
      const { keystore, kms, key, keyId, grant } = await world();
      await keystore.createAlias({ aliasName: 'alias/x', targetKeyId: keyId });
      const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext: TEXT });
      await grant(allow('kms:Decrypt', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/x`));
      expect(await outcome(() => kms.decrypt({ ciphertextBlob, keyId: 'alias/x' }))).toBe(no('kms:Decrypt', key));
    });

    it('4: kms:RequestAlias is there only if the request named the alias', async () => {
      const { keystore, kms, key, keyId, grant } = await world();
      await keystore.createAlias({ aliasName: 'alias/x', targetKeyId: keyId });
      await grant(allow('kms:Encrypt', '*', equals('kms:RequestAlias', 'alias/x')));
      const encrypt = (named: string) => outcome(() => kms.encrypt({ keyId: named, plaintext: TEXT }));
      expect(await encrypt(keyId)).toBe(no('kms:Encrypt', key));
      expect(await encrypt('alias/x')).toBe('allowed');
      expect(await encrypt(`arn:aws:kms:${REGION}:${ACCOUNT}:alias/x`)).toBe('allowed');
    });

    it('5: ForAllValues allows a request without a context, unless Null guards it', async () => {
      const { kms, key, keyId, grant } = await world();
      const all = { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['AppName'] } };
      await grant(allow('kms:GenerateDataKey', '*', { Condition: all }));
      const generate = () => outcome(() => kms.generateDataKey({ keyId, keySpec: 'AES_256' }));
      expect(await generate()).toBe('allowed');
      await grant(
        allow('kms:GenerateDataKey', '*', { Condition: { ...all, Null: { 'kms:EncryptionContextKeys': 'false' } } }),
      );
      expect(await generate()).toBe(no('kms:GenerateDataKey', key));
    });

    it('6: ForAllValues on a pair of the context is refused in a key policy', async () => {
      const { kms, keyId, grant } = await world();
      await grant(allow('kms:PutKeyPolicy', '*'));
      const Condition = { 'ForAllValues:StringEquals': { 'kms:EncryptionContext:Dept': 'IT' } };
      const text = policy(toRoot, { ...allow('kms:Encrypt', '*', { Condition }), Principal: { AWS: USER } });
      await expect(kms.putKeyPolicy({ keyId, policyName: 'default', policy: text })).rejects.toMatchObject({
        name: 'MalformedPolicyDocumentException',
        message: expect.stringContaining('ForAllValues'),
      });
    });

    it('7: the name of a pair ignores case, its value does not', async () => {
      const { kms, key, keyId, grant } = await world();
      await grant(allow('kms:Encrypt', '*', equals('kms:EncryptionContext:appname', 'X')));
      const encrypt = (AppName: string) =>
        outcome(() => kms.encrypt({ keyId, plaintext: TEXT, encryptionContext: { AppName } }));
      expect(await encrypt('X')).toBe('allowed');
      expect(await encrypt('x')).toBe(no('kms:Encrypt', key));
    });

    it('8: a deny with a negated operator meets a request without the pair', async () => {
      const { kms, key, keyId, grant } = await world();
      await grant(
        allow('kms:Encrypt', '*'),
        deny('kms:Encrypt', '*', { Condition: { StringNotEquals: { 'kms:EncryptionContext:Dept': 'IT' } } }),
      );
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT }))).toBe(
        `User: ${USER} is not authorized to perform: kms:Encrypt on resource: ${key} with an explicit deny in an identity-based policy`,
      );
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT, ...context('IT') }))).toBe('allowed');
    });

    it('9: operations without a context never meet a condition on it', async () => {
      const { kms, key, keyId, grant } = await world();
      await grant(allow('kms:*', '*', equals('kms:EncryptionContext:Dept', 'IT')));
      expect(await outcome(() => kms.describeKey({ keyId }))).toBe(no('kms:DescribeKey', key));
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT, ...context('IT') }))).toBe('allowed');
    });

    it('10: StringEquals knows no wildcard', async () => {
      const { keystore, kms, key, keyId, grant } = await world();
      await keystore.createAlias({ aliasName: 'alias/x', targetKeyId: keyId });
      await grant(allow('kms:Encrypt', '*', equals('kms:RequestAlias', 'alias/*')));
      expect(await outcome(() => kms.encrypt({ keyId: 'alias/x', plaintext: TEXT }))).toBe(no('kms:Encrypt', key));
      await grant(allow('kms:Encrypt', '*', { Condition: { StringLike: { 'kms:RequestAlias': 'alias/*' } } }));
      expect(await outcome(() => kms.encrypt({ keyId: 'alias/x', plaintext: TEXT }))).toBe('allowed');
    });

    it("11: a key policy that names another account's user needs that user's own policy too", async () => {
      const shared = { ...allow('kms:Decrypt', '*'), Principal: { AWS: FOREIGN_USER } };
      const { keystore, kms, key, grant } = await world(FOREIGN_USER, () => [toRoot, shared]);
      const { ciphertextBlob } = keystore.encrypt({ keyId: key, plaintext: TEXT });
      const decrypt = () => outcome(() => kms.decrypt({ ciphertextBlob, keyId: key }));
      expect(await decrypt()).toBe(no('kms:Decrypt', key, FOREIGN_USER));
      await grant(allow('kms:Decrypt', key));
      expect(await decrypt()).toBe('allowed');
    });

    it('12: no policy lets another account schedule the deletion of a key', async () => {
      const shared = { ...allow('kms:ScheduleKeyDeletion', '*'), Principal: { AWS: FOREIGN_USER } };
      const { kms, key, grant } = await world(FOREIGN_USER, () => [toRoot, shared]);
      await grant(allow('kms:*', '*'));
      expect(await outcome(() => kms.scheduleKeyDeletion({ keyId: key }))).toContain(
        `User: ${FOREIGN_USER} is not authorized to perform: kms:ScheduleKeyDeletion on resource: ${key}`,
      );
    });

    it('13: a policy of the account alone does not let a role without kms:PutKeyPolicy make the key', async () => {
      const { kms, grant } = await world(SESSION);
      await grant(allow('kms:CreateKey', '*'));
      await expect(kms.createKey({ policy: policy(toRoot) })).rejects.toMatchObject({
        name: 'MalformedPolicyDocumentException',
        message: 'The new key policy will not allow you to update the key policy in the future.',
      });
      expect(await outcome(() => kms.createKey())).toBe('allowed');
      await grant(allow(['kms:CreateKey', 'kms:PutKeyPolicy'], '*'));
      expect(await outcome(() => kms.createKey({ policy: policy(toRoot) }))).toBe('allowed');
    });

    it('14: a role that is created again under its old name is another one', async () => {
      const own = { ...allow('kms:*', '*'), Principal: { AWS: ROLE } };
      const { keystore, kms, key, keyId, again } = await world(SESSION, () => [toRoot, own]);
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT }))).toBe('allowed');
      const { role } = await keystore.getRole({ roleName: 'r' });
      await keystore.deleteRole({ roleName: 'r' });
      await keystore.createRole({ roleName: 'r', assumeRolePolicyDocument: role.assumeRolePolicyDocument });
      const other = await again();
      expect(await outcome(() => other.kms.encrypt({ keyId, plaintext: TEXT }))).toBe(no('kms:Encrypt', key, SESSION));
      const shown = (await keystore.getKeyPolicy({ keyId })).policy;
      expect(shown).toContain(role.roleId);
      await expect(keystore.putKeyPolicy({ keyId, policy: shown })).rejects.toThrow('invalid principals');
    });

    it('15: GetParameters is not GetParameter', async () => {
      const { store, ssm, grant } = await world();
      await store.putParameter({ name: '/p', value: 'v', type: 'String' });
      await grant(allow('ssm:GetParameters', '*'));
      expect(await outcome(() => ssm.getParameter({ name: '/p' }))).toBe(no('ssm:GetParameter', parameterArn('p')));
      await grant(allow('ssm:GetParameter', '*'));
      expect(await outcome(() => ssm.getParameters({ names: ['/p'] }))).toBe(
        no('ssm:GetParameters', parameterArn('p')),
      );
    });

    it('16: what lies below a path is not the path', async () => {
      const { ssm, grant } = await world();
      await grant(allow('ssm:GetParametersByPath', parameterArn('app/*')));
      expect(await outcome(() => ssm.getParametersByPath({ path: '/app' }))).toBe(
        no('ssm:GetParametersByPath', parameterArn('app')),
      );
      await grant(allow('ssm:GetParametersByPath', [parameterArn('app'), parameterArn('app/*')]));
      expect(await outcome(() => ssm.getParametersByPath({ path: '/app' }))).toBe('allowed');
    });

    it('17: a path gives what a deny of GetParameter protects', async () => {
      const { store, ssm, grant } = await world();
      await store.putParameter({ name: '/a/b', value: 'v', type: 'String' });
      await grant(allow('ssm:GetParametersByPath', parameterArn('a')), deny('ssm:GetParameter', parameterArn('a/b')));
      const { parameters } = await ssm.getParametersByPath({ path: '/a', recursive: true });
      expect(parameters.map(({ name }) => name)).toEqual(['/a/b']);
    });

    it('18: ssm:GetParameter alone reads under alias/aws/ssm, and not under a customer key', async () => {
      const { store, ssm, key, keyId, grant } = await world();
      await store.putParameter({ name: '/own', value: 'v', type: 'SecureString' });
      await store.putParameter({ name: '/customer', value: 'v', type: 'SecureString', keyId });
      await grant(allow('ssm:GetParameter', '*'));
      expect(await outcome(() => ssm.getParameter({ name: '/own', withDecryption: true }))).toBe('allowed');
      expect(await outcome(() => ssm.getParameter({ name: '/customer', withDecryption: true }))).toContain(
        `${no('kms:Decrypt', key)} (Service: AWSKMS; `,
      );
    });

    it('19: not even an administrator decrypts with alias/aws/ssm directly', async () => {
      const { keystore, store, kms, grant } = await world();
      await store.putParameter({ name: '/p', value: 'v', type: 'SecureString' });
      const { parameter } = await store.getParameter({ name: '/p' });
      await grant(allow('kms:*', '*'));
      const { keyMetadata } = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
      const ciphertextBlob = new Uint8Array(Buffer.from(parameter.value, 'base64'));
      const encryptionContext = { PARAMETER_ARN: parameterArn('p') };
      expect(await outcome(() => kms.decrypt({ ciphertextBlob, encryptionContext }))).toBe(
        no('kms:Decrypt', keyMetadata.arn, USER, 'resource-based'),
      );
      expect(await outcome(() => kms.describeKey({ keyId: 'alias/aws/ssm' }))).toBe('allowed');
    });

    it('20: an alias needs the right on the alias too', async () => {
      const { kms, keyId, grant } = await world();
      const aliasArn = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/x`;
      const create = () => outcome(() => kms.createAlias({ aliasName: 'alias/x', targetKeyId: keyId }));
      await grant(allow('kms:CreateAlias', `arn:aws:kms:${REGION}:${ACCOUNT}:key/*`));
      expect(await create()).toBe(no('kms:CreateAlias', aliasArn));
      await grant(allow('kms:CreateAlias', [`arn:aws:kms:${REGION}:${ACCOUNT}:key/*`, aliasArn]));
      expect(await create()).toBe('allowed');
    });
  });

  describe('what no emulator decided', () => {
    it("a key policy's Deny", async () => {
      const never = { ...deny('kms:Decrypt', '*'), Principal: { AWS: USER } };
      const { keystore, kms, key, keyId, grant } = await world(USER, () => [toRoot, never]);
      await grant(allow('kms:*', '*'));
      const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext: TEXT });
      expect(await outcome(() => kms.decrypt({ ciphertextBlob }))).toBe(
        `User: ${USER} is not authorized to perform: kms:Decrypt on resource: ${key} with an explicit deny in a resource-based policy`,
      );
      expect(await outcome(() => kms.encrypt({ keyId, plaintext: TEXT }))).toBe('allowed');
    });

    it("the encryption context of a grant's constraint", async () => {
      const { keystore, kms, key, keyId } = await world();
      const encrypt = (tenant: string) =>
        outcome(() => kms.encrypt({ keyId, plaintext: TEXT, encryptionContext: { tenant, more: 'x' } }));
      expect(await encrypt('blue')).toBe(no('kms:Encrypt', key));
      const { grantId } = await keystore.createGrant({
        keyId,
        granteePrincipal: USER,
        operations: ['Encrypt'],
        constraints: { encryptionContextSubset: { tenant: 'blue' } },
      });
      expect(await encrypt('blue')).toBe('allowed');
      expect(await encrypt('red')).toBe(no('kms:Encrypt', key));
      await keystore.revokeGrant({ keyId, grantId });
      expect(await encrypt('blue')).toBe(no('kms:Encrypt', key));
    });
  });
});
