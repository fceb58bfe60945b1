/**
 * Did messages and key blobs lose against the ratios in `results/`? Asked quickly, and again of what seems lost: what
 * disturbs the machine for a second must not be taken for a loss.
 * @module
 */

import { join } from 'node:path';
import { keptResults, type MeasuredRow, measuredRows } from './results.ts';
import { type Result, runChild } from './runner.ts';

/** A row is lost if its ratio is worse than this times the one that is kept. */
const LOSS = 1.35;
/** How often a row is asked that seems lost: any of them may show that it is not. */
const ATTEMPTS = 4;
/** Their ratios are to calls in the same process, which move less than those to a peer. Large ones need longer. */
const QUESTION = 'floor';
const WANTED = /^(?:64 B|4 KB|64 B key blob), /;

/** Returns the names of the rows that are lost, of those that both have. */
export function lostRows(kept: readonly MeasuredRow[], found: readonly MeasuredRow[]): string[] {
  const ratios = new Map(kept.map((row) => [row.name, row.ratio]));
  return found.flatMap(({ name, measure, ratio }) => {
    const before = ratios.get(name);
    if (before === undefined) return [];
    const isLost = measure === 'speed-up' ? ratio < before / LOSS : ratio > before * LOSS;
    return isLost ? [name] : [];
  });
}

/** Asks for rows by their names, and again for those that seem lost; returns those that seem so every time. */
export async function stillLost(
  kept: readonly MeasuredRow[],
  ask: (names: readonly string[]) => Promise<readonly MeasuredRow[]>,
): Promise<string[]> {
  let names = kept.map(({ name }) => name);
  for (let left = ATTEMPTS; left > 0 && names.length > 0; left--) names = lostRows(kept, await ask(names));
  return names;
}

/** Compares with the results that are kept; whether nothing is lost. A checkout without results has nothing to lose. */
export async function checkRatios(): Promise<boolean> {
  const kept = (keptResults().get(QUESTION)?.rows ?? []).filter(({ name }) => WANTED.test(name));
  const lines = new Map<string, string>();
  const lost = await stillLost(kept, async (names) => {
    const child = join(import.meta.dirname, 'child.ts');
    const found = measuredRows([bestSamples(await runChild<Result>(child, [QUESTION, 'check', ...names]))]);
    for (const { name, ratio } of found) lines.set(name, `${lines.get(name) ?? ''} ${ratio.toFixed(2)}`);
    return found;
  });
  for (const { name, ratio } of kept) {
    const found = lines.get(name) ?? ' not asked: its provider is not here';
    console.log(`${lost.includes(name) ? 'LOST ' : 'ok   '} ${name}: ${ratio.toFixed(2)} kept,${found}`);
  }
  console.log(`${kept.length - lost.length} of ${kept.length} ratios are within ${LOSS} times what bench/results has.`);
  return lost.length === 0;
}

/** The best sample of each contestant: the others were disturbed more. */
function bestSamples({ samples, ...rest }: Result): Result {
  const best = (seconds: readonly number[]) => [Math.min(...seconds)];
  return {
    ...rest,
    samples: samples.map((each) => ({ subject: best(each.subject), reference: best(each.reference) })),
  };
}
