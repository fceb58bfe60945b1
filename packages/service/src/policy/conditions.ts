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
): ConditionTest {
  const parsed = parseOperator(name);
  const lowerKey = key.toLowerCase();
  if (parsed === undefined) return () => false;
  if (parsed.base === 'Null') return absenceTest(lowerKey, wanted);
  const operator = OPERATORS[parsed.base] as Operator;
  const tests = wanted.map((text) => {
    const template = hasVariables && operator.takesVariables ? parseTemplate(text) : literalTemplate(text);
    return operator.prepare(template, text);
  });
  return presenceTest(parsed, operator, lowerKey, tests);
}

/** `true`: the key must be absent; `false`: it must have a value. */
function absenceTest(key: string, wanted: readonly string[]): ConditionTest {
  const answers = wanted.map((text) => text.toLowerCase() === 'true');
  return (values) => answers.includes(listOf(values(key)).length === 0);
}

function presenceTest(
  { set, ifExists }: OperatorName,
  { isNegated }: Operator,
  key: string,
  tests: readonly ValueTest[],
): ConditionTest {
  return (values) => {
    const sent = listOf(values(key));
    const matches = (value: string) => tests.some((test) => test(value, values));
    if (set === 'ForAllValues') {
      // An empty text is as good as no value here.
      return sent.every((value) => value === '' || matches(value) !== isNegated);
    }
    if (sent.length === 0) return ifExists || (isNegated && set === undefined);
    if (set === 'ForAnyValue') return sent.some((value) => matches(value) !== isNegated);
    return sent.some(matches) !== isNegated;
  };
}

function listOf(sent: ReturnType<ConditionValues>): readonly string[] {
  if (sent === undefined) return [];
  return typeof sent === 'string' ? [sent] : sent;
}
