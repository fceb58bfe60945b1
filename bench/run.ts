/** Asks the benchmark's questions and prints the answers. `README.md` explains how to read them. */

import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { questions } from './questions/index.ts';
import { isReached, keepResult, measuredRows } from './results.ts';
import { median, type Result, runChild } from './runner.ts';

const USAGE = `npm run bench -- [QUESTION…] [--quick|--brief] [--against CHECKOUT]

  --quick             fewer rounds and one process: an impression, of which no result is kept
  --brief             three processes of fewer rounds
  --against CHECKOUT  ask a built checkout of another commit, too, in turns, and compare

  npm run bench -- report          write docs/benchmarks.md and its pictures from bench/results
  npm run bench -- check           fail if small messages lost more than 35 % against bench/results
  npm run bench -- rivals          compare other emulators of AWS, and write docs/comparison.md
  npm run bench -- endpoint-soak   securestring serve --memory: its start, and its memory over a million requests

Questions: ${Object.keys(questions).join(', ')}. Without one, all are asked.
And languages, by its name: the Encryption SDKs of other languages, which it installs.
A question that is asked with three processes leaves its result in bench/results.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    against: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const effort = options.quick ? 'quick' : options.brief ? 'brief' : 'full';
/** What is not asked of contestants in one process. */
const others: Readonly<Record<string, () => Promise<void>>> = {
  rivals: async () => (await import('./rivals/run.ts')).compareRivals(),
  'endpoint-soak': async () => (await import('./soak/run.ts')).soakEndpoint(options.quick),
  languages: async () => (await import('./languages/run.ts')).compareLanguages(effort),
  report: async () => (await import('./report/run.ts')).writeReport(),
  check: async () => {
    if (!(await (await import('./check.ts')).checkRatios())) process.exitCode = 1;
  },
};
const unknown = positionals.filter((name) => !Object.hasOwn(questions, name) && !Object.hasOwn(others, name));
if (options.help) {
  console.log(USAGE);
} else if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}.\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const { node, openssl } = process.versions;
  console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, node ${node}, OpenSSL ${openssl}`);
  for (const name of positionals.length === 0 ? Object.keys(questions) : positionals) {
    const other = others[name];
    if (other !== undefined) {
      await other();
      continue;
    }
    const lines = options.against === undefined ? await measured(name) : await compared(name, resolve(options.against));
    console.log(`\n${name}. ${aligned(lines)}`);
  }
}

type Table = readonly [title: string, ...rows: (readonly string[])[]];

function ask(name: string, checkout: string = join(import.meta.dirname, '..')): Promise<Result> {
  return runChild(join(checkout, 'bench/child.ts'), [name, effort]);
}

/** The answer by some processes: the median of their ratios is the one that counts. */
async function measured(name: string): Promise<Table> {
  const results: Result[] = [];
  for (let i = 0; i < (options.quick ? 1 : 3); i++) results.push(await ask(name));
  const title = results[0]?.title ?? '';
  const rows = measuredRows(results);
  if (!options.quick) keepResult({ question: name, title, effort, rows });
  const lines = rows.map((row) => {
    const isSpeed = row.measure === 'speed-up';
    return [
      row.name,
      `${row.subject} ${timeText(median(row.subjectTimes) / 1e6, row.bytes)}`,
      `${row.reference} ${timeText(median(row.referenceTimes) / 1e6, row.bytes)}`,
      `${row.ratio.toFixed(2)}x ${isSpeed ? 'as fast' : 'the cost'}`,
      row.ratios.map((each) => each.toFixed(2)).join(' '),
      row.target === undefined ? '' : `${isSpeed ? 'at least' : 'at most'} ${row.target}x`,
      { true: 'reached', false: 'MISSED', undefined: '' }[`${isReached(row)}`],
    ];
  });
  return [title, ['', 'time', 'against', 'ratio', 'each process', 'target', ''], ...lines];
}

/** The times of this checkout and of another, whose processes take turns. */
async function compared(name: string, other: string): Promise<Table> {
  const turns: { readonly here: Result; readonly there: Result }[] = [];
  for (let i = 0; i < (options.quick ? 1 : 5); i++) {
    const first = await ask(name, i % 2 === 0 ? undefined : other);
    const second = await ask(name, i % 2 === 0 ? other : undefined);
    turns.push(i % 2 === 0 ? { here: first, there: second } : { here: second, there: first });
  }
  const title = turns[0]?.here.title ?? '';
  const lines = (turns[0]?.here.rows ?? []).map((row) => {
    const times = turns.map(({ here, there }) => [timeOf(here, row.name), timeOf(there, row.name)] as const);
    const [here, there] = [median(times.map(([each]) => each)), median(times.map(([, each]) => each))];
    const each = times.map(([ours, theirs]) => (ours / theirs).toFixed(2)).join(' ');
    return [
      row.name,
      timeText(here, row.bytes),
      timeText(there, row.bytes),
      `${(here / there).toFixed(2)}x the time`,
      each,
    ];
  });
  return [title, ['', 'here', 'there', 'ratio', 'each turn'], ...lines];
}

/** The median time of a row's subject; not a number if the checkout has no row of that name. */
function timeOf({ rows, samples }: Result, name: string): number {
  return median(samples[rows.findIndex((row) => row.name === name)]?.subject ?? []);
}

function timeText(seconds: number, bytes: number | undefined): string {
  const time = seconds < 1e-3 ? `${(seconds * 1e6).toFixed(1)} us` : `${(seconds * 1e3).toFixed(2)} ms`;
  return bytes === undefined ? time : `${time} (${(bytes / 1e6 / seconds).toFixed(0)} MB/s)`;
}

function aligned([title, ...rows]: Table): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('   ')}`.trimEnd());
  return [title, ...lines].join('\n');
}
