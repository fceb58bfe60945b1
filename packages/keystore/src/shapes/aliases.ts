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
