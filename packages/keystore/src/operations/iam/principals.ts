/**
 * Users and roles: found, made, changed, listed, deleted.
 * @module
 */

import { IamError } from '../../errors.ts';
import type { IamPageResult, IamTag, InAccount, ListPrincipalsRequest } from '../../requests.ts';
import { withPrincipals } from '../../state/principals.ts';
import type { KeystoreState, PrincipalRecord } from '../../state/records.ts';
import type { Draft, Edited, View } from '../../state/view.ts';
import { base32 } from '../base32.ts';
import type { Kind } from './kinds.ts';
import { iamPage } from './pages.ts';
import { parseTags } from './tag-rules.ts';

const NONE: ReadonlyMap<string, PrincipalRecord> = new Map();

/** The members of a request that makes a user or role. */
export interface CreateRequest extends InAccount {
  readonly path?: string;
  readonly tags?: readonly IamTag[];
}

/** The members of a record that a role has, and a user has not. */
export type RoleMembers = Pick<
  PrincipalRecord,
  'description' | 'trustPolicy' | 'trustPrincipals' | 'maxSessionDuration'
>;

/**
 * Finds a user or role.
 *
 * @throws `IamError` (`NoSuchEntity`).
 */
export function findPrincipal(
  { state }: Pick<View, 'state'>,
  { type }: Kind,
  name: string,
  { accountId = state.accountId }: InAccount,
): PrincipalRecord {
  for (const each of (state.principals ?? NONE).values()) {
    if (each.name === name && each.type === type && each.accountId === accountId) return each;
  }
  throw new IamError('NoSuchEntity', `The ${type} with name ${name} cannot be found.`);
}

/** Makes a user or role. */
export function createPrincipal(
  { state, now, randomness }: Draft,
  { type, prefix, most, quota }: Kind,
  name: string,
  { accountId = state.accountId, path = '/', tags = [], ...role }: CreateRequest & RoleMembers,
): Edited<PrincipalRecord> {
  const others = listOf(state, type, accountId);
  if (others.some((other) => other.name.toLowerCase() === name.toLowerCase())) {
    const title = type === 'user' ? 'User' : 'Role';
    throw new IamError('EntityAlreadyExists', `${title} with name ${name} already exists.`);
  }
  if (others.length >= most) throw new IamError('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`);
  const made: PrincipalRecord = {
    ...role,
    type,
    name,
    path,
    accountId,
    uniqueId: `${prefix}${base32(randomness.uniqueId())}`,
    creationDate: now,
    tags: parseTags(tags),
    policies: new Map(),
  };
  return { state: withPrincipal(state, made), result: made };
}

/** Lists one page of the users or roles of an account, by name. */
export function listPrincipals(
  { state }: View,
  { type }: Kind,
  { accountId = state.accountId, pathPrefix = '/', ...request }: ListPrincipalsRequest,
): { readonly entries: readonly PrincipalRecord[] } & IamPageResult {
  const all = listOf(state, type, accountId).filter(({ path }) => path.startsWith(pathPrefix));
  return iamPage(all, ({ name }) => name, request);
}

/** Deletes a user or role that has nothing any more. */
export function deletePrincipal(draft: Draft, kind: Kind, name: string, where: InAccount): Edited<void> {
  const { state } = draft;
  const { uniqueId, policies } = findPrincipal(draft, kind, name, where);
  if ([...(state.accessKeys?.values() ?? [])].some(({ principalId }) => principalId === uniqueId)) {
    throw conflict('access keys');
  }
  if (policies.size > 0) throw conflict('policies');
  const kept = new Map(state.principals);
  kept.delete(uniqueId);
  return { state: withPrincipals(state, kept), result: undefined };
}

function conflict(what: string): IamError {
  return new IamError('DeleteConflict', `Cannot delete entity, must delete ${what} first.`);
}

/** Returns the state with another record of a user or role, or with one more. */
export function withPrincipal(state: KeystoreState, record: PrincipalRecord): KeystoreState {
  return withPrincipals(state, new Map(state.principals).set(record.uniqueId, record));
}

function listOf(
  { principals = NONE }: KeystoreState,
  type: PrincipalRecord['type'],
  accountId: string,
): readonly PrincipalRecord[] {
  return [...principals.values()].filter((each) => each.type === type && each.accountId === accountId);
}
