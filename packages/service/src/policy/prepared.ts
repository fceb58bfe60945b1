/**
 * Policies, prepared: patterns are taken apart once, and the statements about an action and a resource are looked up
 * once. A decision then costs what the conditions of these statements cost.
 * @module
 */

import { arnPattern } from './arn.ts';
import { type CandidateOf, type Indexed, remembered, type Search, searchIn } from './candidates.ts';
import { prepareCondition } from './conditions.ts';
import { glob, tokensOf } from './glob.ts';
import { principalTest } from './principals.ts';
import type { Patterns, PolicyDocument, PolicyKind, Statement } from './statement.ts';
import { type ConditionValues, isFixed, literalTemplate, parseTemplate } from './template.ts';

/** A statement, ready to be asked. */
export interface PreparedStatement extends Indexed {
  /** The name of the policy that it is in, for explanations. */
  readonly policy: string;
  /** Its Sid, else its number in the policy, from 1. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  /** Whether it is about an action. */
  readonly isAbout: (action: string) => boolean;
  /** Whether it is about a resource. */
  readonly isOn: (resource: string, values: ConditionValues) => boolean;
  /** Whether `isOn` depends on the values of the request. */
  readonly hasVariables: boolean;
}

/** A policy, ready to be asked. */
export interface PreparedPolicy {
  readonly statements: readonly PreparedStatement[];
  /** Returns the statements about an action, such as `kms:Decrypt`. */
  readonly statementsFor: (action: string) => readonly PreparedStatement[];
  /** Returns those that are about a resource, too; with variables in theirs, they may be: `holds` fills these. */
  readonly statementsOn: (
    action: string,
    resource: string,
  ) => Readonly<Record<PreparedStatement['effect'], Candidates>>;
}

/** Finds the statements that name a caller and may hold for a request, in their order. */
export type Candidates = Search<PreparedStatement>;
/** A statement that names a caller. */
export type Candidate = CandidateOf<PreparedStatement>;

/** Prepares a policy. */
export function preparePolicy(name: string, { kind, version, statements }: PolicyDocument): PreparedPolicy {
  const hasVariables = version === '2012-10-17';
  return policyOf(statements.map((statement, i) => prepareStatement(name, statement, i + 1, kind, hasVariables)));
}

/** Makes one policy of several, so that a decision looks statements up once. Their names stay with the statements. */
export function joinPolicies(policies: readonly PreparedPolicy[]): PreparedPolicy {
  const all = policies.flatMap(({ statements }) => statements);
  return policyOf(all.map((statement, i) => ({ ...statement, place: i + 1 })));
}

function policyOf(statements: readonly PreparedStatement[]): PreparedPolicy {
  const byAction = remembered((action: string) => {
    const about = statements.filter(({ isAbout }) => isAbout(action));
    const on = remembered((resource: string) => {
      const fitting = about.filter(({ hasVariables, isOn }) => hasVariables || isOn(resource, NO_VALUES));
      const of = (wanted: string) => searchIn(fitting.filter(({ effect }) => effect === wanted));
      return { Allow: of('Allow'), Deny: of('Deny') };
    });
    return { about, on };
  });
  return {
    statements,
    statementsFor: (action) => byAction(action).about,
    statementsOn: (action, resource) => byAction(action).on(resource),
  };
}

/** Whether the conditions of a statement hold, and its resource with variables matches. */
export function holds(
  { hasVariables, isOn, conditions }: PreparedStatement,
  resource: string,
  values: ConditionValues,
): boolean {
  if (hasVariables && !isOn(resource, values)) return false;
  for (const { test } of conditions) if (!test(values)) return false;
  return true;
}

const NO_VALUES: ConditionValues = () => undefined;

function prepareStatement(
  policy: string,
  source: Statement,
  place: number,
  kind: PolicyKind,
  hasVariables: boolean,
): PreparedStatement {
  const { sid, effect, actions, resources, conditions } = source;
  return {
    policy,
    label: sid || `statement ${place}`,
    place,
    effect,
    source,
    isAbout: actionTest(actions),
    ...resourceTest(resources, kind, hasVariables),
    conditions: conditions.map((condition) => prepareCondition(condition, hasVariables)),
    closeness: principalTest(source),
  };
}

/** A statement without actions, which a key policy may have, is about none. */
function actionTest(actions: Patterns | undefined): PreparedStatement['isAbout'] {
  if (actions === undefined) return () => false;
  const patterns = actions.values.map((value) => glob(tokensOf(value.toLowerCase())));
  return (action) => patterns.some((pattern) => pattern(action.toLowerCase())) !== actions.isNegated;
}

/** A trust policy's statements are about its own role. A key policy's statement without resources is about nothing. */
function resourceTest(
  resources: Patterns | undefined,
  kind: PolicyKind,
  mayHaveVariables: boolean,
): Pick<PreparedStatement, 'isOn' | 'hasVariables'> {
  if (resources === undefined) return { isOn: () => kind === 'trust', hasVariables: false };
  const templates = resources.values.map(mayHaveVariables ? parseTemplate : literalTemplate);
  const patterns = templates.map((template, i): PreparedStatement['isOn'] =>
    resources.values[i] === '*' ? () => true : arnPattern(template),
  );
  return {
    isOn: (resource, values) => patterns.some((matches) => matches(resource, values)) !== resources.isNegated,
    hasVariables: !templates.every(isFixed),
  };
}
