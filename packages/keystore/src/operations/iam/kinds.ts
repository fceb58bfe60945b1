/**
 * Users and roles, and where they differ.
 * @module
 */

import { MAX_ROLE_POLICIES_LENGTH, MAX_ROLES, MAX_USER_POLICIES_LENGTH, MAX_USERS } from '../../limits.ts';
import type { PrincipalType } from '../../state/records.ts';

/** A kind of principal. `Member` is AWS's member with its name. */
export interface Kind<Member extends string = string> {
  readonly type: PrincipalType;
  readonly member: Member;
  /** The first letters of a unique id. */
  readonly prefix: string;
  /** Most of an account, and AWS's name of that quota. */
  readonly most: number;
  readonly quota: string;
  /** Most characters of all inline policies together. */
  readonly mostPolicies: number;
}

export const USER: Kind<'userName'> = {
  type: 'user',
  member: 'userName',
  prefix: 'AIDA',
  most: MAX_USERS,
  quota: 'UsersPerAccount',
  mostPolicies: MAX_USER_POLICIES_LENGTH,
};

export const ROLE: Kind<'roleName'> = {
  type: 'role',
  member: 'roleName',
  prefix: 'AROA',
  most: MAX_ROLES,
  quota: 'RolesPerAccount',
  mostPolicies: MAX_ROLE_POLICIES_LENGTH,
};
