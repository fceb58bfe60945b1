/**
 * One short sample of one contestant, taken by the `benchmark` library.
 * @module
 */

import Benchmark from 'benchmark';
import type { Contestant, TimedContestant } from './question.ts';

/** Takes one sample; resolves to the seconds of one call. */
export type Sampler = () => Promise<number>;

/** A sampler that remembers how many calls fill `seconds`, so that a sample after the first is one loop of calls. */
export function sampler(contestant: Contestant | TimedContestant, seconds: number): Sampler {
  if ('seconds' in contestant) return contestant.seconds;
  let calls = 1;
  return async () => {
    const period = await sample(contestant, seconds, calls);
    // A little more than needed: a loop that ends too early is thrown away and run again.
    calls = Math.max(1, Math.ceil((1.2 * seconds) / period));
    return period;
  };
}

function sample(contestant: Contestant, seconds: number, initCount: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const bench = new Benchmark({
      name: contestant.name,
      // With these the library takes one sample and stops.
      minSamples: 1,
      maxTime: -1,
      delay: 0,
      minTime: seconds,
      initCount,
      defer: contestant.asynchronous,
      fn: contestant.asynchronous
        ? (deferred: Benchmark.Deferred) => {
            Promise.resolve(contestant.run()).then(() => deferred.resolve(), reject);
          }
        : () => contestant.run(),
      onError: () => reject(bench.error),
      onComplete: () => resolve(bench.times.period),
    });
    bench.run();
  });
}
