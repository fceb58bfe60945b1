/**
 * Rounds: in each, every contestant of a question runs for one short sample, the two of a row one right after the other.
 * A disturbance from outside then hits both, and no row alone.
 * @module
 */

import type { Row } from './question.ts';
import { type Sampler, sampler } from './sampler.ts';

export interface Effort {
  /** Rounds are run and not counted for this long: compilers and caches settle. */
  readonly warmUpSeconds: number;
  /** Then rounds are counted for this long. */
  readonly seconds: number;
  /** Least number of counted rounds, however long they take. */
  readonly leastRounds: number;
  /** Least length of a sample. */
  readonly sampleSeconds: number;
}

export const FULL_EFFORT: Effort = { warmUpSeconds: 3, seconds: 10, leastRounds: 15, sampleSeconds: 0.02 };
export const QUICK_EFFORT: Effort = { warmUpSeconds: 1, seconds: 2, leastRounds: 3, sampleSeconds: 0.01 };

/** Where each sample is a process: rounds by their number alone. */
export const PROCESS_EFFORT: Effort = { warmUpSeconds: 0, seconds: 0, leastRounds: 5, sampleSeconds: 0 };
export const QUICK_PROCESS_EFFORT: Effort = { ...PROCESS_EFFORT, leastRounds: 1 };

/** Seconds of one call, a number for each round. */
export interface Samples {
  readonly subject: readonly number[];
  readonly reference: readonly number[];
}

interface Turn {
  readonly take: Sampler;
  readonly periods: number[];
}

interface Pair {
  readonly subject: Turn;
  readonly reference: Turn;
}

/** Runs the rounds of all rows, in the order of which the samples are returned. */
export async function runRounds(rows: readonly Row[], effort: Effort): Promise<Samples[]> {
  const pairs = rows.map((row) => ({
    subject: turn(sampler(row.subject, effort.sampleSeconds)),
    reference: turn(sampler(row.reference, effort.sampleSeconds)),
  }));
  await runFor(effort.warmUpSeconds, 1, pairs);
  for (const { subject, reference } of pairs) {
    subject.periods.length = 0;
    reference.periods.length = 0;
  }
  await runFor(effort.seconds, effort.leastRounds, pairs);
  return pairs.map(({ subject, reference }) => ({ subject: subject.periods, reference: reference.periods }));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function turn(take: Sampler): Turn {
  return { take, periods: [] };
}

async function runFor(seconds: number, leastRounds: number, pairs: readonly Pair[]): Promise<void> {
  const end = performance.now() + seconds * 1e3;
  for (let round = 0; round < leastRounds || performance.now() < end; round++) {
    for (const { take, periods } of orderOf(pairs, round)) periods.push(await take());
  }
}

/** Another row begins each round, and who went first of a row goes last in the next: nobody always follows the same. */
function orderOf(pairs: readonly Pair[], round: number): Turn[] {
  const start = round % pairs.length;
  return [...pairs.slice(start), ...pairs.slice(0, start)].flatMap(({ subject, reference }) =>
    round % 2 === 0 ? [subject, reference] : [reference, subject],
  );
}
