/**
 * Policies, prepared: patterns are taken apart once, and the statements of an action are looked up once.
 * @module
 */

import { arnPattern } from './arn.ts';
import { type ConditionTest, prepareCondition } from './conditions.ts';
import { glob, tokensOf } from './glob.ts';
import { type Caller, type Closeness, closenessOf } from './principals.ts';
import type { Patterns, PolicyDocument, PolicyKind, Statement } from './statement.ts';
import { type ConditionValues, literalTemplate, parseTemplate } from './template.ts';

/** A statement, ready to be asked. */
export interface PreparedStatement {
  /** Its Sid, else its number in the policy, from 1. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  /** Whether resource and conditions match. */
  readonly matches: (resource: string, values: ConditionValues) => boolean;
  /** How closely the statement names a caller. In an identity policy every caller is named. */
  readonly closeness: (caller: Caller) => Closeness | undefined;
}

/** A policy, ready to be asked. */
export interface PreparedPolicy {
  /** The policy's name or ARN, for explanations. */
  readonly name: string;
  /** Returns the statements that are about an action, such as `kms:Decrypt`. */
  readonly statementsFor: (action: string) => readonly PreparedStatement[];
}

/** Prepares a policy. */
export function preparePolicy(name: string, { kind, version, statements }: PolicyDocument): PreparedPolicy {
  const hasVariables = version === '2012-10-17';
  const prepared = statements.map((statement, i) => ({
    isAbout: actionTest(statement.actions),
    statement: prepareStatement(statement, i, kind, hasVariables),
  }));
  const known = new Map<string, readonly PreparedStatement[]>();
  const statementsFor = (action: string): readonly PreparedStatement[] => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const about = prepared.filter(({ isAbout }) => isAbout(action)).map(({ statement }) => statement);
    // The names of actions are those of the services' operations, so this does not grow without bound.
    known.set(action, about);
    return about;
  };
  return { name, statementsFor };
}

function prepareStatement(
  { sid, effect, principals, resources, conditions }: Statement,
  i: number,
  kind: PolicyKind,
  hasVariables: boolean,
): PreparedStatement {
  const isOnResource = resourceTest(resources, kind, hasVariables);
  const tests: readonly ConditionTest[] = conditions.map((condition) => prepareCondition(condition, hasVariables));
  return {
    label: sid || `statement ${i + 1}`,
    effect,
    matches: (resource, values) => isOnResource(resource, values) && tests.every((test) => test(values)),
    closeness: (caller) => (principals === undefined ? 'everyone' : closenessOf(principals, caller)),
  };
}

/** A statement without actions, which a key policy may have, is about none. */
function actionTest(actions: Patterns | undefined): (action: string) => boolean {
  if (actions === undefined) return () => false;
  const patterns = actions.values.map((value) => glob(tokensOf(value.toLowerCase())));
  return (action) => patterns.some((pattern) => pattern(action.toLowerCase())) !== actions.isNegated;
}

/** A trust policy's statements are about its own role. A key policy's statement without resources is about nothing. */
function resourceTest(
  resources: Patterns | undefined,
  kind: PolicyKind,
  hasVariables: boolean,
): PreparedStatement['matches'] {
  if (resources === undefined) return () => kind === 'trust';
  const patterns = resources.values.map((value): PreparedStatement['matches'] => {
    if (value === '*') return () => true;
    return arnPattern(hasVariables ? parseTemplate(value) : literalTemplate(value));
  });
  const { isNegated } = resources;
  return (resource, values) => patterns.some((matches) => matches(resource, values)) !== isNegated;
}
