/**
 * Requests and answers of the operations on users.
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

/** A request that names a user. */
export interface UserRequest extends InAccount {
  /** 1 to 64 letters, digits and `_+=,.@-`. */
  readonly userName: string;
}

/** A request of `createUser`. */
export interface CreateUserRequest extends UserRequest {
  /** A text that begins and ends with `/`, up to 512 characters. It is part of the ARN. Default `/`. */
  readonly path?: string;
  /** Up to 50. Policies see them as `aws:PrincipalTag/KEY`. */
  readonly tags?: readonly IamTag[];
}

/** A user as it is listed. */
export interface UserListEntry {
  readonly path: string;
  readonly userName: string;
  /** `AIDA` and 17 letters and digits. */
  readonly userId: string;
  readonly arn: string;
  readonly createDate: Date;
}

/** A user. */
export interface User extends UserListEntry {
  readonly tags: readonly IamTag[];
}

/** An answer of `createUser` and `getUser`. */
export interface UserResult {
  readonly user: User;
}

/** An answer of `listUsers`. */
export interface ListUsersResult extends IamPageResult {
  /** By name. */
  readonly users: readonly UserListEntry[];
}

/** A request of `putUserPolicy`. */
export interface PutUserPolicyRequest extends UserRequest, InlinePolicy {}

/** A request that names a policy of a user. */
export interface UserPolicyRequest extends UserRequest, Pick<InlinePolicy, 'policyName'> {}

/** An answer of `getUserPolicy`. The document is the text as it was put, not URL-encoded as IAM sends it. */
export interface GetUserPolicyResult extends InlinePolicy {
  readonly userName: string;
}

/** A request of `listUserPolicies`. */
export interface ListUserPoliciesRequest extends UserRequest, IamPageRequest {}

/** A request of `tagUser`. */
export interface TagUserRequest extends UserRequest {
  readonly tags: readonly IamTag[];
}

/** A request of `untagUser`. */
export interface UntagUserRequest extends UserRequest {
  readonly tagKeys: readonly string[];
}

/** Users: callers with access keys of their own, whom identity policies and key policies allow or deny. */
export interface UserOperations {
  /**
   * Makes a user, who may do nothing yet.
   *
   * @throws `IamError`: `EntityAlreadyExists` for a name that differs from another one's only in case, or not at all;
   *   `LimitExceeded` if there are 5000; `InvalidInput` for tags; `ValidationError`.
   * @example
   * const { user } = await keystore.createUser({ userName: 'alice', path: '/team/' });
   * user.arn; // arn:aws:iam::000000000000:user/team/alice
   */
  createUser(request: CreateUserRequest): Promise<UserResult>;
  /**
   * Returns a user.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`). The case of names counts here.
   */
  getUser(request: UserRequest): Promise<UserResult>;
  /**
   * Lists the users of an account.
   *
   * @throws `IamError` (`ValidationError`).
   */
  listUsers(request?: ListPrincipalsRequest): Promise<ListUsersResult>;
  /**
   * Deletes a user. Key policies and grants that name the user do not name one that is made later under the same name.
   *
   * @throws `IamError`: `DeleteConflict` if the user has access keys or policies; `NoSuchEntity`; `ValidationError`.
   */
  deleteUser(request: UserRequest): Promise<void>;
  /**
   * Adds an inline policy to a user, or replaces one.
   *
   * @throws `IamError`: `MalformedPolicyDocument` for a policy that AWS refuses; `LimitExceeded` if the user's policies
   *   have more than 2048 characters together, white space not counted; `NoSuchEntity`; `ValidationError`.
   * @example
   * const policyDocument = JSON.stringify({
   *   Version: '2012-10-17',
   *   Statement: { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' },
   * });
   * await keystore.putUserPolicy({ userName: 'alice', policyName: 'read', policyDocument });
   */
  putUserPolicy(request: PutUserPolicyRequest): Promise<void>;
  /**
   * Returns an inline policy of a user.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  getUserPolicy(request: UserPolicyRequest): Promise<GetUserPolicyResult>;
  /**
   * Lists the names of a user's inline policies.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  listUserPolicies(request: ListUserPoliciesRequest): Promise<ListInlinePoliciesResult>;
  /**
   * Deletes an inline policy of a user.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  deleteUserPolicy(request: UserPolicyRequest): Promise<void>;
  /**
   * Adds tags to a user, and gives those that exist another value.
   *
   * @throws `IamError`: `LimitExceeded` above 50 tags; `InvalidInput` for a key twice, or one that begins with `aws:`;
   *   `NoSuchEntity`; `ValidationError`.
   */
  tagUser(request: TagUserRequest): Promise<void>;
  /**
   * Removes tags of a user by their keys. A tag that does not exist is not an error.
   *
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  untagUser(request: UntagUserRequest): Promise<void>;
}
