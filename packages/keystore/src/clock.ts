/**
 * The caller's clock. It may be any function, so its result is checked.
 * @module
 */

import { MAX_TIME } from './limits.ts';

/** Reads the clock in whole milliseconds. */
export function readClock(clock: () => number): number {
  // Never -0, which is stored as 0.
  const now = Math.floor(clock()) + 0;
  if (!(Math.abs(now) <= MAX_TIME)) {
    throw new RangeError(`clock must return milliseconds since 1970, as Date.now does, not ${now}.`);
  }
  return now;
}
