/**
 * All eleven suites, signing or not, for `describe.each` and `it.each`, whose `%s` is the name.
 * @module
 */

import { type CommitmentPolicy, type SuiteId, suites } from '@securestring/core';
import { policyFor, suiteName } from './suites.ts';

export const EVERY_SUITE: readonly (readonly [name: string, suite: SuiteId])[] = [...suites.values()].map(({ id }) => [
  suiteName(id),
  id,
]);

export const EVERY_SIGNING_SUITE: readonly (readonly [name: string, suite: SuiteId])[] = EVERY_SUITE.filter(
  ([, suite]) => signs(suite),
);

export function signs(suite: SuiteId): boolean {
  return suites.get(suite)?.signature !== null;
}

/** Returns a policy under which a suite may be read. */
export function readingOf(suite: SuiteId): { commitmentPolicy: CommitmentPolicy } {
  return { commitmentPolicy: policyFor(suite) };
}

/** Returns the options of a message without those that only its writer takes. */
export function toRead<Options extends object>(options: Options): Omit<Options, 'suite' | 'frameLength'> {
  const { suite: _, frameLength: __, ...rest } = options as Options & { suite?: unknown; frameLength?: unknown };
  return rest;
}

/** A suite and a policy under which it may be written and read. */
export function optionsFor(suite: SuiteId): { suite: SuiteId; commitmentPolicy: CommitmentPolicy } {
  return { suite, commitmentPolicy: policyFor(suite) };
}
