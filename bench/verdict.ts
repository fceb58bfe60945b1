/**
 * From samples to a verdict: ratio of medians within each process, best of the processes.
 * @module
 */

import type { Row, Target } from './question.ts';
import { median, type Samples } from './rounds.ts';

/** A row without its work: what a process can tell another. */
export interface RowFacts {
  readonly name: string;
  readonly measure: Row['measure'];
  readonly subject: string;
  readonly reference: string;
  readonly target?: Target;
  readonly bytes?: number;
}

/** What one process measured. */
export interface ProcessResult {
  readonly title: string;
  readonly rows: readonly RowFacts[];
  /** In the order of the rows. */
  readonly samples: readonly Samples[];
}

/** One process's view of a row. */
export interface Measurement {
  readonly ratio: number;
  /** Seconds of one call. */
  readonly subjectMedian: number;
  readonly referenceMedian: number;
  readonly rounds: Samples;
}

export interface Verdict extends RowFacts {
  /** The best process's. */
  readonly ratio: number;
  readonly best: Measurement;
  readonly processes: readonly Measurement[];
  /** `undefined` where the row has no target. */
  readonly reached: boolean | undefined;
}

export function rowFacts(row: Row): RowFacts {
  const { name, measure, subject, reference, target, bytes } = row;
  return {
    name,
    measure,
    subject: subject.name,
    reference: reference.name,
    ...(target && { target }),
    ...(bytes !== undefined && { bytes }),
  };
}

/** Joins what several processes measured of one question. */
export function judge(results: readonly ProcessResult[]): Verdict[] {
  const [first] = results;
  return (first?.rows ?? []).map((facts, index) => {
    const processes = results.flatMap(({ samples }) => samples[index] ?? []).map((taken) => measurement(facts, taken));
    const best = processes.reduce((a, b) => (isBetter(facts, b.ratio, a.ratio) ? b : a));
    const { target } = facts;
    const reached = target && (best.ratio === target.ratio || isBetter(facts, best.ratio, target.ratio));
    return { ...facts, ratio: best.ratio, best, processes, reached };
  });
}

function measurement(facts: RowFacts, rounds: Samples): Measurement {
  const subjectMedian = median(rounds.subject);
  const referenceMedian = median(rounds.reference);
  const ratio = facts.measure === 'speed-up' ? referenceMedian / subjectMedian : subjectMedian / referenceMedian;
  return { ratio, subjectMedian, referenceMedian, rounds };
}

function isBetter(facts: RowFacts, ratio: number, than: number): boolean {
  return facts.measure === 'speed-up' ? ratio > than : ratio < than;
}
