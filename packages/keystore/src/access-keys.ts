/**
 * The secrets of access keys: the interface between the keystore, which keeps them, and `@securestring/endpoint`, which
 * verifies signatures with them.
 * @module
 */

import type { CallerFacts, Origin } from '@securestring/service/policy';
import type { AssumeRoleRequest, AssumeRoleResult } from './requests.ts';

/**
 * The name of the member of a keystore that finds access keys. It is a registered symbol, so that two copies of this
 * package agree on it.
 */
export const ACCESS_KEYS: unique symbol = Symbol.for('@securestring/keystore/access-keys');

/** A caller other than the account's root. */
export interface KeyCaller {
  /** The ARN of the user, or of the role's session. */
  readonly arn: string;
  /** Returns the caller with its policies, as of the last call that read the storage. */
  readonly identify: CallerFacts['identify'];
  /** Whether it is a session that has expired, by the keystore's clock. */
  readonly isExpired: boolean;
  /** Makes the credentials of a role's session for the caller, as `keystore.assumeRole` does. */
  assumeRole(request: AssumeRoleRequest, origin: Origin): Promise<AssumeRoleResult>;
}

/** An access key with its secret. */
export interface AccessKeySecret {
  /** Signs the caller's requests; 40 characters. Secret. */
  readonly secretAccessKey: string;
  /** The account that the caller belongs to; 12 digits. */
  readonly accountId: string;
  /** The user or the session whose key it is. Absent from a key of the account's root. */
  readonly caller?: KeyCaller;
}

/** Finds access keys for the verification of signatures. */
export interface AccessKeySecrets {
  /**
   * Finds an access key by its id, as of the last call that read the storage. If it is unknown, a keystore whose
   * storage can be read at once is reread. The key of a session needs its token, and only that: `undefined` for a token
   * that was changed, or that is of another access key, another keystore or a deleted role.
   *
   * @throws `KeystoreError` (`KEYSTORE_CLOSED`).
   */
  find(accessKeyId: string, sessionToken?: string): AccessKeySecret | undefined;
  /** Whether a token was made here for an access key, even if its role exists no more. */
  isOwnToken(accessKeyId: string, sessionToken: string): boolean;
}
