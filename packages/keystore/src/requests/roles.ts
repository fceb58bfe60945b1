/**
 * Requests and answers of the operations on roles.
 * @module
 */

import type {
  IamPageRequest,
  IamPageResult,
  IamTag,
  InAccount,
  InlinePolicy,
  ListInlinePoliciesResult,
  ListPrincipalsRequest,
} from './iam.ts';

/** A request that names a role. */
export interface RoleRequest extends InAccount {
  /** 1 to 64 letters, digits and `_+=,.@-`. */
  readonly roleName: string;
}

/** A request of `createRole`. */
export interface CreateRoleRequest extends RoleRequest {
  /** The trust policy, which says who may assume the role, as JSON. Users and roles that it names must exist. */
  readonly assumeRolePolicyDocument: string;
  /** A text that begins and ends with `/`, up to 512 characters. It is part of the ARN. Default `/`. */
  readonly path?: string;
  /** Up to 1000 characters. Default empty. */
  readonly description?: string;
  /** The longest session, 3600 to 43200 seconds. Default 3600. */
  readonly maxSessionDuration?: number;
  /** Up to 50. Policies see them as `aws:PrincipalTag/KEY`. */
  readonly tags?: readonly IamTag[];
}

/** A role as it is listed. */
export interface RoleListEntry {
  readonly path: string;
  readonly roleName: string;
  /** `AROA` and 17 letters and digits. */
  readonly roleId: string;
  readonly arn: string;
  readonly createDate: Date;
  /**
   * The trust policy as it was put, not URL-encoded as IAM sends it. The unique id is in place of the ARN of a user or
   * role that exists no more.
   */
  readonly assumeRolePolicyDocument: string;
  /** Absent if it is empty. */
  readonly description?: string;
  /** In seconds. */
  readonly maxSessionDuration: number;
}

/** A role. */
export interface Role extends RoleListEntry {
  readonly tags: readonly IamTag[];
}

/** An answer of `createRole` and `getRole`. */
export interface RoleResult {
  readonly role: Role;
}

/** An answer of `listRoles`. */
export interface ListRolesResult extends IamPageResult {
  /** By name. */
  readonly roles: readonly RoleListEntry[];
}

/** A request of `updateAssumeRolePolicy`. */
export interface UpdateAssumeRolePolicyRequest extends RoleRequest {
  /** The trust policy as JSON. */
  readonly policyDocument: string;
}

/** A request of `putRolePolicy`. */
export interface PutRolePolicyRequest extends RoleRequest, InlinePolicy {}

/** A request that names a policy of a role. */
export interface RolePolicyRequest extends RoleRequest, Pick<InlinePolicy, 'policyName'> {}

/** An answer of `getRolePolicy`. The document is the text as it was put, not URL-encoded as IAM sends it. */
export interface GetRolePolicyResult extends InlinePolicy {
  readonly roleName: string;
}

/** A request of `listRolePolicies`. */
export interface ListRolePoliciesRequest extends RoleRequest, IamPageRequest {}

/** A request of `tagRole`. */
export interface TagRoleRequest extends RoleRequest {
  readonly tags: readonly IamTag[];
}

/** A request of `untagRole`. */
export interface UntagRoleRequest extends RoleRequest {
  readonly tagKeys: readonly string[];
}

/** Roles: callers without keys of their own, in whose sessions those call whom the trust policy names. */
export interface RoleOperations {
  /**
   * Makes a role, which may do nothing yet.
   *
   * @throws `IamError`: `MalformedPolicyDocument` for a trust policy that AWS refuses, or that names a user or role of
   *   this account that does not exist; `EntityAlreadyExists` for a name that differs from another one's only in case,
   *   or not at all; `LimitExceeded` if there are 1000, or for a trust policy above 2048 characters, white space not
   *   counted; `InvalidInput` for tags; `ValidationError`.
   * @example
   * const assumeRolePolicyDocument = JSON.stringify({
   *   Version: '2012-10-17',
   *   Statement: { Effect: 'Allow', Principal: { AWS: user.arn }, Action: 'sts:AssumeRole' },
   * });
   * const { role } = await keystore.createRole({ roleName: 'reader', assumeRolePolicyDocument });
   */
  createRole(request: CreateRoleRequest): Promise<RoleResult>;
  /**
   * Returns a role.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`). The case of names counts here.
   */
  getRole(request: RoleRequest): Promise<RoleResult>;
  /**
   * Lists the roles of an account.
   *
   * @throws `IamError` (`ValidationError`).
   */
  listRoles(request?: ListPrincipalsRequest): Promise<ListRolesResult>;
  /**
   * Deletes a role. Policies and grants that name it do not name one that is made later under the same name.
   *
   * @throws `IamError`: `DeleteConflict` if the role has policies; `NoSuchEntity`; `ValidationError`.
   */
  deleteRole(request: RoleRequest): Promise<void>;
  /**
   * Replaces the trust policy of a role.
   *
   * @throws `IamError`: `MalformedPolicyDocument` and `LimitExceeded` as {@link RoleOperations.createRole};
   *   `NoSuchEntity`; `ValidationError`.
   */
  updateAssumeRolePolicy(request: UpdateAssumeRolePolicyRequest): Promise<void>;
  /**
   * Adds an inline policy to a role, or replaces one.
   *
   * @throws `IamError`: `MalformedPolicyDocument` for a policy that AWS refuses; `LimitExceeded` if the role's policies
   *   have more than 10240 characters together, white space not counted; `NoSuchEntity`; `ValidationError`.
   * @example
   * await keystore.putRolePolicy({ roleName: 'reader', policyName: 'read', policyDocument });
   */
  putRolePolicy(request: PutRolePolicyRequest): Promise<void>;
  /**
   * Returns an inline policy of a role.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  getRolePolicy(request: RolePolicyRequest): Promise<GetRolePolicyResult>;
  /**
   * Lists the names of a role's inline policies.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  listRolePolicies(request: ListRolePoliciesRequest): Promise<ListInlinePoliciesResult>;
  /**
   * Deletes an inline policy of a role.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  deleteRolePolicy(request: RolePolicyRequest): Promise<void>;
  /**
   * Adds tags to a role, and gives those that exist another value.
   *
   * @throws `IamError`: `LimitExceeded` above 50 tags; `InvalidInput` for a key twice, or one that begins with `aws:`;
   *   `NoSuchEntity`; `ValidationError`.
   */
  tagRole(request: TagRoleRequest): Promise<void>;
  /**
   * Removes tags of a role by their keys. A tag that does not exist is not an error.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  untagRole(request: UntagRoleRequest): Promise<void>;
}
