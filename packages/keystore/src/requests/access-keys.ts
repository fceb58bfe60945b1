/**
 * Requests and answers of the operations on access keys. AWS has them in IAM; these are the keystore's own.
 * @module
 */

import type { PageRequest, PageResult } from './page.ts';

/** A request of `createAccessKey`. */
export interface CreateAccessKeyRequest {
  /** Up to 256 characters, such as the name of the program that gets the key. Default empty. */
  readonly description?: string;
  /**
   * The account whose callers sign with it, 12 digits: an endpoint over stores of several accounts finds theirs by it.
   * Default the keystore's own.
   */
  readonly accountId?: string;
  /** The user of that account whose key it is. Default none: it is a key of the account's root. */
  readonly userName?: string;
}

/** An access key as it is listed. */
export interface AccessKeyListEntry {
  /** `AKIA` and 16 letters and digits. */
  readonly accessKeyId: string;
  /** The account whose callers sign with it; 12 digits. */
  readonly accountId: string;
  /** The user whose key it is. Absent from a key of the account's root. */
  readonly userName?: string;
  /** The text given when it was made; may be empty. */
  readonly description: string;
  /** The time at which it was made. */
  readonly createDate: Date;
}

/** An answer of `createAccessKey`. */
export interface CreateAccessKeyResult extends AccessKeyListEntry {
  /** 40 characters. Secret: no later call returns it. */
  readonly secretAccessKey: string;
}

/** A request of `deleteAccessKey`. */
export interface DeleteAccessKeyRequest {
  /** The id of the access key. */
  readonly accessKeyId: string;
}

/** A request of `listAccessKeys`. */
export interface ListAccessKeysRequest extends PageRequest {
  /** The account whose keys are listed; 12 digits. Default all accounts, and with `userName` the keystore's own. */
  readonly accountId?: string;
  /** The user whose keys are listed. Default all keys. */
  readonly userName?: string;
}

/** An answer of `listAccessKeys`. */
export interface ListAccessKeysResult extends PageResult {
  /** By their ids. */
  readonly accessKeys: readonly AccessKeyListEntry[];
}

/** Access keys, with which AWS's clients sign their requests to an endpoint over this keystore. */
export interface AccessKeyOperations {
  /**
   * Makes an access key of an account's root, or of a user. The answer alone has its secret. A user who calls without
   * `userName` gets a key of the same user.
   *
   * @throws `KmsError`: `LimitExceededException` if there are 100 of roots; `ValidationException`.
   * @throws `IamError`: `NoSuchEntity`; `LimitExceeded` if the user has two; `ValidationError` for a session of a role
   *   that names no user.
   * @example
   * const { accessKeyId, secretAccessKey } = await keystore.createAccessKey({ userName: 'alice' });
   */
  createAccessKey(request?: CreateAccessKeyRequest): Promise<CreateAccessKeyResult>;
  /**
   * Lists the access keys, without their secrets. A user who calls without `userName` sees keys of the same user.
   *
   * @throws `KmsError` (`InvalidMarkerException`, `ValidationException`).
   * @throws `IamError` (`NoSuchEntity`, `ValidationError`).
   */
  listAccessKeys(request?: ListAccessKeysRequest): Promise<ListAccessKeysResult>;
  /**
   * Deletes an access key: what is signed with it from now on is refused. An endpoint of another process sees that with
   * its next call that reads this keystore's storage.
   *
   * @throws `KmsError` (`NotFoundException`).
   */
  deleteAccessKey(request: DeleteAccessKeyRequest): Promise<void>;
}
