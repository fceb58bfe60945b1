/**
 * Asks the benchmark's questions and tells the answers. `README.md` says how to read them.
 *
 *     bench/run.ts [QUESTION…] [--quick] [--json FILE] [--gate]
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { askInProcess } from './children.ts';
import { circumstances } from './circumstances.ts';
import { questionNames } from './questions/index.ts';
import { verdictTable } from './table.ts';
import { judge, type ProcessResult, type Verdict } from './verdict.ts';

interface Answer {
  readonly question: string;
  readonly title: string;
  readonly verdicts: readonly Verdict[];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    gate: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) {
  console.log(`npm run bench -- [QUESTION…] [--quick] [--json FILE] [--gate]

  --quick      fewer rounds and one process: an impression
  --json FILE  write the answers there, too
  --gate       exit with 1 where a target was missed

Questions: ${questionNames.join(', ')}. Without one, all are asked.`);
  process.exit(0);
}

const names = positionals.length === 0 ? questionNames : positionals;
const unknown = names.filter((name) => !questionNames.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Questions: ${questionNames.join(', ')}.`);
  process.exit(2);
}

// Now, rather than after minutes of measuring.
if (options.json !== undefined) mkdirSync(dirname(options.json), { recursive: true });

const where = circumstances();
const { machine, versions, commit } = where;
console.log(
  `${machine.cpu}, ${machine.cores} cores, node ${versions['node']}, OpenSSL ${versions['openssl']}, commit ${commit}`,
);
const answers: Answer[] = [];
for (const name of names) {
  const answer = await ask(name, options.quick ? 1 : 3);
  answers.push(answer);
  console.log(`\n${verdictTable(`${name}. ${answer.title}`, answer.verdicts)}`);
}
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ ...where, quick: options.quick, answers }, null, 1)}\n`);
}

const missed = answers.flatMap(({ question, verdicts }) =>
  verdicts.filter(({ reached }) => reached === false).map(({ name }) => `${question}: ${name}`),
);
console.log(missed.length === 0 ? '\nEvery target was reached.' : `\nMissed: ${missed.join(', ')}.`);
if (options.gate && missed.length > 0) process.exitCode = 1;

async function ask(question: string, processes: number): Promise<Answer> {
  const results: ProcessResult[] = [];
  for (let i = 0; i < processes; i++) results.push(await askInProcess(question, options.quick ? 'quick' : 'full'));
  return { question, title: results[0]?.title ?? '', verdicts: judge(results) };
}
