/**
 * A process that asks one question once: `child.ts NAME full|quick`. Started by `children.ts`, which hears its result.
 * @module
 */

import { loadQuestion } from './questions/index.ts';
import { FULL_EFFORT, QUICK_EFFORT, runRounds } from './rounds.ts';
import { type ProcessResult, rowFacts } from './verdict.ts';

const [name = '', effort] = process.argv.slice(2);
process.send?.(await ask(name));
process.disconnect?.();

async function ask(name: string): Promise<ProcessResult> {
  const question = await loadQuestion(name);
  const rows = await question.rows();
  const samples = await runRounds(rows, effort === 'quick' ? QUICK_EFFORT : FULL_EFFORT);
  return { title: question.title, rows: rows.map(rowFacts), samples };
}
