/**
 * The policy of a key, as a text and prepared for decisions.
 *
 * The ARN of a user or role is kept with the unique id that it had when the policy was put, and decisions compare the
 * id. A user who is created again under the same name has another id, so the policy does not name that one.
 * @module
 */

import { placeOf } from '@securestring/service';
import { type PreparedPolicy, parsePolicy, preparePolicy } from '@securestring/service/policy';
import type { KeyRecord } from '../state/records.ts';
import { defaultPolicyOf } from './default-policies.ts';
import { withoutNames, withUniqueIds } from './unique-principals.ts';

/** A policy for decisions, with and without the names that no user or role had when it was put. */
interface Prepared {
  readonly whole: PreparedPolicy;
  readonly resolved: PreparedPolicy;
}

/** A change of a key's policy makes another record. */
const prepared = new WeakMap<KeyRecord, Prepared>();

/** Returns the text of a key's policy: the one that was put, else the default one. */
export function keyPolicyText(record: Pick<KeyRecord, 'arn' | 'policy' | 'keyManager'>): string {
  return record.policy ?? defaultPolicyOf(record);
}

/**
 * Returns a key's policy for decisions. Each record's is prepared once. For a caller of the keystore itself, names of
 * its account that no user or role had when the policy was put allow nothing now; a caller of another keystore is known
 * here by its name alone.
 */
export function keyPolicyOf(record: KeyRecord, isCallerKnown = false): PreparedPolicy {
  let found = prepared.get(record);
  if (found === undefined) {
    found = prepare(record);
    prepared.set(record, found);
  }
  return isCallerKnown ? found.resolved : found.whole;
}

function prepare(record: KeyRecord): Prepared {
  const document = withUniqueIds(parsePolicy(keyPolicyText(record), 'key'), record.policyPrincipals);
  const whole = preparePolicy(record.arn, document);
  const resolved = withoutNames(document, placeOf(record.arn).accountId);
  return { whole, resolved: resolved === document ? whole : preparePolicy(record.arn, resolved) };
}
