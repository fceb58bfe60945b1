/**
 * Refusals: errors of the engine's own classes, each with a code.
 * @module
 */

import { type CoreErrorCode, MalformedError, SecureStringError } from '@securestring/core';
import { expect } from 'vitest';
import type { Mutant } from './bytes.ts';

/** Returns what an action throws. If it returns, the test fails. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected a refusal, but it returned');
}

/** Returns the refusal that an action throws, which must have this code. */
export function refusal(action: () => unknown, code: CoreErrorCode): SecureStringError {
  const error = thrownBy(action);
  if (!(error instanceof SecureStringError)) throw error;
  expect(error.code).toBe(code);
  return error;
}

/** Returns where a `MALFORMED_…` refusal puts the fault, and its name for it. */
export function malformation(action: () => unknown, code: CoreErrorCode = 'MALFORMED_MESSAGE'): MalformedError {
  const error = refusal(action, code);
  if (!(error instanceof MalformedError)) throw error;
  return error;
}

/** Tries every mutant. `others` names those that were accepted, or ended in an error that is not the engine's own. */
export function tryAll(
  mutants: Iterable<Mutant>,
  open: (bytes: Uint8Array) => unknown,
): { refused: number; others: readonly string[] } {
  let refused = 0;
  const others: string[] = [];
  for (const { name, bytes } of mutants) {
    try {
      open(bytes);
      others.push(`${name}: accepted`);
    } catch (error) {
      if (error instanceof SecureStringError) refused += 1;
      else others.push(`${name}: ${error}`);
    }
  }
  return { refused, others };
}
