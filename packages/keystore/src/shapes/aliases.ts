/**
 * Aliases.
 * @module
 */

import type { PageRequest, PageResult } from './page.ts';

export interface CreateAliasRequest {
  /** `alias/` and 1 to 250 letters, digits and `:/_-`; not under `alias/aws/`. */
  readonly aliasName: string;
  /** Key id or key ARN. */
  readonly targetKeyId: string;
}

export interface UpdateAliasRequest extends CreateAliasRequest {}

export interface DeleteAliasRequest {
  readonly aliasName: string;
}

export interface ListAliasesRequest extends PageRequest {
  /** Key id or key ARN: only the aliases of that key. */
  readonly keyId?: string;
}

export interface AliasListEntry {
  readonly aliasName: string;
  readonly aliasArn: string;
  readonly targetKeyId: string;
  readonly creationDate: Date;
  readonly lastUpdatedDate: Date;
}

export interface ListAliasesResult extends PageResult {
  readonly aliases: readonly AliasListEntry[];
}

/** Aliases: names of keys that can be given to another key. All of them throw a `KmsError`. */
export interface AliasOperations {
  /**
   * Gives a key one more name.
   *
   * @throws `KmsError` (`AlreadyExistsException`, `NotAuthorizedException` under `alias/aws/`, `LimitExceededException`
   *   beyond 50 names of one key).
   * @example
   * await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyMetadata.keyId });
   */
  createAlias(request: CreateAliasRequest): Promise<void>;
  /** Gives a name to another key of the same type and usage. */
  updateAlias(request: UpdateAliasRequest): Promise<void>;
  /** Takes a name away. The key stays. */
  deleteAlias(request: DeleteAliasRequest): Promise<void>;
  /** Lists all names, or one key's, in their order. */
  listAliases(request?: ListAliasesRequest): Promise<ListAliasesResult>;
}
