/**
 * Contestants must agree before anything is timed: a fast wrong answer is worth nothing.
 * @module
 */

/** What makes a run end with an error: contestants that do not do the same work. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/** Requires the same bytes. `what` says whose, for the error. */
export function mustEqual(what: string, found: Uint8Array, expected: Uint8Array): void {
  if (found.length !== expected.length || found.some((byte, i) => byte !== expected[i])) {
    throw new DisagreementError(
      `${what}: ${found.length} byte(s) found, not the ${expected.length} that were expected`,
    );
  }
}
