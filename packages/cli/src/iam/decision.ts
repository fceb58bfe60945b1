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
  readonly context?: readonly Pair[];
  readonly condition?: readonly Pair[];
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
export function decideOn(subject: Subject, asked: Asked): Answer {
  const { identity, resource, keyPolicy } = subject;
  const { action } = asked;
  const question: Question = { ...identity, action, resource, values: valuesOf(subject, asked) };
  const isOnKey = /^kms:/i.test(action) && resource.includes(':key/');
  const policy = keyPolicy ?? defaultPolicyOf(resource);
  const { accountId } = placeOf(resource);
  const explanation = explain(question, isOnKey ? { type: 'resource-based policy', policy, accountId } : undefined);
  const { decision, statements } = explanation;
  return {
    caller: identity.caller.arn,
    action,
    resource,
    explanation,
    reasons: statements.map(reasonOf),
    denial: decision.isAllowed ? undefined : denialText(question, decision),
    isKeyPolicyAssumed: isOnKey && keyPolicy === undefined,
  };
}

function defaultPolicyOf(resource: string): PreparedPolicy {
  const statement = { Effect: 'Allow', Principal: { AWS: rootArn(placeOf(resource)) }, Action: 'kms:*', Resource: '*' };
  return preparePolicy('default key policy', parsePolicy(JSON.stringify({ Statement: statement }), 'key'));
}

/** Values that are given win; others are those that every request of the caller has. */
function valuesOf({ identity, resource, alias }: Subject, { context = [], condition = [] }: Asked): Question['values'] {
  const given = new Map<string, ConditionValue>();
  if (alias !== undefined) given.set('kms:requestalias', alias);
  for (const { key, value } of context) given.set(`kms:encryptioncontext:${key.toLowerCase()}`, value);
  if (context.length > 0) {
    given.set(
      'kms:encryptioncontextkeys',
      context.map(({ key }) => key),
    );
  }
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
