/**
 * The order of decision: an explicit deny; then the resource's own policy, alone or together with the caller's
 * policies; then a grant; else denied.
 *
 * AWS Identity and Access Management User Guide, "Policy evaluation logic"; AWS Key Management Service Developer Guide,
 * "Troubleshooting key access".
 * @module
 */

import { holds, type PreparedPolicy, type PreparedStatement } from './prepared.ts';
import type { Caller, Closeness } from './principals.ts';
import type { ConditionValues } from './template.ts';

/** The kinds of policies, in the words of AWS's refusals. */
export type PolicyType =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy'
  | 'role trust policy';

/** The policies of a caller. The account's root has none, and may do what no other policy denies. */
export interface CallerPolicies {
  readonly identity: readonly PreparedPolicy[];
  readonly boundary: PreparedPolicy | undefined;
  /** `undefined` if the session was made without. */
  readonly session: readonly PreparedPolicy[] | undefined;
}

/** What a caller asks to do. */
export interface Question {
  readonly caller: Caller;
  readonly policies: CallerPolicies;
  /** Such as `kms:Decrypt`. */
  readonly action: string;
  /** An ARN, or `*` for an operation without a resource. */
  readonly resource: string;
  readonly values: ConditionValues;
}

/** A resource whose own policy must allow: a key, or a role to be assumed. */
export interface TrustingResource {
  readonly type: 'resource-based policy' | 'role trust policy';
  readonly policy: PreparedPolicy;
  readonly accountId: string;
  /** Whether a grant allows the action to the caller. Default none does. */
  readonly isGranted?: () => boolean;
}

/** The statement that decided. */
export interface Deciding {
  readonly type: PolicyType;
  readonly policy: string;
  readonly statement: string;
}

/** A decision. `type` is the kind of policy that denies, or that lacks an allow. */
export type Decision =
  | { readonly isAllowed: true; readonly by: Deciding | 'grant' | 'root' }
  | { readonly isAllowed: false; readonly type: PolicyType; readonly by: Deciding | undefined };

/** Decides on a resource that has a policy of its own, which must allow. */
export function decideOnResource(question: Question, resource: TrustingResource): Decision {
  const denied = findDeny(question, resource);
  if (denied !== undefined) return deny(denied.type, denied);
  const { caller } = question;
  const isForeign = caller.accountId !== resource.accountId;
  let lacking: PolicyType = resource.type;
  const allows = allowsOf(question, resource.policy);
  for (const closeness of ORDER) {
    const statement = allows[closeness];
    if (statement === undefined) continue;
    const missing = missingFor(question, isForeign ? 'account' : closeness);
    if (missing === undefined) return { isAllowed: true, by: deciding(resource.type, statement) };
    lacking = missing;
  }
  if (resource.isGranted?.() === true) return { isAllowed: true, by: 'grant' };
  return deny(lacking);
}

/** Decides on what has no policy of its own: the caller's policies must allow. */
export function decideForCaller(question: Question): Decision {
  const denied = findDeny(question, undefined);
  if (denied !== undefined) return deny(denied.type, denied);
  if (question.caller.type === 'Root') return { isAllowed: true, by: 'root' };
  const by = firstOf(question, 'Allow', 'identity-based policy', question.policies.identity);
  if (by === undefined) return deny('identity-based policy');
  // Boundary and session policy are what limits a role, too.
  const lacking = missingFor(question, 'role');
  return lacking === undefined ? { isAllowed: true, by } : deny(lacking);
}

/** Builds AWS's words for a denial. */
export function denialText(
  { caller, action, resource }: Question,
  { type, by }: Decision & { isAllowed: false },
): string {
  const article = type === 'identity-based policy' ? 'an' : type === 'role trust policy' ? 'the' : 'a';
  const ending =
    by === undefined ? `because no ${type} allows the ${action} action` : `with an explicit deny in ${article} ${type}`;
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${ending}`;
}

function deny(type: PolicyType, by?: Deciding): Decision {
  return { isAllowed: false, type, by };
}

/** The kinds of a caller's policies that limit what another policy allows, by how closely that one names the caller. */
const LIMITS: Readonly<Record<Closeness, readonly PolicyType[]>> = {
  session: [],
  user: [],
  everyone: [],
  role: ['permissions boundary', 'session policy'],
  account: ['identity-based policy', 'permissions boundary', 'session policy'],
};

/** Returns the first kind of the caller's policies that must allow, and does not. */
function missingFor(question: Question, closeness: Closeness): PolicyType | undefined {
  if (question.caller.type === 'Root') return undefined;
  return LIMITS[closeness].find((type) => {
    const policies = policiesOf(question, type);
    return policies !== undefined && firstOf(question, 'Allow', type, policies) === undefined;
  });
}

/** Returns the caller's policies of a kind; `undefined` if no such policy limits the caller. */
function policiesOf({ policies }: Question, type: PolicyType): readonly PreparedPolicy[] | undefined {
  if (type === 'identity-based policy') return policies.identity;
  if (type === 'session policy') return policies.session;
  return policies.boundary === undefined ? undefined : [policies.boundary];
}

const CALLERS: readonly PolicyType[] = ['identity-based policy', 'permissions boundary', 'session policy'];

function findDeny(question: Question, resource: TrustingResource | undefined): Deciding | undefined {
  for (const type of CALLERS) {
    const policies = policiesOf(question, type);
    const found = policies && firstOf(question, 'Deny', type, policies);
    if (found !== undefined) return found;
  }
  return resource && firstOf(question, 'Deny', resource.type, [resource.policy]);
}

function firstOf(
  { caller, action, resource, values }: Question,
  effect: PreparedStatement['effect'],
  type: PolicyType,
  policies: readonly PreparedPolicy[],
): Deciding | undefined {
  for (const policy of policies) {
    for (const { statement } of policy.statementsOn(action, resource)[effect](caller, values)) {
      if (holds(statement, resource, values)) return deciding(type, statement);
    }
  }
  return undefined;
}

/** How closely statements may name a caller, the closest first. */
const ORDER: readonly Closeness[] = ['session', 'user', 'everyone', 'role', 'account'];

/** Returns the statements of a resource's policy that allow: the first one of each closeness. */
function allowsOf(
  { caller, action, resource, values }: Question,
  policy: PreparedPolicy,
): Readonly<Partial<Record<Closeness, PreparedStatement>>> {
  const found: Partial<Record<Closeness, PreparedStatement>> = {};
  for (const { statement, closeness } of policy.statementsOn(action, resource).Allow(caller, values)) {
    if (found[closeness] === undefined && holds(statement, resource, values)) found[closeness] = statement;
  }
  return found;
}

function deciding(type: PolicyType, { policy, label }: PreparedStatement): Deciding {
  return { type, policy, statement: label };
}
