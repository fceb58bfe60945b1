/**
 * Principals: reads those that a statement names, and finds a caller among them.
 *
 * AWS Identity and Access Management User Guide, "AWS JSON policy elements: Principal".
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import type { JsonRecord } from './json.ts';
import { PolicyFault, type PolicyKind, type PrincipalName, type Principals, type Statement } from './statement.ts';

/** A caller, as policies see one. */
export interface Caller {
  readonly type: 'Root' | 'User' | 'Session';
  readonly accountId: string;
  /** The ARN of the root, the user, or the role's session. */
  readonly arn: string;
  /** The ARN of the role whose session this is. */
  readonly roleArn: string | undefined;
  /** The unique id of the user or the role, such as `AROA…`; of the root the account id. */
  readonly uniqueId: string;
}

/** How closely a statement names a caller, the closest first. */
export type Closeness = 'session' | 'user' | 'role' | 'everyone' | 'account';

const TYPES = ['AWS', 'Service', 'Federated'] as const;
const ACCOUNT = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/;

/**
 * Parses the principals of a statement.
 *
 * @throws {@link PolicyFault} if an identity policy has some, or another one has none.
 */
export function parsePrincipals(record: JsonRecord, place: string, kind: PolicyKind): Principals | undefined {
  const { Principal: plain, NotPrincipal: negated } = record;
  if (kind === 'identity') {
    if (plain === undefined && negated === undefined) return undefined;
    throw new PolicyFault(
      'Policy document should not specify a principal.',
      `${place}: the policy's own user or role is the principal.`,
    );
  }
  if (plain !== undefined && negated !== undefined) {
    throw malformed(`${place}: Principal and NotPrincipal exclude each other.`);
  }
  if (kind === 'trust' && negated !== undefined) {
    throw new PolicyFault('Has prohibited field NotPrincipal', `${place}: a trust policy has no NotPrincipal.`);
  }
  const given = plain ?? negated;
  if (given === undefined) throw malformed(`${place}: Principal is missing.`);
  return { isNegated: plain === undefined, names: namesOf(given, place, kind) };
}

function namesOf(given: unknown, place: string, kind: PolicyKind): readonly PrincipalName[] {
  if (given === '*') return [{ type: 'AWS', name: '*' }];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw malformed(`${place}: a principal is * or an object such as {"AWS": "arn:aws:iam::111122223333:root"}.`);
  }
  const names = Object.entries(given).flatMap(([type, listed]) => {
    const known = TYPES.find((name) => name === type);
    if (known === undefined || (known === 'Federated' && kind === 'key')) {
      throw invalid(`${place}: ${quoted(type)} is not a type of principal here.`);
    }
    const list: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
    return list.map((name) => {
      if (typeof name !== 'string' || name === '') throw invalid(`${place}: a principal must be a text.`);
      return { type: known, name };
    });
  });
  if (names.length === 0) throw invalid(`${place}: Principal is empty.`);
  return names;
}

/** Returns the account id in a name of type `AWS`; `undefined` if the name is not an account's. */
export function accountOf(name: string): string | undefined {
  return ACCOUNT.exec(name)?.[1];
}

/**
 * Prepares the search for a caller among principals. The result is how closely they name it; `undefined` if they do
 * not. `NotPrincipal` names those that are left as everyone, as an identity policy does, which has no principals.
 * Wildcards inside of a name never match, as on AWS.
 */
export function principalTest({
  principals,
  effect,
}: Pick<Statement, 'principals' | 'effect'>): (caller: Caller) => Closeness | undefined {
  const names = namesFor(principals);
  if (principals?.isNegated !== true) {
    return names.size === 1 && names.has('*') ? () => 'everyone' : (caller) => closenessIn(names, caller);
  }
  return (caller) => (isLeftOut(closenessIn(names, caller), caller, effect) ? undefined : 'everyone');
}

/**
 * Whether a statement leaves a caller out that its `NotPrincipal` names so closely. A deny lists the account beside the
 * user that it spares, as AWS asks; the account's other users and roles are not spared by that.
 */
function isLeftOut(closeness: Closeness | undefined, { type }: Caller, effect: Statement['effect']): boolean {
  if (closeness === 'account') return effect === 'Allow' || type === 'Root';
  return closeness !== undefined;
}

/** Returns the names by which principals may be found: of accounts the ids. */
function namesFor(principals: Principals | undefined): ReadonlySet<string> {
  if (principals === undefined) return new Set('*');
  return new Set(principals.names.flatMap(({ type, name }) => (type === 'AWS' ? [accountOf(name) ?? name] : [])));
}

/**
 * Returns the names by which callers look for principals, and then ask {@link principalTest}: `*` if every caller may
 * be meant, a role's unique id instead of its session's.
 */
export function candidateNames(principals: Principals | undefined): ReadonlySet<string> {
  const names = namesFor(principals?.isNegated === true ? undefined : principals);
  return new Set([...names].map((name) => (name.startsWith('arn:') ? name : name.replace(/:.*/s, ''))));
}

/** Accounts are among the names by their ids. */
function closenessIn(
  names: ReadonlySet<string>,
  { type, arn, roleArn = '', uniqueId, accountId }: Caller,
): Closeness | undefined {
  if (type === 'Session') {
    // The unique id of the role, and the name of the session.
    if (names.has(arn) || names.has(`${uniqueId}:${arn.slice(arn.lastIndexOf('/') + 1)}`)) return 'session';
    if (names.has(roleArn) || names.has(uniqueId)) return 'role';
  }
  if (type === 'User' && (names.has(arn) || names.has(uniqueId))) return 'user';
  if (names.has('*')) return 'everyone';
  return names.has(accountId) ? 'account' : undefined;
}

function invalid(detail: string): PolicyFault {
  return new PolicyFault('Policy contains a statement with one or more invalid principals.', detail);
}

function malformed(detail: string): PolicyFault {
  return new PolicyFault('Syntax errors in policy.', detail);
}
