/**
 * Judges values: their text, size and data type, and the pattern that they must match.
 * @module
 */

import type { StoredTier } from '@securestring/core';
import { isWellFormed } from '@securestring/core/utf8';
import type { RE2JS } from 're2js';
import { SsmError, validationError } from '../errors.ts';
import { MAX_EXPANDED_PATTERN_LENGTH, MAX_PATTERN_STEPS, MAX_VALUE_LENGTH } from '../limits.ts';
import { DATA_TYPES, type ParameterDataType, type ParameterType } from '../state/records.ts';

/** AWS's words for a value that is too long. They speak of characters; the store, like KMS, counts bytes of UTF-8. */
const TOO_LONG: Readonly<Record<StoredTier, string>> = {
  Standard:
    'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  Advanced:
    'The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.',
};
/** The type of parameter that each data type belongs to. */
const TYPE_OF_DATA: Readonly<Record<Exclude<ParameterDataType, 'text'>, ParameterType>> = {
  'aws:ec2:image': 'String',
  'aws:ssm:integration': 'SecureString',
};
const IMAGE_ID = /^ami-[a-zA-Z0-9]{8,17}$/;
/**
 * Parts of a pattern that may hold brackets of their own: a quotation, an escape, or a class, whose content is
 * captured.
 */
const PARTS = /\\Q.*?(?:\\E|$)|\\x\{\w+\}|\\.|\[(\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*)\]/gs;
/** A token of a pattern without such parts: a repetition by numbers, or a character. */
const TOKENS = /\{(\d+)(?:,(\d*))?\}|./gs;
/** Items of a class that RE2 knows: a named class or an escape. */
const CLASS_ITEMS = /\[:\^?\w+:\]|\\./gs;
/** An intersection or a union of Java's. RE2 would accept it and mean something else. */
const NESTED_CLASS = /&&|\[/;

/** Requires a text that can be a value. No message shows it. */
export function requireValue(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError('The value must be a string.');
  if (!isWellFormed(value)) {
    throw validationError('The parameter value has a lone surrogate, which has no UTF-8 form.');
  }
  if (value === '') {
    throw validationError(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const opening = value.indexOf('{{');
  if (opening >= 0 && value.includes('}}', opening + 2)) {
    throw validationError('Parameter value can\'t nest another parameter. Do not use "{{}}" in your value.');
  }
}

/** Returns the length of a value in bytes of UTF-8. */
export function lengthOf(value: string): number {
  return Buffer.byteLength(value);
}

/** Requires a value that fits into a tier. */
export function requireFit(value: string, tier: StoredTier): void {
  if (lengthOf(value) > MAX_VALUE_LENGTH[tier]) throw validationError(TOO_LONG[tier]);
}

/** Parses a data type. */
export function parseDataType(dataType: string): ParameterDataType {
  const known = DATA_TYPES.find((candidate) => candidate === dataType);
  if (known !== undefined) return known;
  throw validationError(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`);
}

/** Requires a type and a value that fit the data type. */
export function requireDataType(dataType: ParameterDataType, type: ParameterType, value: string): void {
  if (dataType === 'text') return;
  if (TYPE_OF_DATA[dataType] !== type) {
    throw new SsmError('UnsupportedParameterType', `The parameter type isn't supported.`);
  }
  if (dataType === 'aws:ec2:image' && !IMAGE_ID.test(value)) {
    throw validationError('The parameter value must be an Amazon Machine Image id, such as ami-12345abcdeEXAMPLE.');
  }
}

/**
 * Requires that a pattern matches the whole value. RE2 takes time in proportion to the value's length times the
 * pattern's steps, so their number is bounded. Counting them takes time in proportion to the pattern's length with its
 * repetitions written out, which is bounded first.
 *
 * @throws `SsmError` (`InvalidAllowedPatternException`, `ParameterPatternMismatchException`).
 */
export async function requireMatch(value: string, pattern: string): Promise<void> {
  if ((await compile(pattern)).matches(value)) return;
  throw new SsmError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

async function compile(pattern: string): Promise<RE2JS> {
  if (hasNestedClass(pattern)) throw invalidPattern('a character class in another one, or an intersection (&&)');
  const length = expandedLength(pattern);
  if (length > MAX_EXPANDED_PATTERN_LENGTH) {
    throw invalidPattern(
      `with its repetitions written out it has ${length} characters, and ${MAX_EXPANDED_PATTERN_LENGTH} are the most`,
    );
  }
  const compiled = await compiledByRe2(pattern);
  const steps = compiled.programSize();
  if (steps > MAX_PATTERN_STEPS) {
    throw invalidPattern(`it may take ${steps} steps for each character, and ${MAX_PATTERN_STEPS} are the most`);
  }
  return compiled;
}

/** Returns the length of a pattern with its repetitions written out. An escape or a class counts as one character. */
function expandedLength(pattern: string): number {
  const groups = [0];
  let last = 0;
  const add = (length: number) => groups.push((groups.pop() ?? 0) + length);
  const plain = pattern.replace(PARTS, (part) => (part.startsWith('\\Q') ? 'x'.repeat(part.length) : 'x'));
  for (const [token, least, most] of plain.matchAll(TOKENS)) {
    if (token === '(') {
      groups.push(0);
      continue;
    }
    const present = least === undefined ? 0 : last;
    if (least !== undefined) last *= Number(most || least);
    else last = token === ')' ? 1 + (groups.pop() ?? 0) : 1;
    add(last - present);
  }
  return groups.reduce((sum, length) => sum + length, 0);
}

function hasNestedClass(pattern: string): boolean {
  return [...pattern.matchAll(PARTS)].some(([, items = '']) => NESTED_CLASS.test(items.replace(CLASS_ITEMS, '')));
}

async function compiledByRe2(pattern: string): Promise<RE2JS> {
  // Loaded here since it is large, and few parameters have a pattern.
  const { RE2JS, RE2JSException } = await import('re2js');
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw invalidPattern(error.message);
    throw error;
  }
}

function invalidPattern(what: string): SsmError {
  return new SsmError(
    'InvalidAllowedPatternException',
    `The request doesn't meet the regular expression requirement. The allowedPattern cannot be used by RE2: ${what}.`,
  );
}
