/**
 * Conditions: prepares a statement's condition blocks, and tests them on a request's values.
 *
 * AWS Identity and Access Management User Guide, "Multivalued context keys" and "Condition operators".
 * @module
 */

import { OPERATORS, type Operator, type ValueTest } from './operators.ts';
import type { Condition } from './statement.ts';
import { type ConditionValues, literalTemplate, parseTemplate } from './template.ts';

/** A condition, ready to be tested. */
export interface PreparedCondition {
  readonly test: ConditionTest;
  /** The key, in lower case, without which the condition does not hold; `undefined` if it may hold without. */
  readonly requires: string | undefined;
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
  if (parsed === undefined) return { test: () => false, requires: undefined };
  if (parsed.base === 'Null') return absenceTest(lowerKey, wanted);
  const operator = OPERATORS[parsed.base] as Operator;
  const tests = wanted.map((text) => {
    const template = hasVariables && operator.takesVariables ? parseTemplate(text) : literalTemplate(text);
    return operator.prepare(template, text);
  });
  return presenceTest(parsed, operator, lowerKey, tests);
}

/** `true`: the key must be absent; `false`: it must have a value. */
function absenceTest(key: string, wanted: readonly string[]): PreparedCondition {
  const answers = wanted.map((text) => text.toLowerCase() === 'true');
  return {
    test: (values) => answers.includes(isAbsent(values(key))),
    requires: answers.includes(true) ? undefined : key,
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
): PreparedCondition {
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
  return { test, requires: holdsAbsent ? undefined : key };
}
