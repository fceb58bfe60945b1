/**
 * Requests and answers of the operations on key policies.
 * @module
 */

import type { KeyRequest } from './keys.ts';
import type { PageRequest, PageResult } from './page.ts';

/** A request of `getKeyPolicy`. */
export interface GetKeyPolicyRequest extends KeyRequest {
  /** The name of the policy. AWS has one name alone: `default`, which is also the default. */
  readonly policyName?: string;
}

/** An answer of `getKeyPolicy`. */
export interface GetKeyPolicyResult {
  /**
   * The policy as it was put, else the default policy, as JSON. The unique id, such as `AROA…`, is in place of the ARN
   * of a user or role that was deleted since.
   */
  readonly policy: string;
  /** Always `default`. */
  readonly policyName: string;
}

/** A request of `putKeyPolicy`. */
export interface PutKeyPolicyRequest extends KeyRequest {
  /** The name of the policy: `default`, which is also the default. */
  readonly policyName?: string;
  /** A key policy as JSON, 1 to 32768 bytes as UTF-8. */
  readonly policy: string;
  /** Accepts a policy under which the account's root may not change the policy again. Default false. */
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

/** A request of `listKeyPolicies`. */
export interface ListKeyPoliciesRequest extends KeyRequest, PageRequest {}

/** An answer of `listKeyPolicies`. */
export interface ListKeyPoliciesResult extends PageResult {
  /** Always `default` alone. */
  readonly policyNames: readonly string[];
}

/** Key policies, which decide what users and roles may do with a key. The account's root is not limited by them. */
export interface PolicyOperations {
  /**
   * Returns the policy of a key. A key that was made without one has AWS's default policy, which leaves everything to
   * the account.
   *
   * @throws `KmsError`: `NotFoundException` for a key or a policy that does not exist; `ValidationException`.
   */
  getKeyPolicy(request: GetKeyPolicyRequest): Promise<GetKeyPolicyResult>;
  /**
   * Replaces the policy of a key.
   *
   * @throws `KmsError`: `MalformedPolicyDocumentException` for a policy that AWS refuses, that locks the caller out, or
   *   that names a user or role of the account that does not exist, if any exists; `LimitExceededException` above 32768
   *   bytes; `AccessDeniedException` for `alias/aws/ssm`; as {@link PolicyOperations.getKeyPolicy}.
   * @example
   * await keystore.putKeyPolicy({ keyId, policy: JSON.stringify(document) });
   */
  putKeyPolicy(request: PutKeyPolicyRequest): Promise<void>;
  /**
   * Lists the names of a key's policies, of which there is always one.
   *
   * @throws as {@link PolicyOperations.getKeyPolicy}; `InvalidMarkerException`.
   */
  listKeyPolicies(request: ListKeyPoliciesRequest): Promise<ListKeyPoliciesResult>;
}
