/**
 * The operations on key policies.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { encodeUtf8 } from '@securestring/core/utf8';
import { type Member, optional, placeOf, rootArn, text } from '@securestring/service';
import { PolicyFault, parsePolicy } from '@securestring/service/policy';
import { mayPutPolicy } from '../authorization/authorize.ts';
import { identityOf } from '../authorization/identities.ts';
import { keyPolicyText } from '../authorization/key-policy.ts';
import { shownPolicy, uniqueIdsOf } from '../authorization/unique-principals.ts';
import { KmsError } from '../errors.ts';
import { MAX_KEY_POLICY_LENGTH, MAX_POLICY_LENGTH, MAX_POLICY_NAME_LENGTH } from '../limits.ts';
import type {
  GetKeyPolicyRequest,
  GetKeyPolicyResult,
  ListKeyPoliciesRequest,
  ListKeyPoliciesResult,
  PolicyOperations,
  PutKeyPolicyRequest,
} from '../requests.ts';
import { type KeyRecord, type KeystoreState, withKey } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { findKeyNoAlias, requireCustomerManaged, validationError } from './checks.ts';
import { FLAG, KEY_ID, PAGE, PAGE_ANSWER, TEXT, TEXTS } from './members.ts';
import { page } from './pages.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

/** The only name of a key policy. */
const NAME = 'default';

/** Returns a key's policy. */
export function getKeyPolicy(view: View, { keyId, policyName = NAME }: GetKeyPolicyRequest): GetKeyPolicyResult {
  const { record } = findKeyNoAlias(view, keyId);
  if (policyName !== NAME) throw new KmsError('NotFoundException', 'No such policy exists');
  return { policy: shownPolicy(view.state, keyPolicyText(record), record.policyPrincipals), policyName };
}

/** Replaces a key's policy. */
export function putKeyPolicy(draft: Draft, request: PutKeyPolicyRequest): Edited<void> {
  const { record } = findKeyNoAlias(draft, request.keyId);
  requireCustomerManaged(draft, record, 'PutKeyPolicy');
  const { policyPrincipals: _, ...kept } = record;
  const next = { ...kept, ...policyMembers(draft.state, request) };
  requireManageable(draft, next, request.bypassPolicyLockoutSafetyCheck);
  return { state: withKey(draft.state, next), result: undefined };
}

/**
 * Returns the members of a key's record that its policy fills. Users and roles that it names must exist, unless the
 * keystore has none at all: their ARNs are then kept as texts.
 *
 * @throws `KmsError` (`MalformedPolicyDocumentException`).
 */
export function policyMembers(
  state: KeystoreState,
  { policy }: { readonly policy?: string },
): Pick<KeyRecord, 'policy' | 'policyPrincipals'> {
  if (policy === undefined) return {};
  if (state.principals === undefined) return { policy };
  const { ids, missing } = uniqueIdsOf(state, parsed(policy));
  if (missing !== undefined) {
    throw malformed(
      'Policy contains a statement with one or more invalid principals.',
      `This account has no user or role ${excerpt(missing)}. Make it first, or correct the name: its case counts, and its path.`,
    );
  }
  return { policy, ...(ids.size > 0 && { policyPrincipals: ids }) };
}

/** Lists the one name. */
export function listKeyPolicies(view: View, { keyId, ...request }: ListKeyPoliciesRequest): ListKeyPoliciesResult {
  findKeyNoAlias(view, keyId);
  const { entries, ...rest } = page([NAME], (name) => name, request);
  return { policyNames: entries, ...rest };
}

/** Checks what a request says of a policy, before a key is looked up. */
export function requirePolicy({ policy }: { readonly policy?: string }): void {
  if (policy === undefined) return;
  const { length } = encodeUtf8(policy);
  if (length > MAX_KEY_POLICY_LENGTH) {
    throw new KmsError(
      'LimitExceededException',
      `The key policy has ${length} bytes, and may have at most ${MAX_KEY_POLICY_LENGTH}.`,
    );
  }
  parsed(policy);
}

/**
 * AWS's lockout safety check: the caller who puts a policy must be able to put another one, by the whole decision.
 */
export function requireManageable(view: View, record: KeyRecord, isBypassed = false): void {
  if (record.policy === undefined || isBypassed) return;
  const { state } = view;
  const root = rootArn(placeOf(record.arn));
  const by = view.by ?? { identify: () => identityOf(state, root), origin: {} };
  const identity = by.identify();
  if (identity !== undefined && mayPutPolicy(view, record, { identity, origin: by.origin })) return;
  throw malformed('The new key policy will not allow you to update the key policy in the future.');
}

function parsed(policy: string): ReturnType<typeof parsePolicy> {
  try {
    return parsePolicy(policy, 'key');
  } catch (error) {
    if (error instanceof PolicyFault) throw malformed(error.message, error.detail);
    throw error;
  }
}

function malformed(message: string, detail?: string): KmsError {
  return new KmsError('MalformedPolicyDocumentException', message, detail);
}

/** AWS's bounds of a policy's text. Characters above U+00FF are refused. */
export const POLICY: Member<false> = text({
  least: 1,
  most: MAX_POLICY_LENGTH,
  pattern: /^[\t\n\r -\xff]+$/,
  shown: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
});
const POLICY_NAME = optional(text({ least: 1, most: MAX_POLICY_NAME_LENGTH, pattern: /^\w+$/, shown: '[\\w]+' }));

/** The condition key of a request with a policy. */
export const BYPASS = { 'kms:BypassPolicyLockoutSafetyCheck': 'bypassPolicyLockoutSafetyCheck' } as const;

/** The rows of these operations. */
export const POLICY_ROWS: Rows<PolicyOperations> = {
  getKeyPolicy: {
    request: { keyId: KEY_ID, policyName: POLICY_NAME },
    answer: { policy: TEXT, policyName: TEXT },
    readOnly: true,
    way: 'read',
    work: getKeyPolicy,
  },
  putKeyPolicy: {
    ...SILENT_CHANGE,
    request: { keyId: KEY_ID, policyName: POLICY_NAME, policy: POLICY, bypassPolicyLockoutSafetyCheck: FLAG },
    judge: ({ policyName = NAME, policy }) => {
      if (policyName !== NAME) throw validationError(`PolicyName must be ${NAME}.`);
      requirePolicy({ policy });
    },
    conditions: BYPASS,
    work: putKeyPolicy,
  },
  listKeyPolicies: {
    request: { keyId: KEY_ID, ...PAGE },
    answer: { policyNames: TEXTS, ...PAGE_ANSWER },
    readOnly: true,
    way: 'read',
    work: listKeyPolicies,
  },
};
