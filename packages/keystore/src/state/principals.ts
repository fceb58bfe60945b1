/**
 * Users and roles: their ARNs, and the way from an ARN to its record.
 * @module
 */

import type { KeystoreState, PrincipalRecord } from './records.ts';

/** The principals of a state, by the texts that policies and callers know them by. */
interface Index {
  /** By the ARN of the user or role. */
  readonly byArn: ReadonlyMap<string, PrincipalRecord>;
  /** By the account and the name of the role, which is all that the ARN of a session has of it. */
  readonly roles: ReadonlyMap<string, PrincipalRecord>;
}

const SESSION_ARN = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/;
const PRINCIPAL_ARN = /^arn:([^:]+):(?:iam::(\d{12}):(?:user|role)|sts::(\d{12}):assumed-role)\/./;

/** The index of each state's principals. A change of anything else keeps their map. */
const indexes = new WeakMap<object, Index>();

/** Builds the ARN of a user or role. */
export function principalArn(
  partition: string,
  { type, path, name, accountId }: Pick<PrincipalRecord, 'type' | 'path' | 'name' | 'accountId'>,
): string {
  return `arn:${partition}:iam::${accountId}:${type}${path}${name}`;
}

/** The parts of the ARN of a role's session. */
export interface SessionArn {
  readonly accountId: string;
  /** The name of the role. Its path is not in the ARN. */
  readonly roleName: string;
  readonly sessionName: string;
}

/** Parses the ARN of a role's session; `undefined` if it is not one. */
export function parseSessionArn(arn: string): SessionArn | undefined {
  const [, , accountId, roleName, sessionName] = SESSION_ARN.exec(arn) ?? [];
  if (accountId === undefined || roleName === undefined || sessionName === undefined) return undefined;
  return { accountId, roleName, sessionName };
}

/** Returns the account in the ARN of a user, of a role, or of a role's session; `undefined` for any other text. */
export function accountOfPrincipal(arn: string): string | undefined {
  const [, , ofIam, ofSts] = PRINCIPAL_ARN.exec(arn) ?? [];
  return ofIam ?? ofSts;
}

/** Finds the user or role that an ARN names. Of the ARN of a session it is the role. Names are case-sensitive here. */
export function findPrincipalByArn(
  state: Pick<KeystoreState, 'partition' | 'principals'>,
  arn: string,
): PrincipalRecord | undefined {
  if (state.principals === undefined) return undefined;
  const { byArn, roles } = indexOf(state, state.principals);
  const found = byArn.get(arn);
  if (found !== undefined) return found;
  const session = parseSessionArn(arn);
  if (session === undefined || !arn.startsWith(`arn:${state.partition}:`)) return undefined;
  return roles.get(roleKey(session.accountId, session.roleName));
}

function indexOf(
  { partition }: Pick<KeystoreState, 'partition'>,
  principals: NonNullable<KeystoreState['principals']>,
): Index {
  const known = indexes.get(principals);
  if (known !== undefined) return known;
  const all = [...principals.values()];
  const index: Index = {
    byArn: new Map(all.map((each) => [principalArn(partition, each), each])),
    roles: new Map(all.filter(({ type }) => type === 'role').map((each) => [roleKey(each.accountId, each.name), each])),
  };
  indexes.set(principals, index);
  return index;
}

function roleKey(accountId: string, name: string): string {
  return `${accountId}/${name}`;
}

/** Returns the state with these users and roles. A document without any is as it was before there were any. */
export function withPrincipals(
  { principals: _, ...state }: KeystoreState,
  principals: ReadonlyMap<string, PrincipalRecord>,
): KeystoreState {
  return principals.size === 0 ? state : { ...state, principals };
}
