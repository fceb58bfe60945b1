/**
 * What the tests of policies ask with: a caller, values of a request, and one decision.
 * @module
 */

import {
  type Caller,
  type CallerPolicies,
  type ConditionValues,
  type Decision,
  decideForCaller,
  decideOnResource,
  type PolicyKind,
  parsePolicy,
  preparePolicy,
  type Question,
  type TrustingResource,
} from '../../src/policy.ts';

export const ACCOUNT = '111122223333';
export const OTHER = '444455556666';
export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const PARAMETER = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/db`;

/** Values by key; keys are written as policies write them. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

export const USER: Caller = {
  type: 'User',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/team/ann`,
  roleArn: undefined,
  uniqueId: 'AIDAANNANNANNANNANNAN',
};
export const SESSION: Caller = {
  type: 'Session',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/team/reader`,
  uniqueId: 'AROAREADERREADERREADE',
};
export const ROOT: Caller = {
  type: 'Root',
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  roleArn: undefined,
  uniqueId: ACCOUNT,
};
export const STRANGER: Caller = {
  ...USER,
  accountId: OTHER,
  arn: `arn:aws:iam::${OTHER}:user/bob`,
  uniqueId: 'AIDABOB',
};

/** Values as the evaluator asks for them. */
export function valuesOf(values: Values): ConditionValues {
  const byLowerName = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  return (key) => byLowerName.get(key);
}

/** A policy as its JSON, or its statements. */
export type Policy = string | object | readonly object[];

export function prepared(policy: Policy, kind: PolicyKind, name = 'p') {
  const isWhole = typeof policy === 'string' || 'Statement' in policy;
  const text =
    typeof policy === 'string'
      ? policy
      : JSON.stringify(isWhole ? policy : { Version: '2012-10-17', Statement: policy });
  return preparePolicy(name, parsePolicy(text, kind));
}

/** What a decision is made of. */
export interface Asked {
  readonly caller?: Caller;
  readonly identity?: Policy;
  readonly boundary?: Policy;
  readonly session?: Policy;
  readonly key?: Policy;
  readonly keyAccount?: string;
  readonly trust?: Policy;
  readonly isGranted?: boolean;
  readonly action?: string;
  readonly resource?: string;
  readonly values?: Values;
}

export function questionOf({ caller = USER, identity, boundary, session, ...rest }: Asked): Question {
  const policies: CallerPolicies = {
    identity: identity === undefined ? [] : [prepared(identity, 'identity')],
    boundary: boundary === undefined ? undefined : prepared(boundary, 'identity'),
    session: session === undefined ? undefined : [prepared(session, 'identity')],
  };
  const { action = 'kms:Decrypt', resource = KEY, values = {} } = rest;
  return { caller, policies, action, resource, values: valuesOf(values) };
}

/** The resource with the policy that the question has. */
export function resourceOf(asked: Asked): TrustingResource | undefined {
  const { key, trust, isGranted = false, keyAccount: accountId = ACCOUNT } = asked;
  if (key !== undefined) {
    const policy = prepared(key, 'key');
    return { type: 'resource-based policy', policy, accountId, isGranted: () => isGranted };
  }
  if (trust === undefined) return undefined;
  return { type: 'role trust policy', policy: prepared(trust, 'trust'), accountId };
}

/** Decides on a key or a role if the question has such a policy, else for the caller alone. */
export function decide(asked: Asked): Decision {
  const resource = resourceOf(asked);
  const question = questionOf(asked);
  return resource === undefined ? decideForCaller(question) : decideOnResource(question, resource);
}

/** The outcome in a word: what allowed, or what denied or lacks. */
export function outcomeOf(decision: Decision): string {
  if (decision.isAllowed) return 'allowed';
  const { type, by } = decision;
  return by === undefined ? `no ${type}` : `deny in ${type}`;
}
