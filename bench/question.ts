/**
 * What a benchmark is made of: a question has rows, a row has two contestants that do the same work.
 * @module
 */

/** One way to do the work. A promise is awaited, and counted until it settles. */
export interface Contestant {
  readonly name: string;
  readonly asynchronous: boolean;
  /** The work, once. */
  run(): unknown;
}

/** One that times itself: in a process of its own, or because a percentile is asked for. */
export interface TimedContestant {
  readonly name: string;
  /** One sample; resolves to the seconds of one call. */
  seconds(): Promise<number>;
}

/** What a row is held against. */
export interface Target {
  /** Reached where the ratio is at least this (a speed-up), or at most this (a cost). */
  readonly ratio: number;
  /** What was hoped for beyond. */
  readonly aim?: number;
}

export interface Row {
  readonly name: string;
  /** `speed-up`: reference time / subject time, more is better. `cost`: subject time / reference time, less is better. */
  readonly measure: 'speed-up' | 'cost';
  readonly subject: Contestant | TimedContestant;
  readonly reference: Contestant | TimedContestant;
  readonly target?: Target;
  /** Plaintext bytes of one call, where throughput says something. */
  readonly bytes?: number;
}

export interface Question {
  readonly title: string;
  /** Whether each sample is a process: a few of them are counted, and none can be warmed up. */
  readonly ownProcesses?: true;
  /**
   * Makes the contestants and lets them agree: each must understand what the other made.
   *
   * @throws where they don't; then nothing is timed.
   */
  rows(): Row[] | Promise<Row[]>;
}
