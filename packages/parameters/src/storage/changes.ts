/**
 * What stands in a commit, checked before anything of it is done, and the refusals that all storages share.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { ParameterStoreError } from '../errors.ts';
import type { Change, ListRequest } from './storage.ts';

/** Longest key in characters. */
const MAX_KEY_LENGTH = 1500;
/** Longest value in bytes. */
const MAX_VALUE_LENGTH = 65_536;
/** Most changes of one commit. */
const MAX_CHANGES = 500;

const PRINTABLE = /^[\x20-\x7e]*$/;

/** The same changes, with values of their own, so that nobody's later writing into an array reaches the storage. */
export function takeChanges(changes: readonly Change[]): readonly Change[] {
  if (changes.length > MAX_CHANGES) {
    throw new RangeError(`A commit holds at most ${MAX_CHANGES} changes, not ${changes.length}.`);
  }
  const keys = new Set<string>();
  return changes.map(({ key, value, expectedVersion }) => {
    checkKey(key);
    if (keys.has(key)) throw new RangeError(`The key ${quoted(key)} is in the commit twice.`);
    keys.add(key);
    if (!(Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)) {
      throw new RangeError(`expectedVersion must be a whole number from 0, not ${expectedVersion}.`);
    }
    return { key, value: takeValue(value), expectedVersion };
  });
}

/** Refuses what cannot be a key. */
export function checkKey(key: string): void {
  checkText('A key', key);
  if (key === '') throw new RangeError('A key must not be empty.');
}

/** Refuses a request that no list answers. */
export function checkRequest({ prefix, after = '', limit = 0 }: ListRequest): void {
  checkText('prefix', prefix);
  checkText('after', after);
  if (!(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new RangeError(`limit must be a whole number from 0, not ${limit}.`);
  }
}

/** The error of a commit where somebody else was faster. */
export function storageConflict(): ParameterStoreError {
  return new ParameterStoreError(
    'STORAGE_CONFLICT',
    'Another writer has changed an entry since it was read. Nothing was changed: read again and repeat the change.',
  );
}

/** The error of a call after `close`. */
export function storageClosed(): ParameterStoreError {
  return new ParameterStoreError('STORAGE_FAILED', 'The storage has been closed. Make a new one.');
}

function checkText(what: string, text: string): void {
  if (typeof text !== 'string') throw new TypeError(`${what} must be a text, not ${typeof text}.`);
  if (text.length > MAX_KEY_LENGTH || !PRINTABLE.test(text)) {
    throw new RangeError(`${what} must be at most ${MAX_KEY_LENGTH} characters of printable ASCII.`);
  }
}

function takeValue(value: Uint8Array | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (!(value instanceof Uint8Array)) throw new TypeError('A value must be a Uint8Array, or undefined to delete.');
  if (value.length > MAX_VALUE_LENGTH) {
    throw new RangeError(`A value must be at most ${MAX_VALUE_LENGTH} bytes, not ${value.length}.`);
  }
  return new Uint8Array(value);
}
