/**
 * Prints what a seed decides, as `fixtures/deterministic.json` holds it, on one line; with the argument `pretty`, on
 * many: `node --conditions=@securestring/source --import tsx test/children/print-answers.ts pretty`.
 */

import { computeAnswers } from '../deterministic-answers.ts';

const indent = process.argv[2] === 'pretty' ? 2 : undefined;
process.stdout.write(`${JSON.stringify(await computeAnswers(), undefined, indent)}\n`);
