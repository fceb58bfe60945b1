/**
 * What a keyring answered, looked at before it is used. A keyring may be anybody's: nothing of it is taken for granted.
 * @module
 */

import { AuthenticationError, KeyringResultError } from '../errors.ts';
import { isEncodable } from '../message/encrypted-data-keys.ts';
import type { Suite } from '../suites.ts';
import { type Awaitable, isPromise, type Outcome } from './awaitable.ts';
import type { WrappedDataKey } from './keyring.ts';

/** Refuses what no message can be made of. */
export function checkWrapped(suite: Suite, wrapped: WrappedDataKey | undefined): asserts wrapped is WrappedDataKey {
  const fault = faultOf(suite, wrapped);
  if (fault !== undefined) throw new KeyringResultError(`wrapDataKey ${fault}`);
}

/** Whether {@link checkWrapped} takes it. */
export function isWrapped(suite: Suite, wrapped: unknown): wrapped is WrappedDataKey {
  return faultOf(suite, wrapped as WrappedDataKey) === undefined;
}

/** Whether {@link checkedKey} takes it for a data key. */
export function isDataKey(suite: Suite, answer: unknown): boolean {
  return hasKeyLength(suite, answer) && !isWiped(answer);
}

/**
 * How unwrapDataKey ended: with a data key of the suite, with `null`, or with a failure. An answer that is neither is one,
 * and wiped.
 */
export function checkedKey(suite: Suite, outcome: Outcome<Uint8Array | null>): Outcome<Uint8Array | null> {
  if (!outcome.answered || outcome.answer === null) return outcome;
  const { answer } = outcome;
  if (!hasKeyLength(suite, answer)) {
    wipeBytes(answer);
    return { answered: false, error: new AuthenticationError() };
  }
  return isWiped(answer) ? { answered: false, error: new KeyringResultError(`unwrapDataKey ${WIPED}`) } : outcome;
}

/** Overwrites the data key that a keyring returned, whatever else it returned; one that was promised, when it comes. */
export function wipeDataKey(wrapped: Awaitable<WrappedDataKey> | undefined): void {
  if (isPromise(wrapped)) {
    wrapped.then(wipeDataKey, () => undefined);
    return;
  }
  wipeBytes(wrapped?.plaintextDataKey);
}

/** Overwrites what may be a key. */
export function wipeBytes(answer: unknown): void {
  if (answer instanceof Uint8Array) answer.fill(0);
}

// A keyring that hands out one array twice hands out a wiped one the second time.
const WIPED = 'returned a data key of zeros: each call must return an array of its own, which the engine wipes.';

function isWiped(dataKey: Uint8Array): boolean {
  return dataKey.every((byte) => byte === 0);
}

function hasKeyLength(suite: Suite, answer: unknown): answer is Uint8Array {
  return answer instanceof Uint8Array && answer.length === suite.dataKeyLength;
}

function faultOf(suite: Suite, wrapped: WrappedDataKey | undefined): string | undefined {
  const dataKey: unknown = wrapped?.plaintextDataKey;
  const keys: unknown = wrapped?.encryptedDataKeys;
  if (!hasKeyLength(suite, dataKey)) {
    return `must return a plaintextDataKey of ${suite.dataKeyLength} bytes (was it a promise? then use encryptAsync).`;
  }
  if (isWiped(dataKey)) return WIPED;
  if (!Array.isArray(keys) || keys.length === 0) {
    return 'must return a list of encryptedDataKeys, or nobody could open the message.';
  }
  if (keys.every(isEncodable)) return undefined;
  return 'returned an encrypted data key that does not fit: providerId, providerInfo and ciphertext must be Uint8Arrays of up to 65535 bytes, and providerId UTF-8 of at least one.';
}
