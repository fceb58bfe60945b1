/**
 * Calls of users and roles: the interface between the keystore, which knows them, and `@securestring/parameters` and
 * `@securestring/endpoint`, which make calls in their name.
 * @module
 */

import type { CallerFacts } from '@securestring/service/policy';

/** A caller of operations. */
export interface AsRequest {
  /**
   * The ARN of a user, of a session of a role, or of the account's root: `arn:aws:iam::111122223333:user/alice`,
   * `arn:aws:sts::111122223333:assumed-role/app/session`. A session needs no credentials here.
   */
  readonly arn: string;
  /** The address that `aws:SourceIp` has, IPv4 or IPv6. Default none. */
  readonly sourceIp?: string;
  /** The text that `aws:UserAgent` has. Default none. */
  readonly userAgent?: string;
}

/**
 * The name of the member of a keystore that makes calls of others. It is a registered symbol, so that two copies of
 * this package agree on it.
 */
export const AUTHORIZATION: unique symbol = Symbol.for('@securestring/keystore/authorization');

/** Makes calls of others than the account's root. `View` is the keystore's operations. */
export interface Authorization<View> {
  /**
   * Finds a caller by its ARN: the account's root, a user, or a session of a role
   * (`arn:aws:sts::111122223333:assumed-role/NAME/SESSION`).
   *
   * @throws `KmsError` (`AccessDeniedException`) if there is no such user or role; so does each later call.
   */
  identify(arn: string): CallerFacts['identify'];
  /**
   * Finds the caller that a program names.
   *
   * @throws as {@link Authorization.identify}; `TypeError` for a request that is not of its type.
   */
  caller(given: string | AsRequest): CallerFacts;
  /** Whether calls leave events. If not, a caller whom no policy limits needs no operations of its own. */
  readonly isRecorded: boolean;
  /** Returns the operations, each of which asks the caller's and the keys' policies first. */
  as(caller: CallerFacts): View;
}
