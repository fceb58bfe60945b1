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
}

/** An access key as it is listed. */
export interface AccessKeyListEntry {
  /** `AKIA` and 16 letters and digits. */
  readonly accessKeyId: string;
  /** The account whose callers sign with it; 12 digits. */
  readonly accountId: string;
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
export interface ListAccessKeysRequest extends PageRequest {}

/** An answer of `listAccessKeys`. */
export interface ListAccessKeysResult extends PageResult {
  /** By their ids. */
  readonly accessKeys: readonly AccessKeyListEntry[];
}

/** Access keys, with which AWS's clients sign their requests to an endpoint over this keystore. */
export interface AccessKeyOperations {
  /**
   * Makes an access key of an account's root. The answer alone has its secret.
   *
   * @throws `KmsError`: `LimitExceededException` if there are 100; `ValidationException`.
   * @example
   * const { accessKeyId, secretAccessKey } = await keystore.createAccessKey({ description: 'ci' });
   */
  createAccessKey(request?: CreateAccessKeyRequest): Promise<CreateAccessKeyResult>;
  /**
   * Lists the access keys, without their secrets.
   *
   * @throws `KmsError` (`InvalidMarkerException`, `ValidationException`).
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
