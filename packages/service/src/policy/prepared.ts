/**
 * Policies, prepared: patterns are taken apart once, and the statements about an action and a resource are looked up
 * once. A decision then costs what the conditions of these statements cost.
 * @module
 */

import { arnPattern } from './arn.ts';
import { isAbsent, type PreparedCondition, prepareCondition } from './conditions.ts';
import { glob, tokensOf } from './glob.ts';
import { type Caller, type Closeness, candidateNames, principalTest } from './principals.ts';
import type { Patterns, PolicyDocument, PolicyKind, Statement } from './statement.ts';
import { type ConditionValues, isFixed, literalTemplate, parseTemplate } from './template.ts';

/** A statement, ready to be asked. */
export interface PreparedStatement {
  /** The name of the policy that it is in, for explanations. */
  readonly policy: string;
  /** Its Sid, else its number in the policy, from 1. */
  readonly label: string;
  /** Its number in the policy, from 1. */
  readonly place: number;
  readonly effect: 'Allow' | 'Deny';
  /** The statement as it was read. */
  readonly source: Statement;
  /** Whether it is about an action. */
  readonly isAbout: (action: string) => boolean;
  /** Whether it is about a resource. */
  readonly isOn: (resource: string, values: ConditionValues) => boolean;
  /** Whether `isOn` depends on the values of the request. */
  readonly hasVariables: boolean;
  /** Each condition of `source`. */
  readonly conditions: readonly PreparedCondition[];
  /** How closely the statement names a caller. In an identity policy every caller is named. */
  readonly closeness: (caller: Caller) => Closeness | undefined;
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
export type Candidates = (caller: Caller, values: ConditionValues) => readonly Candidate[];

/** A statement that names a caller. */
export interface Candidate {
  readonly statement: PreparedStatement;
  /** How closely it names the caller. */
  readonly closeness: Closeness;
}

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
  const byAction = remembered((action) => {
    const about = statements.filter(({ isAbout }) => isAbout(action));
    const on = remembered((resource) => {
      const fitting = about.filter(({ hasVariables, isOn }) => hasVariables || isOn(resource, NO_VALUES));
      const of = (wanted: string) => candidatesIn(fitting.filter(({ effect }) => effect === wanted));
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
/** The most keys that are remembered. Resources are the callers' choice, so that there must be a bound. */
const MOST_REMEMBERED = 256;

/** Remembers the results of a function, and begins again when there are too many. */
function remembered<Value extends object>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

/** The most condition keys by which statements are looked up, a bit each. The others are tested one by one. */
const MOST_KEYS = 30;

/**
 * Looks statements up by the condition keys that they require, so that those for which a request lacks a key cost
 * nothing. What is found is remembered for each set of keys that a request has.
 */
function candidatesIn(statements: readonly PreparedStatement[]): Candidates {
  const required = (each: PreparedStatement) => each.conditions.flatMap(({ requires }) => requires ?? []);
  const keys = [...new Set(statements.flatMap(required))].slice(0, MOST_KEYS);
  if (keys.length === 0) return namedIn(statements);
  const known = new Map<number, Named>();
  return (caller, values) => {
    let present = 0;
    for (let i = 0; i < keys.length; i++) if (!isAbsent(values(keys[i] ?? ''))) present |= 1 << i;
    const found = known.get(present);
    if (found !== undefined) return found(caller);
    if (known.size >= MOST_REMEMBERED) known.clear();
    const absent = new Set(keys.filter((_, i) => (present & (1 << i)) === 0));
    const made = namedIn(statements.filter((each) => !required(each).some((key) => absent.has(key))));
    known.set(present, made);
    return made(caller);
  };
}

type Named = (caller: Caller) => readonly Candidate[];

/** Looks statements up by the names that they have for callers, so that those for other callers cost nothing. */
function namedIn(statements: readonly PreparedStatement[]): Named {
  const byName = new Map<string, PreparedStatement[]>();
  for (const statement of statements) {
    for (const name of candidateNames(statement.source.principals)) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [statement]);
      else list.push(statement);
    }
  }
  const find: Named = (caller) => {
    const { accountId, arn, roleArn = '', uniqueId } = caller;
    const found = ['*', accountId, arn, roleArn, uniqueId].flatMap((name) => byName.get(name) ?? []);
    const named = [...new Set(found)].flatMap((statement) => {
      const closeness = statement.closeness(caller);
      return closeness === undefined ? [] : [{ statement, closeness }];
    });
    return named.sort((a, b) => a.statement.place - b.statement.place);
  };
  const known = new WeakMap<Caller, readonly Candidate[]>();
  return (caller) => {
    const found = known.get(caller);
    if (found !== undefined) return found;
    const named = find(caller);
    known.set(caller, named);
    return named;
  };
}

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
