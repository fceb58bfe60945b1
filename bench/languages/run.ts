/**
 * How long do messages take with the Encryption SDKs of other languages, and with ours? Each is a process, all are
 * asked in turns of one short block, and the best of many blocks counts: a block is disturbed, or it is not.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { keepResult, type MeasuredRow, measuredRow } from '../results.ts';
import { mustEqual } from '../runner.ts';
import { type Entrant, entrants, REFERENCE, Running } from './contestants.ts';

const SIZES = { '64 B': 64, '256 B': 256, '1 KB': 1024, '4 KB': 4096, '1 MB': 1024 * 1024 } as const;
type Size = keyof typeof SIZES;
const DIRECTIONS = { encrypt: 'time-seal', decrypt: 'time-open' } as const;

/** At most this multiple of the time of `REFERENCE`, both ways. */
const TARGETS: Readonly<Record<string, Readonly<Partial<Record<Size, number>>>>> = {
  'ours, wasm': { '64 B': 1, '256 B': 1 },
  'ours, native': { '64 B': 0.7, '256 B': 0.7, '1 KB': 0.7, '4 KB': 0.7, '1 MB': 0.9 },
};

/**
 * Sets of processes; seconds of each direction before a new process counts, since the compilers of Java and Node take
 * thousands of calls; seconds before the blocks of a size count, blocks that count, and seconds of one.
 */
const EFFORTS: Readonly<Record<string, Effort>> = {
  full: { sets: 3, settle: 4, warmUp: 0.6, blocks: 25, block: 0.02 },
  brief: { sets: 3, settle: 2, warmUp: 0.3, blocks: 10, block: 0.012 },
  quick: { sets: 1, settle: 0.1, warmUp: 0.05, blocks: 3, block: 0.01 },
};

interface Effort {
  readonly sets: number;
  readonly settle: number;
  readonly warmUp: number;
  readonly blocks: number;
  readonly block: number;
}

type Prepared = readonly [Entrant, ReturnType<Entrant['prepare']>];
/** Seconds of one call, the best of its blocks: by size and direction, then by contestant. */
type Times = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Installs, measures, prints, and keeps the result. A contestant that cannot be had is named and left out. */
export async function compareLanguages(effortName: string): Promise<void> {
  const effort = EFFORTS[effortName] ?? { sets: 1, settle: 0, warmUp: 0, blocks: 1, block: 0.01 };
  const prepared = entrants.flatMap((entrant): Prepared[] => {
    try {
      return [[entrant, entrant.prepare()]];
    } catch (error) {
      console.log(`${entrant.name} cannot be had here, and is left out: ${String(error).split('\n')[0]}`);
      return [];
    }
  });
  const sets: Times[] = [];
  while (sets.length < effort.sets) sets.push(await measuredSet(prepared, effort));
  const rows = languageRows(sets);
  const versions = Object.fromEntries(prepared.map(([{ name, version }]) => [name, version]));
  const title = `Encryption SDKs of other languages: time against ${REFERENCE}`;
  if (effortName !== 'quick') keepResult({ question: 'languages', title, effort: effortName, rows }, versions);
  console.log(`\n${title}`);
  for (const { name, ratio, ratios, subjectTimes, target } of rows) {
    const asked = target === undefined ? '' : `, at most ${target}: ${ratio <= target ? 'reached' : 'MISSED'}`;
    console.log(`  ${name}: ${Math.min(...subjectTimes).toFixed(1)} us, ${ratio} times (${ratios.join(' ')})${asked}`);
  }
}

/** Starts every contestant, lets each open what the others made, and measures. */
async function measuredSet(prepared: readonly Prepared[], effort: Effort): Promise<Times> {
  const key = randomBytes(32).toString('hex');
  const running = prepared.map(([{ name }, words]) => new Running(name, words, key));
  const times = new Map<string, ReadonlyMap<string, number>>();
  try {
    await agree(running, 'before all', SIZES['4 KB']);
    for (const each of running) {
      for (const verb of Object.values(DIRECTIONS)) await callsOfBlock(each, verb, effort.settle, effort.block);
    }
    for (const [size, length] of Object.entries(SIZES)) {
      await agree(running, size, length);
      for (const [direction, verb] of Object.entries(DIRECTIONS)) {
        times.set(`${size} ${direction}`, await bestBlocks(running, verb, effort));
      }
    }
  } finally {
    await Promise.all(running.map((each) => each.close()));
  }
  return times;
}

/** Each contestant's message is opened by ours, and ours by each of them. @throws DisagreementError */
async function agree(running: readonly Running[], size: string, length: number): Promise<void> {
  const plaintext = randomBytes(length).toString('base64');
  const messages: string[] = [];
  for (const each of running) messages.push(await each.ask('seal', plaintext));
  const at = running.findIndex(({ name }) => name.startsWith('ours'));
  const [our, ourMessage = ''] = [running[at], messages[at]];
  for (const [i, each] of running.entries()) {
    mustEqual(`${size}: ours, opened by ${each.name}`, await each.ask('open', ourMessage), plaintext);
    mustEqual(`${size}: by ${each.name}, opened by ours`, (await our?.ask('open', messages[i] ?? '')) ?? '', plaintext);
  }
}

async function bestBlocks(
  running: readonly Running[],
  verb: 'time-seal' | 'time-open',
  { warmUp, blocks, block }: Effort,
): Promise<ReadonlyMap<string, number>> {
  const calls = new Map<string, number>();
  for (const each of running) calls.set(each.name, await callsOfBlock(each, verb, warmUp, block));
  const best = new Map<string, number>();
  for (let round = 0; round < blocks; round++) {
    for (const each of running) {
      const seconds = Number(await each.ask(verb, String(calls.get(each.name)))) / 1e9;
      best.set(each.name, Math.min(seconds, best.get(each.name) ?? Number.POSITIVE_INFINITY));
    }
  }
  return best;
}

/** Calls a contestant for some seconds, and returns how many calls fill a block. */
async function callsOfBlock(
  contestant: Running,
  verb: 'time-seal' | 'time-open',
  warmUp: number,
  block: number,
): Promise<number> {
  const end = performance.now() + warmUp * 1e3;
  let count = 1;
  do {
    const seconds = Number(await contestant.ask(verb, String(count))) / 1e9;
    count = Math.max(1, Math.round(block / seconds));
  } while (performance.now() < end);
  return count;
}

/** Returns a row for each size, direction and contestant but the reference. */
export function languageRows(sets: readonly Times[]): MeasuredRow[] {
  return [...(sets[0] ?? [])].flatMap(([work, best]) =>
    [...best.keys()]
      .filter((name) => name !== REFERENCE)
      .map((name) => {
        const timesOf = (contestant: string) => sets.map((set) => set.get(work)?.get(contestant) ?? Number.NaN);
        const target = TARGETS[name]?.[work.replace(/ \w+$/, '') as Size];
        const facts = {
          name: `${work}, ${name}`,
          measure: 'cost',
          target,
          subject: name,
          reference: REFERENCE,
        } as const;
        return measuredRow(facts, timesOf(name), timesOf(REFERENCE));
      }),
  );
}
