/**
 * Requests and answers of the operations on aliases.
 * @module
 */

import type { PageRequest, PageResult } from './page.ts';

/** A request of `createAlias`. */
export interface CreateAliasRequest {
  /** The name: `alias/` and 1 to 250 letters, digits and `:/_-`. AWS reserves names that begin with `alias/aws/`. */
  readonly aliasName: string;
  /** Key id or key ARN of a customer's key that is not pending deletion. */
  readonly targetKeyId: string;
}

/** A request of `updateAlias`. */
export interface UpdateAliasRequest extends CreateAliasRequest {}

/** A request of `deleteAlias`. */
export interface DeleteAliasRequest {
  /** The name, with `alias/`. */
  readonly aliasName: string;
}

/** A request of `listAliases`. */
export interface ListAliasesRequest extends PageRequest {
  /** Key id or key ARN, to list only the aliases of that key. Default: all aliases. */
  readonly keyId?: string;
}

/** An alias in a list. */
export interface AliasListEntry {
  /** The name, with `alias/`. */
  readonly aliasName: string;
  /** The ARN of the alias. */
  readonly aliasArn: string;
  /** The id of the key that it names. */
  readonly targetKeyId: string;
  /** The time at which it was created. */
  readonly creationDate: Date;
  /** The time at which it was created, or last given to a key by `updateAlias`. */
  readonly lastUpdatedDate: Date;
}

/** An answer of `listAliases`. */
export interface ListAliasesResult extends PageResult {
  /** The aliases, in the order of their names. */
  readonly aliases: readonly AliasListEntry[];
}

/**
 * The operations on aliases: names of keys, each of which can be given to another key. All of them throw a `KmsError`:
 * `NotFoundException` for an unknown alias or key, `ValidationException` for a name that is not valid, among others.
 */
export interface AliasOperations {
  /**
   * Gives a key one more name.
   *
   * @throws `KmsError`: `AlreadyExistsException`; `NotAuthorizedException` for a name that begins with `alias/aws/`;
   *   `LimitExceededException` if the key has 50 names.
   * @example
   * await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyMetadata.keyId });
   */
  createAlias(request: CreateAliasRequest): Promise<void>;
  /** Gives a name to another key of the same type and usage. */
  updateAlias(request: UpdateAliasRequest): Promise<void>;
  /** Removes a name. The key stays. */
  deleteAlias(request: DeleteAliasRequest): Promise<void>;
  /** Lists all names, or those of one key, a page at a time. */
  listAliases(request?: ListAliasesRequest): Promise<ListAliasesResult>;
}
