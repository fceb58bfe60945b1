/**
 * A process that asks one question once: `child.ts NAME full|quick`. Started by `children.ts`, which hears its result.
 * @module
 */

import type { Question } from './question.ts';
import { loadQuestion } from './questions/index.ts';
import { type Effort, FULL_EFFORT, PROCESS_EFFORT, QUICK_EFFORT, QUICK_PROCESS_EFFORT, runRounds } from './rounds.ts';
import { type ProcessResult, rowFacts } from './verdict.ts';

const [name = '', effort] = process.argv.slice(2);
process.send?.(await ask(name));
process.disconnect?.();

async function ask(name: string): Promise<ProcessResult> {
  const question = await loadQuestion(name);
  const rows = await question.rows();
  const samples = await runRounds(rows, effortFor(question));
  return { title: question.title, rows: rows.map(rowFacts), samples };
}

function effortFor({ ownProcesses }: Question): Effort {
  if (ownProcesses === true) return effort === 'quick' ? QUICK_PROCESS_EFFORT : PROCESS_EFFORT;
  return effort === 'quick' ? QUICK_EFFORT : FULL_EFFORT;
}
