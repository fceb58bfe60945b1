/**
 * Verdicts as a table for people.
 * @module
 */

import type { Verdict } from './verdict.ts';

const HEADINGS = ['', 'time', 'against', 'ratio', 'each process', 'target', ''];

export function verdictTable(title: string, verdicts: readonly Verdict[]): string {
  const lines = [HEADINGS, ...verdicts.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd(),
  );
  return [title, ...text].join('\n');
}

function cells(verdict: Verdict): string[] {
  const { best, processes, reached, bytes } = verdict;
  return [
    verdict.name,
    `${verdict.subject} ${speed(best.subjectMedian, bytes)}`,
    `${verdict.reference} ${speed(best.referenceMedian, bytes)}`,
    ratioText(verdict, best.ratio),
    processes.map(({ ratio }) => ratio.toFixed(2)).join(' '),
    targetText(verdict),
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
  ];
}

function targetText(verdict: Verdict): string {
  const { target } = verdict;
  if (target === undefined) return '';
  const bound = `${verdict.measure === 'speed-up' ? 'at least' : 'at most'} ${target.ratio}x`;
  return target.aim === undefined ? bound : `${bound}, aim ${target.aim}x`;
}

function ratioText(verdict: Verdict, ratio: number): string {
  return `${ratio.toFixed(2)}x ${verdict.measure === 'speed-up' ? 'as fast' : 'the cost'}`;
}

function speed(seconds: number, bytes: number | undefined): string {
  const time = seconds < 1e-3 ? `${(seconds * 1e6).toFixed(1)} us` : `${(seconds * 1e3).toFixed(2)} ms`;
  return bytes === undefined ? time : `${time} (${(bytes / 1e6 / seconds).toFixed(0)} MB/s)`;
}
