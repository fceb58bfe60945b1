/**
 * A process that answers one question and sends the result: `child.ts QUESTION full|brief|quick|check [ROW…]`.
 * @module
 */

import { questions } from './questions/index.ts';
import { answer, type Effort } from './runner.ts';

const EFFORTS: Readonly<Record<'loops' | 'processes', Readonly<Record<string, Effort>>>> = {
  loops: {
    full: { warmUp: 3, counted: 10, leastRounds: 15, sample: 0.02 },
    brief: { warmUp: 1.5, counted: 5, leastRounds: 9, sample: 0.01 },
    quick: { warmUp: 1, counted: 2, leastRounds: 3, sample: 0.01 },
    // Short samples, of which the best counts: on a busy machine one of them is left alone.
    check: { warmUp: 0.5, counted: 3, leastRounds: 25, sample: 0.002 },
  },
  processes: {
    full: { warmUp: 0, counted: 0, leastRounds: 5, sample: 0 },
    brief: { warmUp: 0, counted: 0, leastRounds: 3, sample: 0 },
    quick: { warmUp: 0, counted: 0, leastRounds: 1, sample: 0 },
  },
};

const [name = '', effort = '', ...wanted] = process.argv.slice(2);
const question = await questions[name]?.();
const chosen = EFFORTS[question?.ownProcesses ? 'processes' : 'loops'][effort];
if (question === undefined || chosen === undefined) throw new RangeError(`Unknown: ${name} ${effort}`);
process.send?.(await answer(question, chosen, wanted.length === 0 ? undefined : (row) => wanted.includes(row)));
await question.close?.();
process.disconnect?.();
