/**
 * Refusals that come as a rejected promise.
 * @module
 */

import { type CoreErrorCode, SecureStringError } from '@securestring/core';
import { expect } from 'vitest';

/** What a promise rejects with; one that resolves fails the test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return outcome === undefined ? expect.fail('expected a rejection, but it resolved') : outcome.error;
}

/** The engine's refusal that a promise rejects with, with that code. */
export async function rejection(promise: Promise<unknown>, code: CoreErrorCode): Promise<SecureStringError> {
  const error = await rejectionOf(promise);
  if (!(error instanceof SecureStringError)) throw error;
  expect(error.code).toBe(code);
  return error;
}
