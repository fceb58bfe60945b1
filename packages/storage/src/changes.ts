/**
 * The checks of requests that all storages share.
 * @module
 */

import { wrongKind } from '@securestring/core/options';
import { quoted } from '@securestring/core/quoted';
import { type Change, DEFAULT_BOUNDS, type ListRequest, type StorageBounds } from './storage.ts';

/** Longest key in characters. */
const MAX_KEY_LENGTH = 1500;

const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Checks the changes of a commit before any of them is made. Returns copies of them: what the caller writes into its
 * arrays later does not reach the storage.
 *
 * @throws `TypeError` or `RangeError` for a change that no commit holds, and for a commit beyond `bounds`.
 */
export function takeChanges(changes: readonly Change[], bounds: StorageBounds = DEFAULT_BOUNDS): readonly Change[] {
  if (!Array.isArray(changes)) throw wrongKind(changes, 'changes', 'a list of changes');
  if (changes.length > bounds.changes) {
    throw new RangeError(`A commit holds at most ${bounds.changes} changes, not ${changes.length}.`);
  }
  const keys = new Set<string>();
  return changes.map((change) => {
    if (typeof change !== 'object' || change === null) throw wrongKind(change, 'A change', 'an object with a key');
    const { key, value, expectedVersion } = change;
    checkKey(key);
    if (keys.has(key)) throw new RangeError(`The key ${quoted(key)} is in the commit twice.`);
    keys.add(key);
    if (!(Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)) {
      throw new RangeError(`expectedVersion must be a whole number from 0, not ${expectedVersion}.`);
    }
    return { key, value: takeValue(value, bounds.valueLength), expectedVersion };
  });
}

/**
 * Checks a key.
 *
 * @throws `TypeError` if it is not a text; `RangeError` if it is empty, too long, or not printable ASCII.
 */
export function checkKey(key: string): void {
  checkText('A key', key);
  if (key === '') throw new RangeError('A key must not be empty.');
}

/**
 * Checks a request for a list.
 *
 * @throws `TypeError` or `RangeError` for a prefix, a key or a limit that no list has.
 */
export function checkRequest(request: ListRequest): void {
  if (typeof request !== 'object' || request === null) throw wrongKind(request, 'request', 'an object with a prefix');
  const { prefix, after = '', limit = 0 } = request;
  checkText('prefix', prefix);
  checkText('after', after);
  if (!(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new RangeError(`limit must be a whole number from 0, not ${limit}.`);
  }
}

function checkText(what: string, text: string): void {
  if (typeof text !== 'string') throw new TypeError(`${what} must be a text, not ${typeof text}.`);
  if (text.length > MAX_KEY_LENGTH || !PRINTABLE.test(text)) {
    throw new RangeError(`${what} must be at most ${MAX_KEY_LENGTH} characters of printable ASCII.`);
  }
}

function takeValue(value: Uint8Array | undefined, maximum: number): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (!(value instanceof Uint8Array)) throw new TypeError('A value must be a Uint8Array, or undefined to delete.');
  if (value.length > maximum) {
    throw new RangeError(`A value must be at most ${maximum} bytes, not ${value.length}.`);
  }
  return new Uint8Array(value);
}
