/**
 * The first check of every operation: the request's own shape, in AWS's wording. Values of the wrong JavaScript type,
 * and fields that an operation does not know, are misuse: `TypeError`.
 * @module
 */

import { isWellFormed } from '@securestring/core/bytes';
import { quoted } from '@securestring/core/quoted';
import { SsmError } from '../errors.ts';

/** Characters, entries, or a number itself: least and most. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Refuses what is no request of that operation. What is not built is refused, never dropped in silence. */
export function requireFields(operation: string, request: unknown, names: readonly string[]): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new TypeError(`${operation} takes an object, not ${kindOf(request)}.`);
  }
  for (const name of Object.keys(request)) {
    if (names.includes(name)) continue;
    throw new TypeError(`${operation} knows no ${quoted(name)}. It takes ${names.join(', ')}.`);
  }
}

/** A text that must be there. */
export function requireText(value: unknown, name: string, bounds: Bounds): asserts value is string {
  if (value === undefined || value === null) throw invalid(`Value null at '${name}'`, 'Member must not be null');
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${kindOf(value)}.`);
  if (!isWellFormed(value)) throw new TypeError(`${name} has a lone surrogate, which has no UTF-8 form.`);
  requireLength(`Value '${value}' at '${name}'`, value.length, bounds);
}

/** A text or nothing; null is no way to leave one out. */
export function requireOptionalText(value: unknown, name: string, bounds: Bounds): void {
  if (value === undefined) return;
  if (value === null) throw new TypeError(`${name} must be a string, not null.`);
  requireText(value, name, bounds);
}

/** A list that must be there; `requireItem` judges each entry. */
export function requireList<Item>(
  value: unknown,
  name: string,
  bounds: Bounds,
  requireItem: (item: unknown, name: string) => asserts item is Item,
): asserts value is readonly Item[] {
  if (value === undefined || value === null) throw invalid(`Value null at '${name}'`, 'Member must not be null');
  if (!Array.isArray(value)) throw new TypeError(`${name} must be a list, not ${kindOf(value)}.`);
  // Counted first: nobody waits while a million entries are judged.
  const shown = value.slice(0, bounds.most + 1).filter((item) => typeof item === 'string');
  requireLength(`Value '[${shown.join(', ')}]' at '${name}'`, value.length, bounds);
  // A loop by index also meets the holes of a sparse list.
  for (let i = 0; i < value.length; i++) requireItem(value[i], `${name}.${i + 1}.member`);
}

/** A whole number within bounds, or nothing. */
export function requireOptionalNumber(value: unknown, name: string, { least, most }: Bounds): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${kindOf(value)}.`);
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, not ${value}.`);
  if (value < least) {
    throw invalid(`Value '${value}' at '${name}'`, `Member must have value greater than or equal to ${least}`);
  }
  if (value > most) {
    throw invalid(`Value '${value}' at '${name}'`, `Member must have value less than or equal to ${most}`);
  }
}

export function requireOptionalBoolean(value: unknown, name: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(`${name} must be true or false, not ${kindOf(value)}.`);
}

/** One of AWS's names for something, or nothing. `values` stand in the message in AWS's order. */
export function requireOptionalOneOf(value: unknown, name: string, values: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${kindOf(value)}.`);
  if (values.includes(value)) return;
  throw invalid(`Value '${value}' at '${name}'`, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

export function requirePattern(value: string, name: string, pattern: RegExp, shown: string = pattern.source): void {
  if (pattern.test(value)) return;
  throw invalid(`Value '${value}' at '${name}'`, `Member must satisfy regular expression pattern: ${shown}`);
}

export function validationError(message: string): SsmError {
  return new SsmError('ValidationException', message);
}

/** `what` never holds a parameter's value. */
export function requireLength(what: string, length: number, { least, most }: Bounds): void {
  if (length < least) throw invalid(what, `Member must have length greater than or equal to ${least}`);
  if (length > most) throw invalid(what, `Member must have length less than or equal to ${most}`);
}

/** What a value of the wrong kind is. Not the value: it may be a secret in the wrong place. */
function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}

function invalid(what: string, constraint: string): SsmError {
  return validationError(`1 validation error detected: ${what} failed to satisfy constraint: ${constraint}`);
}
