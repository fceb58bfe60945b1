/**
 * The clock of waits, moved by a test: a wait of seconds takes none, and ends at its millisecond.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';

export interface StoppedClock {
  /** What `performance.now` returns, in ms. */
  now: number;
  /** Resolves when the code under test has read the clock a few more times. */
  looks(): Promise<void>;
}

/** Runs `work` with a clock that moves only when `work` moves it. Timers run on. */
export async function withStoppedClock<Result>(work: (clock: StoppedClock) => Promise<Result>): Promise<Result> {
  let reads = 0;
  const clock: StoppedClock = {
    now: 0,
    looks: async () => {
      for (const before = reads; reads < before + 5; ) await sleep(1);
    },
  };
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => {
    reads++;
    return clock.now;
  });
  try {
    return await work(clock);
  } finally {
    spy.mockRestore();
  }
}
