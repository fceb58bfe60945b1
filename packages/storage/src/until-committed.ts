/**
 * The repetition of a change that other writers were faster than.
 * @module
 */

import { callback } from '@securestring/core/options';

/** With eight writers of equal luck, one in a million changes would take more. */
const MAX_ATTEMPTS = 100;
/** Longest wait before a repeated attempt, in ms. */
const MAX_WAIT = 20;

/** One attempt at a change; `undefined` if another writer was faster. */
export type Attempt<Result> = () => Promise<{ readonly result: Result } | undefined>;

/**
 * Repeats an attempt until it gives a result, at most 100 times.
 *
 * @param refusal makes the error for the case that each attempt was beaten; it gets their number.
 * @param beaten attempts that were beaten before.
 * @throws what `attempt` throws, and what `refusal` makes; `TypeError` if one of them is not a function.
 */
export async function untilCommitted<Result>(
  attempt: Attempt<Result>,
  refusal: (attempts: number) => Error,
  beaten = 0,
): Promise<Result> {
  callback(attempt, 'attempt');
  callback(refusal, 'refusal');
  for (let failures = beaten; failures < MAX_ATTEMPTS; failures++) {
    if (failures > 0) await randomWait(failures);
    const done = await attempt();
    if (done !== undefined) return done.result;
  }
  throw refusal(MAX_ATTEMPTS);
}

/** Each conflict is the success of another writer; a random wait keeps two from meeting again and again. */
function randomWait(failures: number): Promise<void> {
  const wait = Math.random() * Math.min(2 ** failures, MAX_WAIT);
  return new Promise((resolve) => setTimeout(resolve, wait));
}
