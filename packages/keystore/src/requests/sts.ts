/**
 * Requests and answers of the operations that AWS has in STS; these are the keystore's own.
 * @module
 */

/** A tag of a session. */
export interface SessionTag {
  /** 1 to 128 characters. */
  readonly key: string;
  /** Up to 256 characters. */
  readonly value: string;
}

/** A request of `assumeRole`. */
export interface AssumeRoleRequest {
  /** The ARN of the role, such as `arn:aws:iam::111122223333:role/reader`. */
  readonly roleArn: string;
  /** The name of the session: 2 to 64 letters, digits and `_+=,.@-`. */
  readonly roleSessionName: string;
  /** 900 to 43200, and no more than the role's maximum; from another session at most 3600. Default 3600. */
  readonly durationSeconds?: number;
  /** A policy that limits the session further, as JSON; up to 2048 characters. */
  readonly policy?: string;
  /** The id that the trust policy may ask for in `sts:ExternalId`; 2 to 1224 characters. */
  readonly externalId?: string;
  /** Up to 50. They are `aws:PrincipalTag/KEY` of the session, and win over the role's. Default none. */
  readonly tags?: readonly SessionTag[];
}

/** What the requests of a session are signed with. */
export interface SessionCredentialsResult {
  /** `ASIA` and 16 letters and digits. */
  readonly accessKeyId: string;
  /** 40 characters. Secret. */
  readonly secretAccessKey: string;
  /** The token that every request of the session carries. It is sealed for this keystore, and for the access key. */
  readonly sessionToken: string;
  /** The time from which the session may do nothing. */
  readonly expiration: Date;
}

/** An answer of `assumeRole`. */
export interface AssumeRoleResult {
  readonly credentials: SessionCredentialsResult;
  readonly assumedRoleUser: {
    /** The ARN of the session: `arn:aws:sts::111122223333:assumed-role/reader/NAME`. */
    readonly arn: string;
    /** The role's unique id and the session's name: `AROA…:NAME`. */
    readonly assumedRoleId: string;
  };
  /** How full the space for policy and tags is, in percent. Absent if there are neither. */
  readonly packedPolicySize?: number;
}

/** Sessions of roles. */
export interface SessionOperations {
  /**
   * Makes the credentials of a session of a role, for a caller whom the role's trust policy allows
   * `sts:AssumeRole`. If it names the caller's account, or the caller is of another account than the role, the caller's
   * own policies must allow it too. Nothing is stored: the token has all of it, and every process that opens the
   * keystore knows the session. It ends when it expires, when the role is deleted, and when the root key is replaced.
   *
   * @throws `StsError`: `AccessDenied` for a caller who may not, for the account's root, and for a role that does not
   *   exist; `ValidationError` for a longer session than is allowed, and a member out of bounds;
   *   `MalformedPolicyDocument`, `PackedPolicyTooLarge` for the session policy. `KmsError`
   *   (`UnsupportedOperationException`) for a member of AWS's that is not here.
   */
  assumeRole(request: AssumeRoleRequest): Promise<AssumeRoleResult>;
}
