/**
 * Whether a caller may assume a role: its trust policy must allow it, and where that leaves it to the caller's account,
 * or the caller is of another one, the caller's own policies too.
 *
 * AWS Identity and Access Management User Guide, "Actions, resources, and condition keys for AWS Security Token
 * Service".
 * @module
 */

import {
  type CallFacts,
  type ConditionValues,
  callerValue,
  type Decision,
  decideOnResource,
  type PreparedPolicy,
  parsePolicy,
  preparePolicy,
  type Question,
  valueIn,
} from '@securestring/service/policy';
import type { PrincipalRecord } from '../state/records.ts';
import { withUniqueIds } from './unique-principals.ts';

/** What a caller asks of a role. */
export interface Assumption {
  readonly role: PrincipalRecord;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** A question that was decided against the caller. */
export interface Refused {
  readonly question: Question;
  readonly decision: Decision & { readonly isAllowed: false };
}

/** Returns the first action that the caller may not do on the role; `undefined` if the caller may assume it. */
export function refusedOf(facts: CallFacts, assumption: Assumption): Refused | undefined {
  const { role, roleArn, tags } = assumption;
  const { caller, policies } = facts.identity;
  const actions = ['sts:AssumeRole', ...(tags.size > 0 ? ['sts:TagSession'] : [])];
  for (const action of actions) {
    const question = { caller, policies, action, resource: roleArn, values: valuesOf(facts, assumption) };
    const decision = decideOnResource(question, {
      type: 'role trust policy',
      policy: trustPolicyOf(role, roleArn),
      accountId: role.accountId,
    });
    if (!decision.isAllowed) return { question, decision };
  }
  return undefined;
}

/** A change of a role makes another record. */
const prepared = new WeakMap<PrincipalRecord, PreparedPolicy>();

function trustPolicyOf(role: PrincipalRecord, name: string): PreparedPolicy {
  const known = prepared.get(role);
  if (known !== undefined) return known;
  const policy = preparePolicy(name, withUniqueIds(parsePolicy(role.trustPolicy ?? '', 'trust'), role.trustPrincipals));
  prepared.set(role, policy);
  return policy;
}

const PREFIXES: readonly (readonly [string, (assumption: Assumption) => ReadonlyMap<string, string>])[] = [
  ['aws:requesttag/', ({ tags }) => tags],
  ['aws:resourcetag/', ({ role }) => role.tags],
  ['iam:resourcetag/', ({ role }) => role.tags],
];

function valuesOf(facts: CallFacts, assumption: Assumption): ConditionValues {
  const { sessionName, externalId, tags } = assumption;
  return (key) => {
    if (key === 'sts:rolesessionname') return sessionName;
    if (key === 'sts:externalid') return externalId;
    if (key === 'aws:tagkeys') return tags.size === 0 ? undefined : [...tags.keys()];
    const prefix = PREFIXES.find(([start]) => key.startsWith(start));
    return prefix === undefined ? callerValue(key, facts) : valueIn(prefix[1](assumption), key.slice(prefix[0].length));
  };
}
