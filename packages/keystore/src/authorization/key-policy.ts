/**
 * The policy of a key, as a text and prepared for decisions.
 *
 * The ARN of a user or role is kept with the unique id that it had when the policy was put, and decisions compare the
 * id. A user who is created again under the same name has another id, so the policy does not name that one.
 * @module
 */

import { type PreparedPolicy, parsePolicy, preparePolicy } from '@securestring/service/policy';
import type { KeyRecord } from '../state/records.ts';
import { defaultPolicyOf } from './default-policies.ts';
import { withUniqueIds } from './unique-principals.ts';

/** A change of a key's policy makes another record. */
const prepared = new WeakMap<KeyRecord, PreparedPolicy>();

/** Returns the text of a key's policy: the one that was put, else the default one. */
export function keyPolicyText(record: Pick<KeyRecord, 'arn' | 'policy' | 'keyManager'>): string {
  return record.policy ?? defaultPolicyOf(record);
}

/** Returns a key's policy for decisions. Each record's is prepared once. */
export function keyPolicyOf(record: KeyRecord): PreparedPolicy {
  const known = prepared.get(record);
  if (known !== undefined) return known;
  const document = parsePolicy(keyPolicyText(record), 'key');
  const policy = preparePolicy(record.arn, withUniqueIds(document, record.policyPrincipals));
  prepared.set(record, policy);
  return policy;
}
