/**
 * Condition operators: how each compares a request's value with one of a policy. A table, since AWS adds to it.
 *
 * AWS Identity and Access Management User Guide, "IAM JSON policy elements: Condition operators".
 * @module
 */

import { decodeBase64 } from '@securestring/core/base64';
import { sameBytes } from '@securestring/core/bytes';
import { arnPattern } from './arn.ts';
import { ipRange } from './ip.ts';
import { type ConditionValues, fill, isFixed, plainText, type Template, templateGlob } from './template.ts';

/** Compares a value of the request. A value that cannot be read as the operator's type does not match. */
export type ValueTest = (value: string, values: ConditionValues) => boolean;

/** An operator without its set operator and `IfExists`. */
export interface Operator {
  /** Whether the values of a request must match none of the policy's. */
  readonly isNegated: boolean;
  /** Whether the policy's value may hold variables. */
  readonly takesVariables: boolean;
  /** Whether a value must be the policy's text itself, if that has no variables. */
  readonly isExact: boolean;
  /** Prepares one value of a policy. */
  prepare(template: Template, text: string): ValueTest;
}

const exactly: Operator['prepare'] = (template) => comparison(template, (text) => text);
const ignoringCase: Operator['prepare'] = (template) => comparison(template, (text) => text.toLowerCase());

/** Compares whole texts, after `fold`. */
function comparison(template: Template, fold: (text: string) => string): ValueTest {
  if (isFixed(template)) {
    const wanted = fold(plainText(template));
    return (value) => fold(value) === wanted;
  }
  return (value, values) => {
    const tokens = fill(template, values);
    return tokens !== undefined && fold(plainText(tokens)) === fold(value);
  };
}

/** Compares two values that a parser reads. */
function ordered(
  parse: (text: string) => number,
  holds: (sent: number, wanted: number) => boolean,
): Operator['prepare'] {
  return (_, text) => {
    const wanted = parse(text);
    // A comparison with NaN is false, so what cannot be read matches nothing.
    return (value) => holds(parse(value), wanted);
  };
}

const isEqual = (sent: number, wanted: number) => sent === wanted;
const isLess = (sent: number, wanted: number) => sent < wanted;
const isLessOrEqual = (sent: number, wanted: number) => sent <= wanted;
const isGreater = (sent: number, wanted: number) => sent > wanted;
const isGreaterOrEqual = (sent: number, wanted: number) => sent >= wanted;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
/** The W3C's profile of ISO 8601: a year, and as much behind it as is known. */
const DATE = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

function parseNumber(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** Reads a date, or seconds since 1970. Returns milliseconds. */
function parseDate(text: string): number {
  // Four digits are a year in the profile.
  if (DATE.test(text)) return Date.parse(text);
  return parseNumber(text) * 1000;
}

const boolean: Operator['prepare'] = (_, text) => {
  const wanted = text.toLowerCase();
  return (value) => value.toLowerCase() === wanted;
};

const bytes: Operator['prepare'] = (_, text) => {
  const wanted = decodeBase64(text);
  if (typeof wanted === 'number') return () => false;
  return (value) => {
    const sent = decodeBase64(value);
    return typeof sent !== 'number' && sameBytes(sent, wanted);
  };
};

const address: Operator['prepare'] = (_, text) => {
  const range = ipRange(text);
  return (value) => range?.(value) ?? false;
};

const arn: Operator['prepare'] = (template) => arnPattern(template);

function operator(prepare: Operator['prepare'], rest: Partial<Operator> = {}): Operator {
  return { isNegated: false, takesVariables: false, isExact: false, prepare, ...rest };
}

const textual = (prepare: Operator['prepare'], isNegated = false) =>
  operator(prepare, { takesVariables: true, isNegated });
const not = (prepare: Operator['prepare']) => operator(prepare, { isNegated: true });

/** The operators by name, in the case that AWS writes. `Null` is not among them: it asks for no value. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: operator(exactly, { takesVariables: true, isExact: true }),
  StringNotEquals: textual(exactly, true),
  StringEqualsIgnoreCase: textual(ignoringCase),
  StringNotEqualsIgnoreCase: textual(ignoringCase, true),
  StringLike: textual(templateGlob),
  StringNotLike: textual(templateGlob, true),
  NumericEquals: operator(ordered(parseNumber, isEqual)),
  NumericNotEquals: not(ordered(parseNumber, isEqual)),
  NumericLessThan: operator(ordered(parseNumber, isLess)),
  NumericLessThanEquals: operator(ordered(parseNumber, isLessOrEqual)),
  NumericGreaterThan: operator(ordered(parseNumber, isGreater)),
  NumericGreaterThanEquals: operator(ordered(parseNumber, isGreaterOrEqual)),
  DateEquals: operator(ordered(parseDate, isEqual)),
  DateNotEquals: not(ordered(parseDate, isEqual)),
  DateLessThan: operator(ordered(parseDate, isLess)),
  DateLessThanEquals: operator(ordered(parseDate, isLessOrEqual)),
  DateGreaterThan: operator(ordered(parseDate, isGreater)),
  DateGreaterThanEquals: operator(ordered(parseDate, isGreaterOrEqual)),
  Bool: operator(boolean),
  BinaryEquals: operator(bytes),
  IpAddress: operator(address),
  NotIpAddress: not(address),
  ArnEquals: textual(arn),
  ArnLike: textual(arn),
  ArnNotEquals: textual(arn, true),
  ArnNotLike: textual(arn, true),
};
