/**
 * The first check of every operation: the request's own shape, in AWS's wording. Values of the wrong JavaScript type
 * are misuse: `TypeError`.
 * @module
 */

import { PLAIN_TEXT_HINT, requireBytes } from '@securestring/core/bytes';
import { KmsError } from '../errors.ts';

/** Characters or bytes, least and most. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** A text that must be there. */
export function requireText(value: unknown, name: string, bounds: Bounds): asserts value is string {
  if (value === undefined || value === null) throw invalid(`Value null at '${name}'`, 'Member must not be null');
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${typeof value}.`);
  if (!isWithin(value.length, bounds)) throw invalidLength(`Value '${value}' at '${name}'`, value.length, bounds);
}

/** Blobs that hold what their sender likes, a text's UTF-8 too. */
const PLAIN_BLOBS: readonly string[] = ['plaintext', 'message'];

/** Bytes that must be there. What they are is never in the message, as AWS redacts it too. */
export function requireBlob(value: unknown, name: string, bounds: Bounds): asserts value is Uint8Array<ArrayBuffer> {
  if (value === undefined || value === null) throw invalid(`Value null at '${name}'`, 'Member must not be null');
  requireBytes(value, name, PLAIN_BLOBS.includes(name) ? PLAIN_TEXT_HINT : undefined);
  if (!isWithin(value.length, bounds)) throw invalidLength(`Value at '${name}'`, value.length, bounds);
}

/** A whole number within bounds. */
export function requireNumber(value: unknown, name: string, { least, most }: Bounds): asserts value is number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${typeof value}.`);
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, not ${value}.`);
  if (value < least) {
    throw invalid(`Value '${value}' at '${name}'`, `Member must have value greater than or equal to ${least}`);
  }
  if (value > most) {
    throw invalid(`Value '${value}' at '${name}'`, `Member must have value less than or equal to ${most}`);
  }
}

/** Yes or no. */
export function requireFlag(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, not ${typeof value}.`);
}

/** A list that must be there. */
export function requireList(value: unknown, name: string): asserts value is readonly unknown[] {
  if (value === undefined || value === null) throw invalid(`Value null at '${name}'`, 'Member must not be null');
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array, not ${typeof value}.`);
}

/** One of AWS's names for something. `values` stand in the message in AWS's order. */
export function requireOneOf(value: unknown, name: string, values: readonly string[]): void {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${typeof value}.`);
  if (values.includes(value)) return;
  throw invalid(`Value '${value}' at '${name}'`, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

export function requirePattern(value: string, name: string, pattern: RegExp): void {
  if (pattern.test(value)) return;
  throw invalid(`Value '${value}' at '${name}'`, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

export function validationError(message: string): KmsError {
  return new KmsError('ValidationException', message);
}

function isWithin(length: number, { least, most }: Bounds): boolean {
  return length >= least && length <= most;
}

function invalidLength(what: string, length: number, { least, most }: Bounds): KmsError {
  const bound = length < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  return invalid(what, `Member must have length ${bound}`);
}

function invalid(what: string, constraint: string): KmsError {
  return validationError(`1 validation error detected: ${what} failed to satisfy constraint: ${constraint}`);
}
