/**
 * A call of each operation on users and roles.
 * @module
 */

import type { Keystore, RoleOperations, UserOperations } from '../../src/index.ts';

/** A policy that allows one action, with what a statement of another kind of policy needs. */
export function allowing(Action: string, rest: object = { Resource: '*' }): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, ...rest } });
}

export const TRUST: string = allowing('sts:AssumeRole', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
export const IDENTITY: string = allowing('kms:Decrypt');

const user = { userName: 'ann' };
const role = { roleName: 'reader' };
const policy = { policyName: 'read' };
const tags = [{ key: 'team', value: 'a' }];

/** Succeeds in the order of the table. */
export const IAM_CALLS: Readonly<Record<keyof (UserOperations & RoleOperations), (keystore: Keystore) => unknown>> = {
  createUser: (k) => k.createUser({ ...user, path: '/team/', tags }),
  getUser: (k) => k.getUser(user),
  listUsers: (k) => k.listUsers(),
  putUserPolicy: (k) => k.putUserPolicy({ ...user, ...policy, policyDocument: IDENTITY }),
  getUserPolicy: (k) => k.getUserPolicy({ ...user, ...policy }),
  listUserPolicies: (k) => k.listUserPolicies(user),
  tagUser: (k) => k.tagUser({ ...user, tags }),
  untagUser: (k) => k.untagUser({ ...user, tagKeys: ['team'] }),
  deleteUserPolicy: (k) => k.deleteUserPolicy({ ...user, ...policy }),
  deleteUser: (k) => k.deleteUser(user),
  createRole: (k) => k.createRole({ ...role, assumeRolePolicyDocument: TRUST, tags }),
  getRole: (k) => k.getRole(role),
  listRoles: (k) => k.listRoles(),
  updateAssumeRolePolicy: (k) => k.updateAssumeRolePolicy({ ...role, policyDocument: TRUST }),
  putRolePolicy: (k) => k.putRolePolicy({ ...role, ...policy, policyDocument: IDENTITY }),
  getRolePolicy: (k) => k.getRolePolicy({ ...role, ...policy }),
  listRolePolicies: (k) => k.listRolePolicies(role),
  tagRole: (k) => k.tagRole({ ...role, tags }),
  untagRole: (k) => k.untagRole({ ...role, tagKeys: ['team'] }),
  deleteRolePolicy: (k) => k.deleteRolePolicy({ ...role, ...policy }),
  deleteRole: (k) => k.deleteRole(role),
};
