/**
 * The values of condition keys in a call of KMS.
 *
 * AWS Key Management Service Developer Guide, "Condition keys for AWS KMS".
 * @module
 */

import type { EncryptionContext } from '@securestring/core';
import {
  type CallFacts,
  type ConditionValue,
  type ConditionValues,
  callerValue,
  remembered,
  valueIn,
} from '@securestring/service/policy';
import { keyUsageOf } from '../state/at-time.ts';
import type { KeystoreState } from '../state/records.ts';
import type { PassedOn } from './grants.ts';
import type { KeyFacts, Need, Sent } from './needs.ts';

/** A call for which one need is decided. */
export interface KmsFacts extends CallFacts {
  readonly state: KeystoreState;
  readonly request: Sent;
  readonly need: Need;
  /** The condition keys that members of the request fill, in lower case. */
  readonly conditions: ReadonlyMap<string, string>;
}

type ValueOf = (facts: KmsFacts) => ConditionValue;
type OfKey = (key: KeyFacts) => ConditionValue;

const ALIAS = /(?:^|:)(alias\/.+)$/;
const NO_TAGS: readonly (readonly [string, string])[] = [];

/** Keys whose value is a fact of the key. Of `CreateKey` they are the request's, or the defaults. */
const OF_KEY: Readonly<Record<string, OfKey>> = {
  'kms:keyspec': ({ keySpec }) => keySpec,
  'kms:customermasterkeyspec': ({ keySpec }) => keySpec,
  'kms:keyusage': keyUsageOf,
  'kms:customermasterkeyusage': keyUsageOf,
  'kms:keyorigin': ({ origin }) => origin,
  'kms:multiregion': ({ multiRegion }) => String(multiRegion),
  'kms:multiregionkeytype': ({ multiRegion }) => (multiRegion ? 'PRIMARY' : undefined),
};

const OF_CALL: Readonly<Record<string, ValueOf>> = {
  'kms:calleraccount': ({ identity }) => identity.caller.accountId,
  'kms:viaservice': ({ origin }) => origin.viaService,
  'kms:encryptioncontextkeys': ({ need: { context } }) => listed(Object.keys(context ?? {})),
  'kms:encryptionalgorithm': ({ need }) => need.algorithm,
  // The name alone, even if the request had the ARN of the alias.
  'kms:requestalias': ({ need: { named } }) => (named === undefined ? undefined : ALIAS.exec(named)?.[1]),
  'kms:resourcealiases': ({ state, need: { key } }) => (key === undefined ? undefined : aliasesOf(state, key.keyId)),
  'kms:reencryptonsamekey': ({ need: { isSameKey } }) => (isSameKey === undefined ? undefined : String(isSameKey)),
  'kms:grantconstrainttype': ({ need: { passesOn } }) => passesOn && constraintTypeOf(passesOn),
  // A service's own call would have it; no call here is one.
  'kms:grantisforawsresource': ({ need: { action } }) => (GRANT_ACTIONS.includes(action) ? 'false' : undefined),
  'aws:tagkeys': ({ request }) => listed([...tagsIn(request).map(([key]) => key), ...textsIn(request['tagKeys'])]),
};

const GRANT_ACTIONS: readonly string[] = ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'];

const PREFIXES: readonly (readonly [string, (facts: KmsFacts, name: string) => ConditionValue])[] = [
  ['kms:encryptioncontext:', ({ need: { context } }, name) => context && pairIn(context, name)],
  ['aws:requesttag/', ({ request }, name) => valueIn(tagsIn(request), name)],
  ['aws:resourcetag/', ({ need: { key, tags } }, name) => valueIn(key?.tags ?? tags ?? NO_TAGS, name)],
  // IAM has both names.
  ['iam:resourcetag/', ({ need: { tags = NO_TAGS } }, name) => valueIn(tags, name)],
];

/** How often a decision asks before its values are remembered: most ask less, and a map would cost more than that. */
const FEW = 16;

/**
 * Makes the function that finds the values of condition keys. Nothing is looked up that no policy asks for, and nothing
 * again and again: a hundred statements may ask for the same pair of the context.
 */
export function kmsValues(facts: KmsFacts): ConditionValues {
  let asked = 0;
  // `null` of a key without a value.
  let known: Map<string, NonNullable<ConditionValue> | null> | undefined;
  return (key) => {
    asked += 1;
    if (asked <= FEW) return finderOf(key)(facts);
    known ??= new Map();
    const found = known.get(key);
    if (found !== undefined) return found ?? undefined;
    const value = finderOf(key)(facts);
    known.set(key, value ?? null);
    return value;
  };
}

/** What finds the value of a condition key, by the key in lower case. */
const finderOf = remembered((key: string): ValueOf => {
  const ofCall = Object.hasOwn(OF_CALL, key) ? OF_CALL[key] : undefined;
  if (ofCall !== undefined) return ofCall;
  const rest = otherFinderOf(key);
  const ofKey = Object.hasOwn(OF_KEY, key) ? OF_KEY[key] : undefined;
  if (ofKey === undefined) return rest;
  return (facts) => {
    const record = facts.need.key ?? facts.need.made;
    return record === undefined ? rest(facts) : ofKey(record);
  };
});

function otherFinderOf(key: string): ValueOf {
  const prefix = PREFIXES.find(([start]) => key.startsWith(start));
  if (prefix !== undefined) {
    const [start, find] = prefix;
    const name = key.slice(start.length);
    return (facts) => find(facts, name);
  }
  return (facts) => {
    const member = facts.conditions.get(key);
    return member === undefined ? callerValue(key, facts) : textsOf(facts.request[member]);
  };
}

/** Finds a pair of a context by its name in lower case. */
function pairIn(context: EncryptionContext, name: string): string | undefined {
  for (const key of Object.keys(context)) if (key.toLowerCase() === name) return context[key];
  return undefined;
}

/** Returns a member of a request as policies compare it. */
function textsOf(member: unknown): ConditionValue {
  if (Array.isArray(member)) return listed(textsIn(member));
  if (member instanceof Date) return member.toISOString();
  return member === undefined ? undefined : String(member);
}

function aliasesOf(state: KeystoreState, keyId: string): ConditionValue {
  return listed([...state.aliases.values()].filter((alias) => alias.targetKeyId === keyId).map(({ name }) => name));
}

function constraintTypeOf({ contextEquals, contextSubset }: PassedOn): ConditionValue {
  if (contextEquals !== undefined) return 'EncryptionContextEquals';
  return contextSubset === undefined ? undefined : 'EncryptionContextSubset';
}

/** A key of several values without any is absent. */
function listed(values: readonly string[]): ConditionValue {
  return values.length === 0 ? undefined : values;
}

function tagsIn({ tags }: Sent): readonly (readonly [string, string])[] {
  if (!Array.isArray(tags)) return NO_TAGS;
  // KMS has other names for the members of a tag than IAM.
  return tags.map((tag: Readonly<Record<string, unknown>>) => [
    String(tag['tagKey'] ?? tag['key']),
    String(tag['tagValue'] ?? tag['value']),
  ]);
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
