/**
 * The suites, and the policies under which they may be used.
 * @module
 */

import type { CommitmentPolicy, SuiteId } from '@securestring/core';

/** The suites that do not sign. */
export const UNSIGNED_SUITES = [
  0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0478,
] as const satisfies readonly SuiteId[];

/** The suites that sign. */
export const SIGNING_SUITES = [0x0214, 0x0346, 0x0378, 0x0578] as const satisfies readonly SuiteId[];

/** The suites that do not sign, for `describe.each` and `it.each`, whose `%s` is the name. */
export const NAMED_SUITES: readonly (readonly [string, (typeof UNSIGNED_SUITES)[number]])[] = UNSIGNED_SUITES.map(
  (suite) => [suiteName(suite), suite],
);

/** Returns a policy under which a suite may be written and read. */
export function policyFor(suite: SuiteId): CommitmentPolicy {
  return suite === 0x0478 || suite === 0x0578 ? 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT' : 'FORBID_ENCRYPT_ALLOW_DECRYPT';
}

/** `0x0478` */
export function suiteName(suite: number): string {
  return `0x${suite.toString(16).padStart(4, '0')}`;
}
