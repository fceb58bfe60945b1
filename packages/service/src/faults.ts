/**
 * Faults of a request in AWS's words. A request is judged whole, and all its faults are one refusal.
 * @module
 */

import type { Refuse } from './errors.ts';

/** The faults of a request: a sentence for each wrong member, in the order of the members. */
export type Faults = string[];

/** Bounds of a number of characters, bytes or entries, or of a number itself. Both bounds are allowed values. */
export interface Bounds {
  /** The smallest allowed value. */
  readonly least: number;
  /** The largest allowed value. */
  readonly most: number;
}

/** Builds the sentence for a member that breaks a constraint. `what` never holds a secret. */
export function fault(what: string, constraint: string): string {
  return `${what} failed to satisfy constraint: Member must ${constraint}`;
}

/** Builds the sentence for a missing member. */
export function missing(place: string): string {
  return fault(`Value null at '${place}'`, 'not be null');
}

/** Builds the sentence for a length out of bounds; returns `undefined` if it is within them. */
export function lengthFault(what: string, length: number, { least, most }: Bounds): string | undefined {
  if (length < least) return fault(what, `have length greater than or equal to ${least}`);
  if (length > most) return fault(what, `have length less than or equal to ${most}`);
  return undefined;
}

/**
 * Refuses a request that has faults.
 *
 * @throws the service's `ValidationException`.
 */
export function refuseFaults(faults: Faults, refuse: Refuse): void {
  if (faults.length === 0) return;
  const errors = faults.length === 1 ? 'error' : 'errors';
  throw refuse('ValidationException', `${faults.length} validation ${errors} detected: ${faults.join('; ')}`);
}
