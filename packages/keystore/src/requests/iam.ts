/**
 * What requests and answers about users and roles have in common. Names are IAM's, in lower camel case.
 * @module
 */

/** A tag of a user or role. */
export interface IamTag {
  /** 1 to 128 characters. Two keys that differ only in case are one. */
  readonly key: string;
  /** Up to 256 characters. */
  readonly value: string;
}

/** The account of a user or role. */
export interface InAccount {
  /** 12 digits: an endpoint over stores of several accounts finds them by it. Default the keystore's own. */
  readonly accountId?: string;
}

/** A request for one page of a list of IAM. */
export interface IamPageRequest {
  /** The most entries of the page, 1 to 1000. Default 100. */
  readonly maxItems?: number;
  /** The `marker` of the answer before. Default: the first page. */
  readonly marker?: string;
}

/** The members of an answer of IAM that lead to the next page. */
export interface IamPageResult {
  /** Whether more entries follow. */
  readonly isTruncated: boolean;
  /** The `marker` of the request for the next page. Only if `isTruncated`. */
  readonly marker?: string;
}

/** A request for one page of a list of users or roles. */
export interface ListPrincipalsRequest extends InAccount, IamPageRequest {
  /** Lists only users or roles whose path begins with this. Default `/`, which is all. */
  readonly pathPrefix?: string;
}

/** An answer with the names of inline policies. */
export interface ListInlinePoliciesResult extends IamPageResult {
  /** By name. */
  readonly policyNames: readonly string[];
}

/** An inline policy in a request. */
export interface InlinePolicy {
  /** 1 to 128 letters, digits and `_+=,.@-`. */
  readonly policyName: string;
  /** An identity policy as JSON. */
  readonly policyDocument: string;
}
