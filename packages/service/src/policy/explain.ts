/**
 * Explanations: a decision, and why each statement about the action matched the request or did not.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import {
  type Decision,
  decideForCaller,
  decideOnResource,
  type PolicyType,
  type Question,
  type TrustingResource,
} from './decide.ts';
import { holds, type PreparedPolicy, type PreparedStatement } from './prepared.ts';
import type { Closeness } from './principals.ts';

/** A decision with its reasons. */
export interface Explanation {
  readonly decision: Decision;
  /** The statements about the action: of the caller's policies, then of the resource's. At most 200. */
  readonly statements: readonly StatementExplanation[];
  /** How many statements about the action are left out. */
  readonly omitted: number;
}

/** A statement about the action. */
export interface StatementExplanation {
  /** The kind of policy that it is in. */
  readonly type: PolicyType;
  readonly policy: string;
  /** Its Sid, else `statement` and its number. */
  readonly statement: string;
  readonly effect: 'Allow' | 'Deny';
  /** Whether principal, resource and all conditions match. */
  readonly isMatch: boolean;
  /** How closely it names the caller; `undefined` if it does not. */
  readonly closeness: Closeness | undefined;
  /** Whether it is about the resource. */
  readonly isOnResource: boolean;
  readonly conditions: readonly ConditionExplanation[];
}

/** A condition of a statement, with the request's values. */
export interface ConditionExplanation {
  readonly operator: string;
  readonly key: string;
  /** The policy's values, at most 10, each at most 256 characters. */
  readonly wanted: readonly string[];
  /** The request's values, in the same bounds; `undefined` if it has none. */
  readonly sent: readonly string[] | undefined;
  readonly isMatch: boolean;
}

/** The most statements, and the most values of a condition, that an explanation has. */
const MOST_STATEMENTS = 200;
const MOST_VALUES = 10;

/**
 * Decides, and explains. Without a resource the caller's policies alone decide.
 *
 * @example
 * const { statements } = explain(question, { type: 'resource-based policy', policy, accountId });
 * statements.filter(({ isMatch }) => !isMatch).map(reasonOf);
 */
export function explain(question: Question, resource?: TrustingResource): Explanation {
  const { identity, boundary, session = [] } = question.policies;
  const all: readonly (readonly [PolicyType, readonly PreparedPolicy[]])[] = [
    ['identity-based policy', identity],
    ['permissions boundary', boundary === undefined ? [] : [boundary]],
    ['session policy', session],
    ...(resource === undefined ? [] : [[resource.type, [resource.policy]] as const]),
  ];
  const about = all.flatMap(([type, policies]) =>
    policies.flatMap(({ statementsFor }) => statementsFor(question.action).map((statement) => ({ type, statement }))),
  );
  return {
    decision: resource === undefined ? decideForCaller(question) : decideOnResource(question, resource),
    statements: about
      .slice(0, MOST_STATEMENTS)
      .map(({ type, statement }) => ({ type, ...statementOf(question, statement) })),
    omitted: Math.max(0, about.length - MOST_STATEMENTS),
  };
}

/** Returns in a few words why a statement does not match; `matches` if it does. */
export function reasonOf({ closeness, isOnResource, conditions }: StatementExplanation): string {
  if (closeness === undefined) return 'does not name the caller';
  if (!isOnResource) return 'is about another resource';
  const failed = conditions.find(({ isMatch }) => !isMatch);
  if (failed === undefined) return 'matches';
  const { operator, key, wanted, sent } = failed;
  const found = sent === undefined ? 'has no such key' : `has ${sent.join(', ')}`;
  return `asks for ${excerpt(key)} by ${operator} ${wanted.join(', ')}, and the request ${found}`;
}

function statementOf(
  { caller, resource, values }: Question,
  prepared: PreparedStatement,
): Omit<StatementExplanation, 'type'> {
  const { policy, label: statement, effect, source } = prepared;
  const closeness = prepared.closeness(caller);
  const isOnResource = prepared.isOn(resource, values);
  return {
    policy,
    statement: excerpt(statement),
    effect,
    isMatch: closeness !== undefined && isOnResource && holds(prepared, resource, values),
    closeness,
    isOnResource,
    conditions: source.conditions.map(({ operator, key, values: wanted }, i) => {
      const sent = values(key.toLowerCase());
      return {
        operator,
        key,
        wanted: bounded(wanted),
        sent: sent === undefined ? undefined : bounded(typeof sent === 'string' ? [sent] : sent),
        isMatch: prepared.conditions[i]?.test(values) ?? false,
      };
    }),
  };
}

function bounded(texts: readonly string[]): readonly string[] {
  const kept = texts.slice(0, MOST_VALUES).map(excerpt);
  return texts.length > MOST_VALUES ? [...kept, `… and ${texts.length - MOST_VALUES} more`] : kept;
}
