/**
 * Refusals that come as a rejected promise.
 * @module
 */

import { type CoreErrorCode, SecureStringError } from '@securestring/core';
import { expect } from 'vitest';

/** Returns what a promise rejects with. If it resolves, the test fails. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return outcome === undefined ? expect.fail('expected a rejection, but it resolved') : outcome.error;
}

/** Returns the engine's refusal that a promise rejects with, which must have this code. */
export async function rejection(promise: Promise<unknown>, code: CoreErrorCode): Promise<SecureStringError> {
  const error = await rejectionOf(promise);
  if (!(error instanceof SecureStringError)) throw error;
  expect(error.code).toBe(code);
  return error;
}
