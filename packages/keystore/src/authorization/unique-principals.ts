/**
 * Users and roles in policies of resources. Their ARNs are kept with the unique ids that they had when the policy was
 * put, and decisions compare the ids.
 * @module
 */

import type { PolicyDocument, PrincipalName, Statement } from '@securestring/service/policy';
import { accountOfPrincipal, findPrincipalByArn, parseSessionArn } from '../state/principals.ts';
import type { KeystoreState } from '../state/records.ts';
import { replacePrincipals } from './principal-texts.ts';

/** Unique ids by the ARNs that had them. */
export type UniqueIds = ReadonlyMap<string, string>;

/** Where principals are looked for. */
type Known = Pick<KeystoreState, 'partition' | 'accountId' | 'principals'>;

const UNIQUE_ID = /^(A(?:IDA|ROA)[A-Z0-9]+)(?::.+)?$/;

/**
 * Finds the unique ids of the users and roles that a policy names; of the ARN of a session it is the role's. `missing`
 * is a name of the keystore's own account that is not of any: an ARN, or the unique id of one that was deleted.
 */
export function uniqueIdsOf(
  state: Known,
  { statements }: PolicyDocument,
): { readonly ids: UniqueIds; readonly missing: string | undefined } {
  const ids = new Map<string, string>();
  let missing: string | undefined;
  for (const { type, name } of statements.flatMap(({ principals }) => principals?.names ?? [])) {
    if (type !== 'AWS') continue;
    const uniqueId = UNIQUE_ID.exec(name)?.[1];
    const found = uniqueId === undefined ? findPrincipalByArn(state, name) : state.principals?.get(uniqueId);
    const isOwn = uniqueId !== undefined || accountOfPrincipal(name) === state.accountId;
    if (found === undefined && isOwn) missing ??= name;
    if (found !== undefined && uniqueId === undefined) ids.set(name, found.uniqueId);
  }
  return { ids, missing };
}

/** Returns a policy with unique ids in place of ARNs, for decisions. */
export function withUniqueIds(document: PolicyDocument, ids: UniqueIds | undefined): PolicyDocument {
  if (ids === undefined) return document;
  return withNames(document, (name) => {
    const id = ids.get(name);
    return id === undefined ? name : uniqueName(name, id);
  });
}

/** A name that no principal has. */
const NONE = '-';

/**
 * Returns a policy in which the ARNs of an account's users, roles and sessions that are left allow nothing. What denies
 * them stays.
 */
export function withoutNames(document: PolicyDocument, accountId: string): PolicyDocument {
  const isLeft = ({ type, name }: PrincipalName) => type === 'AWS' && accountOfPrincipal(name) === accountId;
  const isLeftIn = ({ effect, principals }: Statement) =>
    principals !== undefined && (effect === 'Allow') !== principals.isNegated && principals.names.some(isLeft);
  if (!document.statements.some(isLeftIn)) return document;
  return withNames(document, (name, statement) => (isLeftIn(statement) && isLeft({ type: 'AWS', name }) ? NONE : name));
}

/** Replaces the principals of type `AWS`. */
function withNames(document: PolicyDocument, replace: (name: string, statement: Statement) => string): PolicyDocument {
  const statements = document.statements.map((statement) => {
    const { principals } = statement;
    if (principals === undefined) return statement;
    const names = principals.names.map((given) =>
      given.type === 'AWS' ? { ...given, name: replace(given.name, statement) } : given,
    );
    return { ...statement, principals: { ...principals, names } };
  });
  return { ...document, statements };
}

/** Returns the text of a policy as it is shown: with the unique id in place of the ARN of one that exists no more. */
export function shownPolicy(state: Known, text: string, ids: UniqueIds | undefined): string {
  if (ids === undefined) return text;
  const gone = [...ids].filter(([arn, id]) => findPrincipalByArn(state, arn)?.uniqueId !== id);
  if (gone.length === 0) return text;
  const names = new Map(gone.map(([arn, id]) => [arn, uniqueName(arn, id)]));
  return replacePrincipals(text, (name) => names.get(name));
}

/** Returns the text that replaces an ARN: the unique id, and for the ARN of a session the session's name too. */
function uniqueName(arn: string, uniqueId: string): string {
  const session = parseSessionArn(arn);
  return session === undefined ? uniqueId : `${uniqueId}:${session.sessionName}`;
}
