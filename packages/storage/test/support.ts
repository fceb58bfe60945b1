/**
 * What the suites of this package share.
 * @module
 */

import { expect } from 'vitest';
import { StorageError, type StorageErrorCode } from '../src/index.ts';

/** Returns what an action throws, or its promise rejects with; one that succeeds fails the test. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected a refusal, but it succeeded');
}

/** Returns the storage's refusal of an action. */
export async function refusal(action: () => unknown, code: StorageErrorCode): Promise<StorageError> {
  const error = await thrownBy(action);
  if (!(error instanceof StorageError)) throw error;
  expect(error.code, error.message).toBe(code);
  return error;
}
