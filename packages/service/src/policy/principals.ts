/**
 * Principals: reads those that a statement names, and finds a caller among them.
 *
 * AWS Identity and Access Management User Guide, "AWS JSON policy elements: Principal".
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import type { JsonRecord } from './json.ts';
import { PolicyFault, type PolicyKind, type PrincipalName, type Principals } from './statement.ts';

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

/** Each closeness with its test, the closest first. Wildcards inside of a name never match, as on AWS. */
const NAMED: readonly (readonly [Closeness, (name: string, caller: Caller) => boolean])[] = [
  ['session', (name, caller) => caller.type === 'Session' && (name === caller.arn || isUniqueSession(name, caller))],
  ['user', (name, { type, arn, uniqueId }) => type === 'User' && (name === arn || name === uniqueId)],
  ['role', (name, { type, roleArn, uniqueId }) => type === 'Session' && (name === roleArn || name === uniqueId)],
  ['everyone', (name) => name === '*'],
  ['account', (name, { accountId }) => accountOf(name) === accountId],
];

/** Whether a name is the unique id of a session's role, and the session's name: `AROA…:NAME`. */
function isUniqueSession(name: string, { arn, uniqueId }: Caller): boolean {
  return name.startsWith(`${uniqueId}:`) && name.slice(uniqueId.length + 1) === arn.slice(arn.lastIndexOf('/') + 1);
}

/**
 * Finds how closely principals name a caller; `undefined` if they do not. `NotPrincipal` names those that are left as
 * everyone.
 */
export function closenessOf({ isNegated, names }: Principals, caller: Caller): Closeness | undefined {
  const found = NAMED.find(([, isNamed]) => names.some(({ type, name }) => type === 'AWS' && isNamed(name, caller)));
  if (!isNegated) return found?.[0];
  return found === undefined ? 'everyone' : undefined;
}

function invalid(detail: string): PolicyFault {
  return new PolicyFault('Policy contains a statement with one or more invalid principals.', detail);
}

function malformed(detail: string): PolicyFault {
  return new PolicyFault('Syntax errors in policy.', detail);
}
