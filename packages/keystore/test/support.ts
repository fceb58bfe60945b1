/**
 * What the suites of this package share.
 * @module
 */

import { expect } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import {
  type Keystore,
  KeystoreError,
  type KeystoreErrorCode,
  type KeystoreOptions,
  type KeystoreStorage,
  KmsError,
  type KmsExceptionName,
  memoryStorage,
  openKeystore,
} from '../src/index.ts';
import { commitState, unlockCustody } from '../src/state/custody.ts';
import type { KeyRecord, KeystoreState } from '../src/state/records.ts';

/** Opens in no time, unlike a passphrase. */
export const unlock = { rootKey: new Uint8Array(32).fill(7) };
export const place = { region: 'us-east-1', accountId: '000000000000' };

/** A keystore in memory. */
export function openInMemory(options: Partial<KeystoreOptions> = {}): Promise<Keystore> {
  return openKeystore({ storage: memoryStorage(), unlock, ...options });
}

/** Makes a customer's key and returns its id and ARN. */
export async function makeKey(keystore: Keystore): Promise<{ keyId: string; arn: string }> {
  const { keyMetadata } = await keystore.createKey();
  return { keyId: keyMetadata.keyId, arn: keyMetadata.arn };
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What an action throws, or its promise rejects with; one that succeeds fails the test. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected a refusal, but it succeeded');
}

/** The refusal of an action, which is AWS's exception with that wording. */
export async function kmsRefusal(action: () => unknown, name: KmsExceptionName, message: string): Promise<KmsError> {
  const error = await thrownBy(action);
  if (!(error instanceof KmsError)) throw error;
  expect({ name: error.name, message: error.message }).toEqual({ name, message });
  return error;
}

/** The refusal of an action, which is about the keystore itself. */
export async function refusal(action: () => unknown, code: KeystoreErrorCode): Promise<KeystoreError> {
  const error = await thrownBy(action);
  if (!(error instanceof KeystoreError)) throw error;
  expect(error.code, error.message).toBe(code);
  return error;
}

/** Commits another state to a storage, as no operation would make it. */
export async function overwriteState(
  storage: KeystoreStorage,
  change: (state: KeystoreState) => KeystoreState,
): Promise<void> {
  const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
  await storage.replace(commitState(custody, change(custody.state)).bytes, custody.generation);
}

/** A state in which every key is another. */
export function withKeys(state: KeystoreState, change: (key: KeyRecord) => Partial<KeyRecord>): KeystoreState {
  return { ...state, keys: new Map([...state.keys].map(([keyId, key]) => [keyId, { ...key, ...change(key) }])) };
}
