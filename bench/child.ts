/**
 * A process that answers one question and sends the result: `child.ts QUESTION full|quick`.
 * @module
 */

import { questions } from './questions/index.ts';
import { answer, type Effort } from './runner.ts';

const EFFORTS: Readonly<Record<'loops' | 'processes', Readonly<Record<string, Effort>>>> = {
  loops: {
    full: { warmUp: 3, counted: 10, leastRounds: 15, sample: 0.02 },
    quick: { warmUp: 1, counted: 2, leastRounds: 3, sample: 0.01 },
  },
  processes: {
    full: { warmUp: 0, counted: 0, leastRounds: 5, sample: 0 },
    quick: { warmUp: 0, counted: 0, leastRounds: 1, sample: 0 },
  },
};

const [name = '', effort = ''] = process.argv.slice(2);
const question = await questions[name]?.();
const chosen = EFFORTS[question?.ownProcesses ? 'processes' : 'loops'][effort];
if (question === undefined || chosen === undefined) throw new RangeError(`Unknown: ${name} ${effort}`);
process.send?.(await answer(question, chosen));
process.disconnect?.();
