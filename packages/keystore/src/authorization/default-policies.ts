/**
 * The policies of keys that were made without one.
 * @module
 */

import { type Place, placeOf, rootArn } from '@securestring/service';
import { parsePolicy } from '@securestring/service/policy';
import type { KeyRecord } from '../state/records.ts';

/** Returns the policy that a key has without one of its own. */
export function defaultPolicyOf({ arn, keyManager }: Pick<KeyRecord, 'arn' | 'keyManager'>): string {
  return keyManager === 'AWS' ? ssmPolicy(arn) : defaultPolicy(arn);
}

/**
 * Whether a key policy leaves everything to the key's account and says nothing else, as the policy of a key that is
 * made without one.
 *
 * @throws `PolicyFault` for a text that is not a key policy.
 * @example
 * const { policy } = await keystore.getKeyPolicy({ keyId });
 * isDefaultKeyPolicy(policy, keystore); // true until another one is put
 */
export function isDefaultKeyPolicy(policy: string, account: Pick<Place, 'partition' | 'accountId'>): boolean {
  const [only, ...others] = parsePolicy(policy, 'key').statements;
  if (only === undefined || others.length > 0) return false;
  const { effect, principals, actions, resources, conditions } = only;
  const root = rootArn(account);
  const isRoot = principals?.isNegated === false && principals.names.every(({ name }) => name === root);
  const isAll = [actions, resources].every((patterns) => patterns?.isNegated === false);
  const [onlyActions, onlyResources] = [String(actions?.values), String(resources?.values)];
  return effect === 'Allow' && isRoot && isAll && onlyActions === 'kms:*' && onlyResources === '*' && !conditions[0];
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
