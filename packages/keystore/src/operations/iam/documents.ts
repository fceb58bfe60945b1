/**
 * Policy documents of IAM: read, measured, and their principals found.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { type PolicyDocument, PolicyFault, type PolicyKind, parsePolicy } from '@securestring/service/policy';
import { type UniqueIds, uniqueIdsOf } from '../../authorization/unique-principals.ts';
import { IamError } from '../../errors.ts';
import { MAX_TRUST_POLICY_LENGTH } from '../../limits.ts';
import type { KeystoreState } from '../../state/records.ts';

/**
 * Parses a policy.
 *
 * @throws `IamError` (`MalformedPolicyDocument`).
 */
export function parseDocument(text: string, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicyFault) throw malformed(error.message, error.detail);
    throw error;
  }
}

/** Refuses a trust policy that AWS refuses, before a role is looked up. */
export function requireTrustPolicy(text: string): void {
  parseDocument(text, 'trust');
  if (policyLength(text) <= MAX_TRUST_POLICY_LENGTH) return;
  throw new IamError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_POLICY_LENGTH}`);
}

/** Returns the members of a role's record that its trust policy fills. Users and roles that it names must exist. */
export function trustMembers(
  state: KeystoreState,
  trustPolicy: string,
): { readonly trustPolicy: string; readonly trustPrincipals?: UniqueIds } {
  const { ids, missing } = uniqueIdsOf(state, parseDocument(trustPolicy, 'trust'));
  if (missing !== undefined) {
    throw malformed(
      `Invalid principal in policy: "AWS":"${excerpt(missing)}"`,
      'This account has no such user or role. Make it first, or correct the name: its case counts, and its path.',
    );
  }
  return { trustPolicy, ...(ids.size > 0 && { trustPrincipals: ids }) };
}

/** Returns the characters of a policy that AWS counts: white space is not among them. */
export function policyLength(text: string): number {
  return text.replaceAll(/\s/g, '').length;
}

function malformed(message: string, detail: string): IamError {
  return new IamError('MalformedPolicyDocument', message, detail);
}
