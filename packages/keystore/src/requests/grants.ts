/**
 * Requests and answers of the operations on grants.
 * @module
 */

import type { EncryptionContext } from '@securestring/core';
import type { GRANT_OPERATIONS } from '../state/grants.ts';
import type { KeyRequest } from './keys.ts';

/** An operation that a grant may allow. `ReEncryptFrom` and `ReEncryptTo` are the two sides of `reEncrypt`. */
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

/** What an encryption context must have, for a grant to allow a call. */
export interface GrantConstraints {
  /**
   * The pairs that the context must have, and no others. Names are compared without regard to case. Up to 8 pairs of
   * 384 characters together. An empty object constrains nothing.
   */
  readonly encryptionContextEquals?: EncryptionContext;
  /** The pairs that the context must have; it may have others. Else as `encryptionContextEquals`. */
  readonly encryptionContextSubset?: EncryptionContext;
}

/** A request of `createGrant`. */
export interface CreateGrantRequest extends KeyRequest {
  /**
   * The ARN of the principal that gets the permissions: an account's root, a user, a role, a session of a role, a
   * federated user. A role stands for all its sessions, and an account for all its users and roles.
   */
  readonly granteePrincipal: string;
  /** The ARN of the principal that may retire the grant. Default none. */
  readonly retiringPrincipal?: string;
  /** What the grant allows, at least one of what the key can be used for. `CreateGrant` alone is refused. */
  readonly operations: readonly GrantOperation[];
  /** The encryption context that it is for. Keys for encryption only. Default any. */
  readonly constraints?: GrantConstraints;
  /**
   * 1 to 256 letters, digits and `:/_-`. A second request with the same name, and all else the same, finds the grant of
   * the first one. Default none: each request makes a grant.
   */
  readonly name?: string;
  /** Up to 10 grant tokens of this keystore. Grants work at once, so they allow nothing more. Default none. */
  readonly grantTokens?: readonly string[];
  /** Whether only to find out if the request would succeed, as in `encrypt`. Default false. */
  readonly dryRun?: boolean;
}

/** An answer of `createGrant`. */
export interface CreateGrantResult {
  /** 64 hex digits. */
  readonly grantId: string;
  /** An opaque text that names the grant, in base64. Another one in each answer. No other call returns it. */
  readonly grantToken: string;
}

/** A request for one page of a list of grants. */
export interface GrantPageRequest {
  /** The most entries of the page, 1 to 100. Default 50. */
  readonly limit?: number;
  /** The `nextMarker` of the page before, 1 to 1024 characters. Default: the first page. */
  readonly marker?: string;
}

/** A request of `listGrants`. */
export interface ListGrantsRequest extends KeyRequest, GrantPageRequest {
  /** List this grant only: 64 hex digits. */
  readonly grantId?: string;
  /** List the grants of this grantee only, as `granteePrincipal` of the answer has it. */
  readonly granteePrincipal?: string;
}

/** A request of `listRetirableGrants`. */
export interface ListRetirableGrantsRequest extends GrantPageRequest {
  /** The ARN of a principal of the caller's account. */
  readonly retiringPrincipal: string;
}

/** A grant as it is listed. */
export interface GrantListEntry {
  /** The key's ARN. */
  readonly keyId: string;
  /** 64 hex digits. */
  readonly grantId: string;
  /** Empty if none was given. */
  readonly name: string;
  /** The time at which it was made. */
  readonly creationDate: Date;
  /** The ARN as it was given. The unique id, such as `AROA…`, if that user or role was deleted since. */
  readonly granteePrincipal: string;
  /** As `granteePrincipal`. Absent if none was given. */
  readonly retiringPrincipal?: string;
  /** The ARN of the root of the account that made it. */
  readonly issuingAccount: string;
  /** What it allows. */
  readonly operations: readonly GrantOperation[];
  /** Absent if any encryption context will do. */
  readonly constraints?: GrantConstraints;
}

/** An answer of `listGrants` or of `listRetirableGrants`. */
export interface ListGrantsResult {
  /** By their ids. */
  readonly grants: readonly GrantListEntry[];
  /** Whether more entries follow. */
  readonly truncated: boolean;
  /** The `marker` of the next page. Only if `truncated`. */
  readonly nextMarker?: string;
}

/** A request of `retireGrant`: either a token, or a key and a grant's id. */
export interface RetireGrantRequest {
  /** A token of the grant. */
  readonly grantToken?: string;
  /** Key id or key ARN. */
  readonly keyId?: string;
  /** The grant's id, 64 hex digits. */
  readonly grantId?: string;
  /** Whether only to find out if the request would succeed, as in `encrypt`. Default false. */
  readonly dryRun?: boolean;
}

/** A request of `revokeGrant`. */
export interface RevokeGrantRequest extends KeyRequest {
  /** The grant's id, 64 hex digits. */
  readonly grantId: string;
  /** Whether only to find out if the request would succeed, as in `encrypt`. Default false. */
  readonly dryRun?: boolean;
}

/**
 * Grants: each allows a principal some operations with a key. They work, and end, with the answer of the call; on AWS
 * that may take some minutes, in which a caller needs the grant's token.
 */
export interface GrantOperations {
  /**
   * Makes a grant of a key.
   *
   * @throws `KmsError`: `InvalidArnException` for a principal that is not a valid one; `ValidationException` for
   *   operations or constraints that the key does not support; `LimitExceededException` at 50,000 grants of a key;
   *   `DisabledException`, `KMSInvalidStateException`, `NotFoundException`, `AccessDeniedException`,
   *   `InvalidGrantTokenException`, `DryRunOperationException`.
   * @example
   * const { grantId } = await keystore.createGrant({
   *   keyId,
   *   granteePrincipal: 'arn:aws:iam::111122223333:role/reader',
   *   operations: ['Decrypt', 'DescribeKey'],
   *   constraints: { encryptionContextSubset: { department: 'it' } },
   * });
   */
  createGrant(request: CreateGrantRequest): Promise<CreateGrantResult>;
  /**
   * Lists the grants of a key.
   *
   * @throws `KmsError`: `InvalidGrantIdException` for an id that is not 64 hex digits; `InvalidMarkerException`,
   *   `NotFoundException`, `ValidationException`.
   */
  listGrants(request: ListGrantsRequest): Promise<ListGrantsResult>;
  /**
   * Lists the grants of all keys that a principal may retire because they name it.
   *
   * @throws `KmsError`: `InvalidArnException` for a principal that is not one of the caller's account;
   *   `InvalidMarkerException`, `ValidationException`.
   */
  listRetirableGrants(request: ListRetirableGrantsRequest): Promise<ListGrantsResult>;
  /**
   * Ends a grant, for those whom the grant allows that: its retiring principal; its grantee, if `RetireGrant` is among
   * its operations; the root of the account that made it; and users and roles of these accounts to whom an
   * identity-based policy allows `kms:RetireGrant`.
   *
   * @throws `KmsError`: `InvalidGrantTokenException` for a token that is not of a grant of this keystore;
   *   `InvalidGrantIdException`, `NotFoundException`, `AccessDeniedException`, `ValidationException`,
   *   `DryRunOperationException`.
   */
  retireGrant(request: RetireGrantRequest): Promise<void>;
  /**
   * Ends a grant, for those whom policies allow `kms:RevokeGrant`.
   *
   * @throws as {@link GrantOperations.retireGrant}, but for tokens.
   */
  revokeGrant(request: RevokeGrantRequest): Promise<void>;
}
