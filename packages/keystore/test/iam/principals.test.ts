/** Users and roles: made, listed, tagged, deleted, and kept through a reopening. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type IamTag, type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../../src/index.ts';
import { insecureDeterministicKeystore } from '../../src/testing.ts';
import { unlock } from '../support.ts';
import { IDENTITY, TRUST } from './operations.ts';
import { iamRefusal } from './support.ts';

const NOW = Date.UTC(2026, 5, 1);
let storage: KeystoreStorage;
let keystore: Keystore;

beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => NOW });
});

/** Both kinds, by the operations that differ in names alone. */
const KINDS = [
  {
    kind: 'user',
    prefix: 'AIDA',
    create: (name: string, rest: object = {}) =>
      keystore.createUser({ userName: name, ...rest }).then(({ user }) => user),
    get: (name: string, rest: object = {}) => keystore.getUser({ userName: name, ...rest }).then(({ user }) => user),
    list: (request?: object) =>
      keystore
        .listUsers(request)
        .then(({ users, ...rest }) => ({ names: users.map((user) => user.userName), ...rest })),
    remove: (name: string, rest: object = {}) => keystore.deleteUser({ userName: name, ...rest }),
    tag: (name: string, tags: readonly IamTag[]) => keystore.tagUser({ userName: name, tags }),
    untag: (name: string, tagKeys: readonly string[]) => keystore.untagUser({ userName: name, tagKeys }),
    putPolicy: (name: string) => keystore.putUserPolicy({ userName: name, policyName: 'p', policyDocument: IDENTITY }),
  },
  {
    kind: 'role',
    prefix: 'AROA',
    create: (name: string, rest: object = {}) =>
      keystore.createRole({ roleName: name, assumeRolePolicyDocument: TRUST, ...rest }).then(({ role }) => role),
    get: (name: string, rest: object = {}) => keystore.getRole({ roleName: name, ...rest }).then(({ role }) => role),
    list: (request?: object) =>
      keystore
        .listRoles(request)
        .then(({ roles, ...rest }) => ({ names: roles.map((role) => role.roleName), ...rest })),
    remove: (name: string, rest: object = {}) => keystore.deleteRole({ roleName: name, ...rest }),
    tag: (name: string, tags: readonly IamTag[]) => keystore.tagRole({ roleName: name, tags }),
    untag: (name: string, tagKeys: readonly string[]) => keystore.untagRole({ roleName: name, tagKeys }),
    putPolicy: (name: string) => keystore.putRolePolicy({ roleName: name, policyName: 'p', policyDocument: IDENTITY }),
  },
] as const;

describe.each(KINDS)('a $kind', ({ kind, prefix, create, get, list, remove, tag, untag, putPolicy }) => {
  const title = kind === 'user' ? 'User' : 'Role';
  const missing = (name: string) => `The ${kind} with name ${name} cannot be found.`;

  it('has AWS’s members, and the same after a reopening', async () => {
    const tags = [{ key: 'team', value: 'a' }];
    const made = await create('a.b@c', { path: '/team/x/', tags });
    expect(made).toMatchObject({
      path: '/team/x/',
      arn: `arn:aws:iam::000000000000:${kind}/team/x/a.b@c`,
      createDate: new Date(NOW),
      tags,
    });
    expect('userId' in made ? made.userId : made.roleId).toMatch(new RegExp(`^${prefix}[A-Z2-7]{17}$`));
    expect(await get('a.b@c')).toEqual(made);
    await keystore.close();
    keystore = await openKeystore({ storage, unlock });
    expect(await get('a.b@c')).toEqual(made);
  });

  it('has no second one of its name, in any case, in its account', async () => {
    await create('ann');
    await iamRefusal(() => create('ann'), 'EntityAlreadyExists', `${title} with name ann already exists.`);
    await iamRefusal(() => create('ANN'), 'EntityAlreadyExists', `${title} with name ANN already exists.`);
    await iamRefusal(() => get('ANN'), 'NoSuchEntity', missing('ANN'));
    const other = await create('ann', { accountId: '111122223333' });
    expect(other.arn).toContain(':111122223333:');
    expect(await get('ann', { accountId: '111122223333' })).toEqual(other);
    expect((await list({ accountId: '111122223333' })).names).toEqual(['ann']);
    await remove('ann', { accountId: '111122223333' });
    expect((await list()).names).toEqual(['ann']);
  });

  it('is listed by name, by path, and page by page', async () => {
    for (const name of ['c', 'a', 'b']) await create(name, { path: name === 'b' ? '/team/' : '/' });
    expect(await list()).toEqual({ names: ['a', 'b', 'c'], isTruncated: false });
    expect((await list({ pathPrefix: '/te' })).names).toEqual(['b']);
    const first = await list({ maxItems: 2 });
    expect(first).toEqual({ names: ['a', 'b'], isTruncated: true, marker: expect.any(String) });
    expect(await list({ maxItems: 2, marker: first.marker })).toEqual({ names: ['c'], isTruncated: false });
    await iamRefusal(
      () => list({ marker: '!' }),
      'ValidationError',
      "Invalid Marker: Could not deserialize marker '!'",
    );
  });

  it('is not there after it was deleted, and is another one under its old name', async () => {
    const before = await create('ann');
    await remove('ann');
    await iamRefusal(() => get('ann'), 'NoSuchEntity', missing('ann'));
    await iamRefusal(() => remove('ann'), 'NoSuchEntity', missing('ann'));
    const after = await create('ann');
    expect(after.arn).toBe(before.arn);
    expect(after).not.toEqual(before);
  });

  it('is not deleted while it has policies', async () => {
    await create('ann');
    await putPolicy('ann');
    await iamRefusal(() => remove('ann'), 'DeleteConflict', 'Cannot delete entity, must delete policies first.');
    await get('ann');
  });

  it('leaves nothing in the document once the last one is deleted', async () => {
    const before = (await storage.read())?.length;
    await create('ann');
    expect((await storage.read())?.length).toBeGreaterThan(before ?? 0);
    await remove('ann');
    expect((await storage.read())?.length).toBe(before);
  });

  it('has tags whose keys ignore case, at most 50', async () => {
    await create('ann', { tags: [{ key: 'Team', value: 'a' }] });
    await tag('ann', [
      { key: 'team', value: 'b' },
      { key: 'x', value: '' },
    ]);
    expect((await get('ann')).tags).toEqual([
      { key: 'team', value: 'b' },
      { key: 'x', value: '' },
    ]);
    await untag('ann', ['X', 'none']);
    expect((await get('ann')).tags).toEqual([{ key: 'team', value: 'b' }]);
    const many = Array.from({ length: 49 }, (_, i) => ({ key: `k${i}`, value: '' }));
    await tag('ann', many);
    const full = 'The number of tags has reached the maximum limit.';
    await iamRefusal(() => tag('ann', [{ key: 'more', value: '' }]), 'LimitExceeded', full);
    await tag('ann', [{ key: 'K0', value: 'again' }]);
    expect((await get('ann')).tags).toHaveLength(50);
  });

  it('refuses tags that do not fit together', async () => {
    await create('ann');
    const twice = [
      { key: 'a', value: '' },
      { key: 'A', value: '' },
    ];
    const words = 'Duplicate tag keys found. Please note that Tag keys are case insensitive.';
    await iamRefusal(() => tag('ann', twice), 'InvalidInput', words);
    await iamRefusal(() => create('bob', { tags: twice }), 'InvalidInput', words);
    const reserved = [{ key: 'AWS:x', value: '' }];
    await iamRefusal(() => tag('ann', reserved), 'InvalidInput', 'Tag keys that begin with aws: are reserved.');
    expect((await list()).names).toEqual(['ann']);
  });

  it.each([
    ['an empty name', '', {}],
    ['a name of 65 characters', 'a'.repeat(65), {}],
    ['a name with a slash', 'a/b', {}],
    ['a name with a letter beyond ASCII', 'é', {}],
    ['a path without its first slash', 'a', { path: 'team/' }],
    ['a path without its last slash', 'a', { path: '/team' }],
    ['a path with a space', 'a', { path: '/a b/' }],
    ['a path of 513 characters', 'a', { path: `/${'a'.repeat(511)}/` }],
    ['an account of 11 digits', 'a', { accountId: '1'.repeat(11) }],
    ['51 tags', 'a', { tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })) }],
    ['an empty tag key', 'a', { tags: [{ key: '', value: '' }] }],
    ['a tag key of 129 characters', 'a', { tags: [{ key: 'a'.repeat(129), value: '' }] }],
    ['a tag value of 257 characters', 'a', { tags: [{ key: 'a', value: 'a'.repeat(257) }] }],
    ['a tag value with a quote', 'a', { tags: [{ key: 'a', value: '"' }] }],
  ])('is refused with %s', async (_, name, rest) => {
    await expect(create(name, rest)).rejects.toMatchObject({ name: 'ValidationError', code: 'IAM_VALIDATION' });
    expect((await list()).names).toEqual([]);
  });

  it('takes the longest name, path and tags', async () => {
    const tags = Array.from({ length: 50 }, (_, i) => ({ key: `${i}`.padEnd(128, 'k'), value: 'v'.repeat(256) }));
    const made = await create('a'.repeat(64), { path: `/${'p'.repeat(510)}/`, tags });
    expect(made.tags).toEqual(tags);
  });

  it('is refused with an unknown member by its name', async () => {
    await expect(create('a', { permissionsBoundary: 'x' })).rejects.toThrow(/permissionsBoundary/);
  });
});

describe('a role', () => {
  const create = (rest: object) =>
    keystore.createRole({ roleName: 'r', assumeRolePolicyDocument: TRUST, ...rest }).then(({ role }) => role);

  it('has a description and a longest session', async () => {
    expect(await create({ description: 'reads', maxSessionDuration: 43_200 })).toMatchObject({
      description: 'reads',
      maxSessionDuration: 43_200,
      assumeRolePolicyDocument: TRUST,
    });
    await keystore.deleteRole({ roleName: 'r' });
    const plain = await create({});
    expect(plain.maxSessionDuration).toBe(3600);
    expect(plain).not.toHaveProperty('description');
  });

  it.each([{ maxSessionDuration: 3599 }, { maxSessionDuration: 43_201 }, { description: 'a'.repeat(1001) }])(
    'is refused with %j',
    async (rest) => {
      await expect(create(rest)).rejects.toMatchObject({ name: 'ValidationError' });
    },
  );
});

describe('an account', () => {
  it('has users and roles of one name', async () => {
    await keystore.createUser({ userName: 'x' });
    await keystore.createRole({ roleName: 'x', assumeRolePolicyDocument: TRUST });
    expect((await keystore.listUsers()).users).toHaveLength(1);
    expect((await keystore.listRoles()).roles).toHaveLength(1);
  });
});

it('unique ids are the same in every deterministic keystore of a seed, and differ within one', async () => {
  const idsOf = async (seed: string) => {
    const made = await insecureDeterministicKeystore({ seed });
    const ids = [];
    for (const userName of ['a', 'b']) ids.push((await made.createUser({ userName })).user.userId);
    return ids;
  };
  const [one, same, other] = [await idsOf('a'), await idsOf('a'), await idsOf('b')];
  expect(one).toEqual(same);
  expect(new Set([...one, ...other]).size).toBe(4);
});
