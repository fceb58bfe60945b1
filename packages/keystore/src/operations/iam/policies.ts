/**
 * The inline policies of users and roles.
 * @module
 */

import { IamError } from '../../errors.ts';
import type { IamPageRequest, InAccount, InlinePolicy, ListInlinePoliciesResult } from '../../requests.ts';
import type { Draft, Edited, View } from '../../state/view.ts';
import { policyLength } from './documents.ts';
import type { Kind } from './kinds.ts';
import { iamPage } from './pages.ts';
import { findPrincipal, withPrincipal } from './principals.ts';

/** A request that names an inline policy. */
export type PolicyName = InAccount & Pick<InlinePolicy, 'policyName'>;

/** Adds an inline policy, or replaces one. */
export function putPolicy(
  draft: Draft,
  kind: Kind,
  name: string,
  { policyName, policyDocument, ...where }: InAccount & InlinePolicy,
): Edited<void> {
  const record = findPrincipal(draft, kind, name, where);
  const policies = new Map(record.policies).set(policyName, policyDocument);
  const length = [...policies.values()].reduce((sum, text) => sum + policyLength(text), 0);
  if (length > kind.mostPolicies) {
    throw new IamError(
      'LimitExceeded',
      `Maximum policy size of ${kind.mostPolicies} bytes exceeded for ${kind.type} ${name}`,
    );
  }
  return { state: withPrincipal(draft.state, { ...record, policies }), result: undefined };
}

/** Returns an inline policy as it was put. */
export function policyOf(view: View, kind: Kind, name: string, { policyName, ...where }: PolicyName): InlinePolicy {
  const policyDocument = findPrincipal(view, kind, name, where).policies.get(policyName);
  if (policyDocument === undefined) throw noPolicy(kind, policyName);
  return { policyName, policyDocument };
}

/** Lists the names of inline policies. */
export function listPolicies(
  view: View,
  kind: Kind,
  name: string,
  { accountId, ...request }: InAccount & IamPageRequest,
): ListInlinePoliciesResult {
  const { policies } = findPrincipal(view, kind, name, accountId === undefined ? {} : { accountId });
  const { entries, ...rest } = iamPage([...policies.keys()], (policyName) => policyName, request);
  return { policyNames: entries, ...rest };
}

/** Deletes an inline policy. */
export function deletePolicy(
  draft: Draft,
  kind: Kind,
  name: string,
  { policyName, ...where }: PolicyName,
): Edited<void> {
  const record = findPrincipal(draft, kind, name, where);
  const policies = new Map(record.policies);
  if (!policies.delete(policyName)) throw noPolicy(kind, policyName);
  return { state: withPrincipal(draft.state, { ...record, policies }), result: undefined };
}

function noPolicy({ type }: Kind, policyName: string): IamError {
  return new IamError('NoSuchEntity', `The ${type} policy with name ${policyName} cannot be found.`);
}
