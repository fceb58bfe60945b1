/** Access keys of users: made, counted, listed, found, and in the way of a deletion. */

import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_KEYS } from '../../src/access-keys.ts';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../../src/index.ts';
import { unlock, utf8 } from '../support.ts';
import { allowing, TRUST } from './operations.ts';
import { iamRefusal } from './support.ts';

const ANN = 'arn:aws:iam::000000000000:user/team/ann';
let storage: KeystoreStorage;
let keystore: Keystore;
let userId: string;

beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock });
  userId = (await keystore.createUser({ userName: 'ann', path: '/team/' })).user.userId;
});

const idsOf = async (request: object, from: Pick<Keystore, 'listAccessKeys'> = keystore) =>
  (await from.listAccessKeys(request)).accessKeys.map(({ accessKeyId }) => accessKeyId);

describe('an access key of a user', () => {
  it('is listed with the user’s name, and found with the user', async () => {
    const { secretAccessKey, ...entry } = await keystore.createAccessKey({ userName: 'ann', description: 'ci' });
    expect(entry).toMatchObject({ userName: 'ann', accountId: '000000000000', description: 'ci' });
    const root = await keystore.createAccessKey();
    expect(root).not.toHaveProperty('userName');
    expect(await keystore.listAccessKeys({ userName: 'ann' })).toEqual({ accessKeys: [entry], truncated: false });
    expect((await idsOf({})).sort()).toEqual([entry.accessKeyId, root.accessKeyId].sort());
    const found = keystore[ACCESS_KEYS].find(entry.accessKeyId);
    expect(found).toMatchObject({ secretAccessKey, accountId: '000000000000', caller: { arn: ANN } });
    expect(found?.caller?.identify().caller).toMatchObject({ type: 'User', arn: ANN, uniqueId: userId });
    expect(keystore[ACCESS_KEYS].find(root.accessKeyId)?.caller).toBeUndefined();
  });

  it('stays through a reopening and a new root key, and its secret is nowhere', async () => {
    const { accessKeyId, secretAccessKey } = await keystore.createAccessKey({ userName: 'ann' });
    const later = { rootKey: new Uint8Array(32).fill(9) };
    await keystore.rotateRootKey({ unlocks: [later] });
    await keystore.close();
    keystore = await openKeystore({ storage, unlock: later });
    expect(keystore[ACCESS_KEYS].find(accessKeyId)).toMatchObject({ secretAccessKey, caller: { arn: ANN } });
    expect(Buffer.from((await storage.read()) ?? []).includes(Buffer.from(utf8(secretAccessKey)))).toBe(false);
    const shown = [await keystore.listAccessKeys({ userName: 'ann' }), await keystore.getUser({ userName: 'ann' })];
    expect(inspect([keystore, shown], { depth: 9, showHidden: true })).not.toContain(secretAccessKey);
  });

  it('is one of two at most, apart from the root’s keys', async () => {
    const first = await keystore.createAccessKey({ userName: 'ann' });
    await keystore.createAccessKey({ userName: 'ann' });
    const words = 'Cannot exceed quota for AccessKeysPerUser: 2';
    await iamRefusal(() => keystore.createAccessKey({ userName: 'ann' }), 'LimitExceeded', words);
    for (let i = 0; i < 100; i++) await keystore.createAccessKey();
    await keystore.createUser({ userName: 'bob' });
    await keystore.createAccessKey({ userName: 'bob' });
    await keystore.deleteAccessKey({ accessKeyId: first.accessKeyId });
    await keystore.createAccessKey({ userName: 'ann' });
  });

  it('keeps the user from being deleted', async () => {
    const { accessKeyId } = await keystore.createAccessKey({ userName: 'ann' });
    const words = 'Cannot delete entity, must delete access keys first.';
    await iamRefusal(() => keystore.deleteUser({ userName: 'ann' }), 'DeleteConflict', words);
    await keystore.deleteAccessKey({ accessKeyId });
    await keystore.deleteUser({ userName: 'ann' });
  });

  it('may be of a user of another account', async () => {
    const where = { userName: 'ann', accountId: '111122223333' };
    await iamRefusal(() => keystore.createAccessKey(where), 'NoSuchEntity', 'The user with name ann cannot be found.');
    await keystore.createUser(where);
    const { accessKeyId, accountId } = await keystore.createAccessKey(where);
    expect(accountId).toBe('111122223333');
    expect(await idsOf(where)).toEqual([accessKeyId]);
    expect(await idsOf({ accountId: '111122223333' })).toEqual([accessKeyId]);
    expect(await idsOf({ userName: 'ann' })).toEqual([]);
    expect(keystore[ACCESS_KEYS].find(accessKeyId)?.caller?.arn).toBe('arn:aws:iam::111122223333:user/ann');
  });

  it.each(['', 'a/b', 'a'.repeat(65)])('is refused for the name %j', async (userName) => {
    await expect(keystore.createAccessKey({ userName })).rejects.toMatchObject({ code: 'KMS_VALIDATION' });
    await expect(keystore.listAccessKeys({ userName })).rejects.toMatchObject({ code: 'KMS_VALIDATION' });
  });

  it('is refused for a user who does not exist', async () => {
    const words = 'The user with name bob cannot be found.';
    await iamRefusal(() => keystore.createAccessKey({ userName: 'bob' }), 'NoSuchEntity', words);
    await iamRefusal(() => keystore.listAccessKeys({ userName: 'bob' }), 'NoSuchEntity', words);
  });
});

describe('a caller who names no user', () => {
  const all = allowing('iam:*');

  it('makes and lists keys of its own if it is a user, and none of the root', async () => {
    await keystore.createAccessKey();
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'all', policyDocument: all });
    const ann = keystore.as(ANN);
    const { accessKeyId, userName } = await ann.createAccessKey({ accountId: '111122223333' });
    expect(userName).toBe('ann');
    expect(keystore[ACCESS_KEYS].find(accessKeyId)?.caller?.arn).toBe(ANN);
    expect(await idsOf({}, ann)).toEqual([accessKeyId]);
  });

  it('is refused if it is a session of a role', async () => {
    await keystore.createRole({ roleName: 'admin', assumeRolePolicyDocument: TRUST });
    await keystore.putRolePolicy({ roleName: 'admin', policyName: 'all', policyDocument: all });
    const admin = keystore.as('arn:aws:sts::000000000000:assumed-role/admin/one');
    const words = 'Must specify userName when calling with non-User credentials';
    await iamRefusal(() => admin.createAccessKey(), 'ValidationError', words);
    await iamRefusal(() => admin.listAccessKeys(), 'ValidationError', words);
    await admin.createAccessKey({ userName: 'ann' });
  });

  it('needs permission on itself, as AWS’s policy for own keys gives it', async () => {
    const Resource = ['arn:aws:iam::*:user/team/$', '{aws:username}'].join('');
    const Statement = { Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:ListAccessKeys'], Resource };
    const own = JSON.stringify({ Version: '2012-10-17', Statement });
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'own', policyDocument: own });
    const ann = keystore.as(ANN);
    const { accessKeyId } = await ann.createAccessKey();
    expect(await idsOf({}, ann)).toEqual([accessKeyId]);
  });
});

describe('an access key of a root', () => {
  const ROOT = 'arn:aws:iam::000000000000:root';

  it('is unknown to users and roles who may delete every key', async () => {
    await keystore.createRole({ roleName: 'admin', assumeRolePolicyDocument: TRUST });
    await keystore.putRolePolicy({ roleName: 'admin', policyName: 'all', policyDocument: allowing('iam:*') });
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'all', policyDocument: allowing('iam:*') });
    const { accessKeyId } = await keystore.createAccessKey();
    for (const arn of [ANN, 'arn:aws:sts::000000000000:assumed-role/admin/one']) {
      const refused = keystore.as(arn).deleteAccessKey({ accessKeyId });
      await expect(refused).rejects.toMatchObject({ name: 'NotFoundException' });
    }
    await keystore.as(ROOT).deleteAccessKey({ accessKeyId });
    expect(await idsOf({})).toEqual([]);
  });

  it('of another account is neither made, listed nor deleted', async () => {
    const accountId = '111122223333';
    const { accessKeyId } = await keystore.createAccessKey({ accountId });
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'all', policyDocument: allowing('iam:*') });
    const [root, ann] = [keystore.as(ROOT), keystore.as(ANN)];
    const denied = { name: 'AccessDeniedException' };
    await expect(root.createAccessKey({ accountId })).rejects.toMatchObject(denied);
    await expect(root.listAccessKeys({ accountId })).rejects.toMatchObject(denied);
    expect(await idsOf({}, root)).toEqual([]);
    for (const by of [root, ann]) await expect(by.deleteAccessKey({ accessKeyId })).rejects.toMatchObject(denied);
    expect(await idsOf({})).toEqual([accessKeyId]);
  });
});

describe('a condition on the tags of a user', () => {
  it.each(['aws:ResourceTag/kept', 'iam:ResourceTag/kept'])('by %s is on those that the user has', async (key) => {
    const Condition = { StringEquals: { [key]: 'yes' } };
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
        { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition },
      ],
    });
    await keystore.putUserPolicy({ userName: 'ann', policyName: 'p', policyDocument });
    await keystore.createUser({ userName: 'kept', tags: [{ key: 'Kept', value: 'yes' }] });
    await keystore.createUser({ userName: 'free' });
    const ann = keystore.as(ANN);
    const denied = { message: expect.stringContaining('explicit deny') };
    await expect(ann.createAccessKey({ userName: 'kept' })).rejects.toMatchObject(denied);
    await expect(ann.tagUser({ userName: 'kept', tags: [] })).rejects.toMatchObject(denied);
    await ann.createAccessKey({ userName: 'free' });
  });
});
