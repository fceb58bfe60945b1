/**
 * The operations on key policies. They are kept and shown, and no call is refused because of one yet.
 * @module
 */

import { encodeUtf8 } from '@securestring/core/utf8';
import { type Member, optional, placeOf, rootArn, text } from '@securestring/service';
import { decideOnResource, PolicyFault, parsePolicy, preparePolicy, type Question } from '@securestring/service/policy';
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
import { type KeyRecord, withKey } from '../state/records.ts';
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
  return { policy: policyOf(record), policyName };
}

/** Replaces a key's policy. */
export function putKeyPolicy(draft: Draft, request: PutKeyPolicyRequest): Edited<void> {
  const { record } = findKeyNoAlias(draft, request.keyId);
  requireCustomerManaged(draft, record, 'PutKeyPolicy');
  requireManageable(request, record.arn);
  return { state: withKey(draft.state, { ...record, policy: request.policy }), result: undefined };
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

/** AWS's lockout safety check: the caller who puts a policy must be able to put another one. Here that is the root. */
export function requireManageable(
  {
    policy,
    bypassPolicyLockoutSafetyCheck = false,
  }: Omit<PutKeyPolicyRequest, 'keyId' | 'policy'> & { policy?: string },
  arn: string,
): void {
  if (policy === undefined || bypassPolicyLockoutSafetyCheck) return;
  const { accountId } = placeOf(arn);
  const root = rootArn(placeOf(arn));
  const question: Question = {
    caller: { type: 'Root', accountId, arn: root, roleArn: undefined, uniqueId: accountId },
    policies: { identity: [], boundary: undefined, session: undefined },
    action: 'kms:PutKeyPolicy',
    resource: arn,
    values: rootValues(accountId, root),
  };
  const decision = decideOnResource(question, {
    type: 'resource-based policy',
    policy: preparePolicy(arn, parsed(policy)),
    accountId,
  });
  if (!decision.isAllowed) {
    throw malformed('The new key policy will not allow you to update the key policy in the future.');
  }
}

/** The condition keys that every request of the root has. */
function rootValues(accountId: string, arn: string): Question['values'] {
  const values = new Map([
    ['kms:calleraccount', accountId],
    ['aws:principalaccount', accountId],
    ['aws:principalarn', arn],
    ['aws:principaltype', 'Account'],
    ['aws:userid', accountId],
  ]);
  return (key) => values.get(key);
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

function policyOf({ arn, policy, keyManager }: KeyRecord): string {
  if (policy !== undefined) return policy;
  return keyManager === 'AWS' ? ssmPolicy(arn) : defaultPolicy(arn);
}

/** The policy that AWS gives to keys that are made without one. */
function defaultPolicy(arn: string): string {
  return write('key-default-1', [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: rootArn(placeOf(arn)) },
      Action: 'kms:*',
      Resource: '*',
    },
  ]);
}

/** The policy of `alias/aws/ssm`: everyone in the account may use the key through Parameter Store, and not directly. */
function ssmPolicy(arn: string): string {
  const { region, accountId } = placeOf(arn);
  return write('auto-ssm-1', [
    {
      Sid: 'Allow access through SSM for all principals in the account that are authorized to use SSM',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:CallerAccount': accountId, 'kms:ViaService': `ssm.${region}.amazonaws.com` },
      },
    },
    {
      Sid: 'Allow direct access to key metadata to the account',
      Effect: 'Allow',
      Principal: { AWS: rootArn(placeOf(arn)) },
      Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
      Resource: '*',
    },
  ]);
}

/** Writes a policy as AWS shows those that it made itself: a space before and behind each colon. */
function write(id: string, statements: readonly object[]): string {
  const json = JSON.stringify({ Version: '2012-10-17', Id: id, Statement: statements }, undefined, 2);
  return json.replaceAll(/^( *"\w+(?::\w+)?"): /gm, '$1 : ');
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
