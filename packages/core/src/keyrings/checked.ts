/**
 * Checks of a keyring's results. The engine trusts no keyring: each result is checked before it is used.
 * @module
 */

import { AuthenticationError, KeyringResultError } from '../errors.ts';
import { isEncodable } from '../message/encrypted-data-keys.ts';
import type { Suite } from '../suites.ts';
import { type Awaitable, isPromise, type Outcome } from './awaitable.ts';
import type { WrappedDataKey } from './keyring.ts';

/** Throws unless a message can be made with the result of `wrapDataKey`. */
export function checkWrapped(suite: Suite, wrapped: WrappedDataKey | undefined): asserts wrapped is WrappedDataKey {
  const fault = faultOf(suite, wrapped);
  if (fault !== undefined) throw new KeyringResultError(`wrapDataKey ${fault}`);
}

/** Whether {@link checkWrapped} accepts the result. */
export function isWrapped(suite: Suite, wrapped: unknown): wrapped is WrappedDataKey {
  return faultOf(suite, wrapped as WrappedDataKey) === undefined;
}

/** Whether {@link checkedKey} accepts the result as a data key. */
export function isDataKey(suite: Suite, result: unknown): boolean {
  return hasKeyLength(suite, result) && !isWiped(result);
}

/**
 * Returns the outcome of `unwrapDataKey`: a data key of the suite, `null`, or a failure. Any other result is wiped and
 * becomes a failure.
 */
export function checkedKey(suite: Suite, outcome: Outcome<Uint8Array | null>): Outcome<Uint8Array | null> {
  if (!outcome.succeeded || outcome.value === null) return outcome;
  const { value } = outcome;
  if (!hasKeyLength(suite, value)) {
    wipeBytes(value);
    return { succeeded: false, error: new AuthenticationError() };
  }
  return isWiped(value) ? { succeeded: false, error: new KeyringResultError(`unwrapDataKey ${WIPED}`) } : outcome;
}

/** Overwrites the data key in a keyring's result, even in an invalid one. If it is a promise, once that resolves. */
export function wipeDataKey(wrapped: Awaitable<WrappedDataKey> | undefined): void {
  if (isPromise(wrapped)) {
    wrapped.then(wipeDataKey, () => undefined);
    return;
  }
  wipeBytes(wrapped?.plaintextDataKey);
}

/** Overwrites a value if it is bytes, which may be a key. */
export function wipeBytes(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
}

// If a keyring returns one array twice, the second time it was already wiped.
const WIPED = 'returned a data key of zeros: each call must return an array of its own, which the engine wipes.';

function isWiped(dataKey: Uint8Array): boolean {
  return dataKey.every((byte) => byte === 0);
}

function hasKeyLength(suite: Suite, value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === suite.dataKeyLength;
}

function faultOf(suite: Suite, wrapped: WrappedDataKey | undefined): string | undefined {
  const dataKey: unknown = wrapped?.plaintextDataKey;
  const keys: unknown = wrapped?.encryptedDataKeys;
  if (!hasKeyLength(suite, dataKey)) {
    return `must return a plaintextDataKey of ${suite.dataKeyLength} bytes (was it a promise? then use encryptAsync).`;
  }
  if (isWiped(dataKey)) return WIPED;
  if (!Array.isArray(keys) || keys.length === 0) {
    return 'must return a list of encryptedDataKeys with at least one entry: without it no key opens the message.';
  }
  if (keys.every(isEncodable)) return undefined;
  return 'returned an encrypted data key that does not fit: providerId, providerInfo and ciphertext must be Uint8Arrays of up to 65535 bytes, and providerId UTF-8 of at least one.';
}
