/**
 * One decision of a simulation: the question from options, and the answer with its reasons.
 * @module
 */

import { placeOf, rootArn } from '@securestring/service';
import {
  type ConditionValue,
  callerValue,
  denialText,
  type Explanation,
  explain,
  type PolicyDocument,
  type PreparedPolicy,
  parsePolicy,
  preparePolicy,
  type Question,
  reasonOf,
} from '@securestring/service/policy';
import type { Subject } from './subject.ts';

/** A pair as options have it. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** What is asked. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context?: readonly Pair[];
  readonly condition?: readonly Pair[];
  readonly keyPolicy?: PolicyDocument | undefined;
  /** The name of the key policy in explanations. */
  readonly keyFile?: string | undefined;
}

/** What is decided. */
export interface Answer {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly explanation: Explanation;
  /** In a few words, for each statement of the explanation. */
  readonly reasons: readonly string[];
  /** AWS's words, if the call is denied. */
  readonly denial: string | undefined;
  readonly isKeyPolicyAssumed: boolean;
}

/** Decides on a key by its policy and the caller's, else by the caller's alone. */
export function decideOn({ identity }: Subject, asked: Asked): Answer {
  const { action, resource } = asked;
  const { caller, policies } = identity;
  const question: Question = { caller, policies, action, resource, values: valuesOf(identity, asked) };
  const isOnKey = /^kms:/i.test(action) && resource.includes(':key/');
  const isKeyPolicyAssumed = isOnKey && asked.keyPolicy === undefined;
  const explanation = explain(
    question,
    isOnKey
      ? {
          type: 'resource-based policy',
          policy: keyPolicyOf(asked),
          accountId: placeOf(resource).accountId,
        }
      : undefined,
  );
  const { decision, statements } = explanation;
  const denial = decision.isAllowed ? undefined : denialText(question, decision);
  return {
    caller: caller.arn,
    action,
    resource,
    explanation,
    reasons: statements.map(reasonOf),
    denial,
    isKeyPolicyAssumed,
  };
}

function keyPolicyOf({ resource, keyPolicy, keyFile = 'key policy' }: Asked): PreparedPolicy {
  if (keyPolicy !== undefined) return preparePolicy(keyFile, keyPolicy);
  const statement = { Effect: 'Allow', Principal: { AWS: rootArn(placeOf(resource)) }, Action: 'kms:*', Resource: '*' };
  return preparePolicy('default key policy', parsePolicy(JSON.stringify({ Statement: statement }), 'key'));
}

/** Values that are given win; others are those that every request of the caller has. */
function valuesOf(
  identity: Subject['identity'],
  { resource, context = [], condition = [] }: Asked,
): Question['values'] {
  const given = new Map<string, ConditionValue>();
  for (const { key, value } of context) given.set(`kms:encryptioncontext:${key.toLowerCase()}`, value);
  if (context.length > 0)
    given.set(
      'kms:encryptioncontextkeys',
      context.map(({ key }) => key),
    );
  for (const { key, value } of condition) {
    const before = given.get(key.toLowerCase());
    given.set(key.toLowerCase(), before === undefined ? value : [before, value].flat());
  }
  const { region, accountId, ...place } = placeOf(resource);
  const viaService = given.get('kms:viaservice');
  const facts = {
    identity,
    origin: typeof viaService === 'string' ? { viaService } : {},
    now: Date.now(),
    place: { ...place, region, accountId: accountId || identity.caller.accountId },
  };
  return (key) => {
    if (given.has(key)) return given.get(key);
    return key === 'kms:calleraccount' ? identity.caller.accountId : callerValue(key, facts);
  };
}
