/**
 * A caller with all that decides what the caller may do, and where the call comes from.
 * @module
 */

import type { CallerPolicies } from './decide.ts';
import type { Caller } from './principals.ts';

/** A caller and its policies, as of one moment. */
export interface Identity {
  readonly caller: Caller;
  readonly policies: CallerPolicies;
  /** The name of the user, or of the role whose session this is; `undefined` for the account's root. */
  readonly name: string | undefined;
  /** The tags of the user, or of the role and its session: the values of `aws:PrincipalTag/KEY`. */
  readonly tags: ReadonlyMap<string, string>;
  /** The time at which a session was made, in ms since 1970; `undefined` for a caller who is not a session. */
  readonly sessionStart: number | undefined;
}

/** Where a call comes from. A call in this process has none of these members. */
export interface Origin {
  /** The access key that signed, such as `AKIA…`. */
  readonly accessKeyId?: string;
  /** The caller's address, IPv4 or IPv6. */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  /** Whether the call came over TLS. */
  readonly isSecure?: boolean;
  /** The service that calls for the caller, such as `ssm.us-east-1.amazonaws.com`. */
  readonly viaService?: string;
  /** The id of the request. */
  readonly requestId?: string;
}

/** Who calls, and from where. The identity is looked up at each call, since policies change. */
export interface CallerFacts {
  /**
   * Returns the caller with its present policies.
   *
   * @throws a service's error if the user or the role exists no more.
   */
  readonly identify: () => Identity;
  readonly origin: Origin;
  /** Whether no policy limits the call: of the account's root, who owns the store. Default false. */
  readonly isUnlimited?: boolean;
}
