/**
 * Conditions: prepares a statement's condition blocks, and tests them on a request's values.
 *
 * AWS Identity and Access Management User Guide, "Multivalued context keys" and "Condition operators".
 * @module
 */

import { OPERATORS, type Operator, type ValueTest } from './operators.ts';
import type { Condition } from './statement.ts';
import { type ConditionValues, isFixed, literalTemplate, parseTemplate, plainText, type Template } from './template.ts';

/** A condition, ready to be tested. */
export interface PreparedCondition {
  readonly test: ConditionTest;
  /** The condition key, in lower case. */
  readonly key: string;
  /** The key, if the condition does not hold without a value of it; `undefined` if it may hold without. */
  readonly requires: string | undefined;
  /** The texts of which the value must be one, if it is a single one; `undefined` if no list of texts says that. */
  readonly wanted: ReadonlySet<string> | undefined;
}

/** Whether a condition holds for a request. */
export type ConditionTest = (values: ConditionValues) => boolean;

/** An operator's name, taken apart. */
export interface OperatorName {
  /** How the values of a key with several are joined. */
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  /** Such as `StringEquals`, or `Null`. */
  readonly base: string;
  /** Whether an absent key passes. */
  readonly ifExists: boolean;
}

/** Takes the name of an operator apart. Returns `undefined` if AWS has no such operator. */
export function parseOperator(name: string): OperatorName | undefined {
  const [, set, rest = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(name) ?? [];
  const ifExists = rest.endsWith('IfExists');
  const base = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const isKnown = base === 'Null' ? !ifExists && set === undefined : Object.hasOwn(OPERATORS, base);
  return isKnown ? { set: set as OperatorName['set'], base, ifExists } : undefined;
}

/** Prepares a condition. Variables are read in policies of version 2012-10-17 alone. */
export function prepareCondition(
  { operator: name, key, values: wanted }: Condition,
  hasVariables: boolean,
): PreparedCondition {
  const parsed = parseOperator(name);
  const lowerKey = key.toLowerCase();
  if (parsed === undefined) return { test: () => false, key: lowerKey, requires: undefined, wanted: undefined };
  if (parsed.base === 'Null') return absenceTest(lowerKey, wanted);
  const operator = OPERATORS[parsed.base] as Operator;
  const templates = wanted.map(hasVariables && operator.takesVariables ? parseTemplate : literalTemplate);
  const tests = templates.map((template, i) => operator.prepare(template, wanted[i] ?? ''));
  return { ...presenceTest(parsed, operator, lowerKey, tests), wanted: textsOf(parsed, operator, templates) };
}

/** Returns the texts of which a single value must be one; `undefined` if others may pass, too. */
function textsOf(
  { set }: OperatorName,
  { isExact }: Operator,
  templates: readonly Template[],
): ReadonlySet<string> | undefined {
  // ForAllValues lets an empty text pass, too.
  if (!isExact || set === 'ForAllValues' || !templates.every(isFixed)) return undefined;
  return new Set(templates.map(plainText));
}

/** `true`: the key must be absent; `false`: it must have a value. */
function absenceTest(key: string, wanted: readonly string[]): PreparedCondition {
  const answers = wanted.map((text) => text.toLowerCase() === 'true');
  return {
    test: (values) => answers.includes(isAbsent(values(key))),
    key,
    requires: answers.includes(true) ? undefined : key,
    wanted: undefined,
  };
}

/** Whether a key has no value. */
export function isAbsent(sent: ReturnType<ConditionValues>): boolean {
  return sent === undefined || (typeof sent !== 'string' && sent.length === 0);
}

function presenceTest(
  { set, ifExists }: OperatorName,
  { isNegated }: Operator,
  key: string,
  tests: readonly ValueTest[],
): Omit<PreparedCondition, 'wanted'> {
  const isMatch = (value: string, values: ConditionValues) => {
    for (const test of tests) if (test(value, values)) return true;
    return false;
  };
  // An empty text is as good as no value for ForAllValues.
  const holdsFor = (value: string, values: ConditionValues) =>
    (set === 'ForAllValues' && value === '') || isMatch(value, values) !== isNegated;
  const holdsAbsent = set === 'ForAllValues' || ifExists || (isNegated && set === undefined);
  const test: ConditionTest = (values) => {
    const sent = values(key);
    if (typeof sent === 'string') return holdsFor(sent, values);
    if (sent === undefined || sent.length === 0) return holdsAbsent;
    if (set === 'ForAllValues') return sent.every((value) => holdsFor(value, values));
    if (set === 'ForAnyValue') return sent.some((value) => holdsFor(value, values));
    return sent.some((value) => isMatch(value, values)) !== isNegated;
  };
  return { test, key, requires: holdsAbsent ? undefined : key };
}
