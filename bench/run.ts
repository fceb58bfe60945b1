/** Asks the benchmark's questions and prints the answers. `README.md` explains how to read them. */

import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { questions } from './questions/index.ts';
import { median, type Result, runChild } from './runner.ts';

const USAGE = `npm run bench -- [QUESTION…] [--quick] [--against CHECKOUT]

  --quick             fewer rounds and one process: an impression
  --against CHECKOUT  ask a built checkout of another commit, too, in turns, and compare

  npm run bench -- rivals          compare other emulators of AWS, and write docs/comparison.md
  npm run bench -- endpoint-soak   securestring serve --memory: its start, and its memory over a million requests

Questions: ${Object.keys(questions).join(', ')}. Without one, all are asked.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    against: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(questions, name));
if (options.help) {
  console.log(USAGE);
} else if (positionals[0] === 'rivals') {
  await (await import('./rivals/run.ts')).compareRivals();
} else if (positionals[0] === 'endpoint-soak') {
  await (await import('./soak/run.ts')).soakEndpoint(options.quick);
} else if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}.\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const { node, openssl } = process.versions;
  console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, node ${node}, OpenSSL ${openssl}`);
  for (const name of positionals.length === 0 ? Object.keys(questions) : positionals) {
    const lines = options.against === undefined ? await measured(name) : await compared(name, resolve(options.against));
    console.log(`\n${name}. ${aligned(lines)}`);
  }
}

type Table = readonly [title: string, ...rows: (readonly string[])[]];

function ask(name: string, checkout: string = join(import.meta.dirname, '..')): Promise<Result> {
  return runChild(join(checkout, 'bench/child.ts'), [name, options.quick ? 'quick' : 'full']);
}

/** The answer by some processes: the median of their ratios is the one that counts. */
async function measured(name: string): Promise<Table> {
  const results: Result[] = [];
  for (let i = 0; i < (options.quick ? 1 : 3); i++) results.push(await ask(name));
  const [first] = results;
  const lines = (first?.rows ?? []).map((row, at) => {
    const subjects = results.map(({ samples }) => median(samples[at]?.subject ?? []));
    const references = results.map(({ samples }) => median(samples[at]?.reference ?? []));
    const isSpeed = row.measure === 'speed-up';
    const ratios = subjects.map((ours, i) =>
      isSpeed ? (references[i] ?? Number.NaN) / ours : ours / (references[i] ?? 0),
    );
    const ratio = median(ratios);
    const { target } = row;
    return [
      row.name,
      `${row.subject} ${timeText(median(subjects), row.bytes)}`,
      `${row.reference} ${timeText(median(references), row.bytes)}`,
      `${ratio.toFixed(2)}x ${isSpeed ? 'as fast' : 'the cost'}`,
      ratios.map((each) => each.toFixed(2)).join(' '),
      target === undefined ? '' : `${isSpeed ? 'at least' : 'at most'} ${target}x`,
      target === undefined ? '' : (isSpeed ? ratio >= target : ratio <= target) ? 'reached' : 'MISSED',
    ];
  });
  return [first?.title ?? '', ['', 'time', 'against', 'ratio', 'each process', 'target', ''], ...lines];
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
