/**
 * The one runner: a question has rows, and a row has two contestants that do the same work. Both run in one process, in
 * turns of one short sample, so that what disturbs the machine for a second disturbs both.
 * @module
 */

import { fork } from 'node:child_process';
import Benchmark from 'benchmark';

/** A question and the contestants that answer it. */
export interface Question {
  readonly title: string;
  /** Whether each sample is a process: then a few are counted, and none can be warmed up. */
  readonly ownProcesses?: true;
  /** Makes the contestants and checks that they agree. @throws `DisagreementError` if not: then nothing is timed. */
  rows(): readonly Row[] | Promise<readonly Row[]>;
  /** Ends what the contestants hold open, a browser for example. */
  close?(): Promise<void>;
}

/** A row without its work: one process sends it to another. */
export interface RowFacts {
  readonly name: string;
  /**
   * `speed-up`: reference time / subject time, more is better. `cost`: subject time / reference time, less is better.
   */
  readonly measure: 'speed-up' | 'cost';
  /** The ratio that is asked for: at least this (a speed-up), or at most this (a cost). */
  readonly target?: number | undefined;
  /** Plaintext bytes of one call, if a throughput is of interest. */
  readonly bytes?: number | undefined;
}

/** Two contestants. */
export interface Row extends RowFacts {
  readonly subject: Contestant;
  readonly reference: Contestant;
}

/** One way to do the work: called in a loop that is timed, or with a clock of its own. */
export interface Contestant {
  readonly name: string;
  /** Returns the seconds of one call, measured over about `seconds`. */
  readonly sample: (seconds: number) => Promise<number>;
}

/** How long and how often samples are taken. */
export interface Effort {
  /** Rounds of this time are run first and not counted, in seconds: compilers and caches settle. */
  readonly warmUp: number;
  /** Rounds are counted for this time, in seconds, and at least `leastRounds` of them. */
  readonly counted: number;
  readonly leastRounds: number;
  /** Least length of a sample, in seconds. */
  readonly sample: number;
}

/** Seconds of one call, a number for each round. */
export interface Samples {
  readonly subject: readonly number[];
  readonly reference: readonly number[];
}

/** What one process measured. */
export interface Result {
  readonly title: string;
  readonly rows: readonly (RowFacts & { readonly subject: string; readonly reference: string })[];
  /** In the order of the rows. */
  readonly samples: readonly Samples[];
}

/** Contestants that do not do the same work: a fast wrong answer is worth nothing. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/** Requires the same bytes. `what` names them in the error. */
export function mustEqual(what: string, found: Uint8Array | string, expected: Uint8Array | string): void {
  if (!Buffer.from(found).equals(Buffer.from(expected))) {
    throw new DisagreementError(
      `${what}: ${found.length} byte(s) found, not the ${expected.length} that were expected`,
    );
  }
}

/** Returns a contestant whose work is done when `run` returns. */
export function calls(name: string, run: () => unknown): Contestant {
  return looped(name, { defer: false, fn: run });
}

/** Returns a contestant whose work is done when the promise of `run` is settled. */
export function promises(name: string, run: () => Promise<unknown>): Contestant {
  const fn = (deferred: Benchmark.Deferred) => {
    // A rejection ends the process.
    void run().then(() => deferred.resolve());
  };
  return looped(name, { defer: true, fn });
}

/** The library `benchmark` takes one sample at a time, and remembers how many calls fill it. */
function looped(name: string, work: Benchmark.Options): Contestant {
  let initCount = 1;
  const sample = (seconds: number) =>
    new Promise<number>((resolve, reject) => {
      const bench = new Benchmark({
        ...work,
        name,
        initCount,
        // With these the library takes one sample and stops.
        minSamples: 1,
        maxTime: -1,
        delay: 0,
        minTime: seconds,
        onError: () => reject(bench.error),
        onComplete: () => {
          // A little more than needed: a loop that ends too early is thrown away and run again.
          initCount = Math.max(1, Math.ceil((1.2 * seconds) / bench.times.period));
          resolve(bench.times.period);
        },
      });
      bench.run();
    });
  return { name, sample };
}

/** Answers a question in this process: all of its rows, or those that are `wanted` by their names. */
export async function answer(
  question: Question,
  { warmUp, counted, leastRounds, sample }: Effort,
  wanted: (name: string) => boolean = () => true,
): Promise<Result> {
  const rows = (await question.rows()).filter(({ name }) => wanted(name));
  const runFor = async (seconds: number, least: number): Promise<Samples[]> => {
    const taken = rows.map(() => ({ subject: [] as number[], reference: [] as number[] }));
    const end = performance.now() + seconds * 1e3;
    for (let round = 0; round < least || performance.now() < end; round++) {
      // Another row begins each round, and the one that went first of a row goes last in the next.
      const order = rows.map((_, i) => (i + round) % rows.length);
      const sides = round % 2 === 0 ? (['subject', 'reference'] as const) : (['reference', 'subject'] as const);
      for (const at of order) {
        for (const side of sides) taken[at]?.[side].push((await rows[at]?.[side].sample(sample)) ?? Number.NaN);
      }
    }
    return taken;
  };
  await runFor(warmUp, 1);
  return {
    title: question.title,
    rows: rows.map((row) => ({ ...row, subject: row.subject.name, reference: row.reference.name })),
    samples: await runFor(counted, leastRounds),
  };
}

/** Runs a module in a process of its own and resolves to what it sends. @throws if it ends without. */
export function runChild<Sent>(module: string, args: readonly string[]): Promise<Sent> {
  return new Promise((resolve, reject) => {
    let sent: Sent | undefined;
    fork(module, args)
      .on('message', (message) => {
        sent = message as Sent;
      })
      .on('error', reject)
      .on('exit', (code) => {
        if (sent !== undefined && code === 0) resolve(sent);
        else reject(new Error(`${args.join(' ')}: nothing was measured, the process ended with ${code}`));
      });
  });
}

/** Returns the median, of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}
