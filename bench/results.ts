/**
 * What the questions measured, in `results/QUESTION.json`: the report is written from it, and a later measurement is
 * compared with it.
 * @module
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { median, type Result, type RowFacts } from './runner.ts';

const FOLDER = join(import.meta.dirname, 'results');

/** A row with what each process measured, in the order of the processes. */
export interface MeasuredRow extends RowFacts {
  readonly subject: string;
  readonly reference: string;
  /** The median of `ratios`. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** Microseconds of one call. */
  readonly subjectTimes: readonly number[];
  readonly referenceTimes: readonly number[];
}

/** A question that was asked. */
export interface Measured {
  readonly question: string;
  readonly title: string;
  /** `2026-11-28`. */
  readonly date: string;
  /** The processor and how many cores there are. */
  readonly machine: string;
  /** By what has it: node, openssl, an SDK of another language. */
  readonly versions: Readonly<Record<string, string>>;
  readonly effort: string;
  readonly rows: readonly MeasuredRow[];
}

/** Puts together what processes measured of the same rows. */
export function measuredRows(results: readonly Result[]): MeasuredRow[] {
  const [first] = results;
  return (first?.rows ?? []).map((row, at) =>
    measuredRow(
      row,
      results.map(({ samples }) => median(samples[at]?.subject ?? [])),
      results.map(({ samples }) => median(samples[at]?.reference ?? [])),
    ),
  );
}

/** Returns a row of the seconds that each process found. */
export function measuredRow(
  row: RowFacts & { readonly subject: string; readonly reference: string },
  subjects: readonly number[],
  references: readonly number[],
): MeasuredRow {
  const ratios = subjects.map((ours, i) => {
    const other = references[i] ?? Number.NaN;
    return rounded(row.measure === 'speed-up' ? other / ours : ours / other);
  });
  const times = (seconds: readonly number[]) => seconds.map((each) => rounded(each * 1e6));
  const { name, measure, target, bytes, subject, reference } = row;
  const facts = { name, measure, ...(target && { target }), ...(bytes && { bytes }), subject, reference };
  return { ...facts, ratio: median(ratios), ratios, subjectTimes: times(subjects), referenceTimes: times(references) };
}

/** Whether a row is where it is asked to be; undefined if nothing is asked. */
export function isReached({ target, measure, ratio }: MeasuredRow): boolean | undefined {
  if (target === undefined) return undefined;
  return measure === 'speed-up' ? ratio >= target : ratio <= target;
}

/** Four digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Keeps what was measured just now on this machine. */
export function keepResult(
  { question, title, effort, rows }: Pick<Measured, 'question' | 'title' | 'effort' | 'rows'>,
  versions: Measured['versions'] = {},
): void {
  const { node, openssl } = process.versions;
  const measured: Measured = {
    question,
    title,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`,
    versions: { node, ...(openssl && { openssl }), ...versions },
    effort,
    rows,
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${question}.json`), resultText(measured));
}

/** Returns the text of a result: a row is a line, so that a difference shows rows. */
export function resultText({ rows, ...facts }: Measured): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return JSON.stringify({ ...facts, rows: [] }, undefined, 2).replace(/\[\]\n\}$/, `[\n${lines}\n  ]\n}\n`);
}

/** Reads the results of a folder, by their questions. Questions that were not asked are missing. */
export function keptResults(folder: string = FOLDER): ReadonlyMap<string, Measured> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  const results = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Measured);
  return new Map(results.map((each) => [each.question, each]));
}
