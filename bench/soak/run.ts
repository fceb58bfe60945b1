/**
 * `npm run bench -- endpoint-soak`: how fast `securestring serve --memory` answers after its start, what it holds more
 * than a Node that does nothing, and whether a million signed requests leave it as it was.
 * @module
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CALLS, type CallName, sign } from '../questions/endpoint-requests.ts';
import { median } from '../runner.ts';
import { connection, wireOf } from './connection.ts';

const BUNDLE = fileURLToPath(new URL('../../packages/cli/bundle.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

const STARTS = 7;
/** Seconds from the start of the process to the first answer. */
const LONGEST_START = 0.35;
/** What the server may hold more than a bare Node, and what a million requests may add. MB. */
const MOST_AT_REST = 20;
const MOST_GROWTH = 16;
/** Numbers of requests after which memory is looked at. */
const LOOKS = [100_000, 500_000, 1_000_000] as const;
const QUICK_LOOKS = [2_000, 10_000, 20_000] as const;
const CONNECTIONS = 8;
/** In this order, again and again. */
const MIX: readonly CallName[] = ['GetParameter', 'Encrypt', 'GetParameter', 'Encrypt', 'PutParameter'];
/** Requests until they are signed again: a signature is good for minutes. */
const SIGNED_FOR = 20_000;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Collects garbage and prints the bytes of the heap when it is asked to. */
const WATCHED = `data:text/javascript,process.on('SIGUSR2', () => { gc(); process.stderr.write('heap ' +
  process.memoryUsage().heapUsed + '\\n'); })`;

/** What the calls ask for. */
const FIXTURES = JSON.stringify({
  stores: [
    {
      keys: [{ aliases: [CALLS.Encrypt.KeyId] }],
      parameters: [{ name: CALLS.GetParameter.Name, value: 's'.repeat(64) }],
    },
  ],
});

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export async function soakEndpoint(isQuick: boolean): Promise<void> {
  execFileSync(process.execPath, [BUNDLE]);
  const starts: number[] = [];
  const atRest: number[] = [];
  for (let i = 0; i <= STARTS; i++) {
    const { child, seconds } = await started([]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The first one fills the cache of compiled code.
    if (i > 0) {
      starts.push(seconds);
      atRest.push(rssOf(child) - (await bareRss()));
    }
    await end(child);
  }
  report('first answer after the start', `${median(starts).toFixed(2)} s`, median(starts), LONGEST_START, 's');
  const more = median(atRest);
  report('memory at rest, more than bare node', `${more.toFixed(1)} MB`, more, MOST_AT_REST, 'MB');
  await soak(isQuick ? QUICK_LOOKS : LOOKS);
}

async function soak(looks: readonly number[]): Promise<void> {
  const { child, url } = await started(['--expose-gc', '--import', WATCHED], ['--fixtures', '-']);
  const memories: Memory[] = [await memoryOf(child)];
  let done = 0;
  const start = performance.now();
  for (const look of looks) {
    while (done < look) {
      const count = Math.min(SIGNED_FOR, look - done);
      await ask(url, count);
      done += count;
    }
    const memory = await memoryOf(child);
    memories.push(memory);
    const rate = (done / (performance.now() - start)) * 1e3;
    console.log(
      `${look} requests: ${memory.rss.toFixed(1)} MB, heap ${memory.heap.toFixed(1)} MB, ${rate.toFixed(0)}/s`,
    );
  }
  await end(child);
  const [, first, last] = [memories[0], memories[1], memories.at(-1)];
  const growth = (last?.rss ?? Number.NaN) - (first?.rss ?? 0);
  const heap = (last?.heap ?? Number.NaN) - (first?.heap ?? 0);
  const range = `from ${looks[0]} to ${looks.at(-1)} requests`;
  report(`growth of memory ${range}`, `${growth.toFixed(1)} MB`, growth, MOST_GROWTH, 'MB');
  report(`growth of the heap ${range}`, `${heap.toFixed(1)} MB`, heap, MOST_GROWTH / 4, 'MB');
}

function report(what: string, text: string, value: number, most: number, unit: string): void {
  console.log(`${what}: ${text}, at most ${most} ${unit}: ${value <= most ? 'reached' : 'MISSED'}`);
}

/** Starts the program, and waits for its first answer. */
async function started(
  node: readonly string[],
  more: readonly string[] = [],
): Promise<{ child: ChildProcess; url: string; seconds: number }> {
  const start = performance.now();
  const words = [MAIN, 'serve', '--memory', '--seed', 'soak', '--port', '0', '--json', ...more];
  const child = spawn(process.execPath, [...node, ...words], { stdio: 'pipe' });
  child.stdin.end(FIXTURES);
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url } = JSON.parse(String(line)) as { url: string };
  await (await fetch(`${url}/health`)).text();
  return { child, url, seconds: (performance.now() - start) / 1e3 };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null) await once(child, 'exit');
}

/** Resident memory in MB. */
function rssOf({ pid }: ChildProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

async function bareRss(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)'], { stdio: 'pipe' });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const rss = rssOf(child);
  await end(child);
  return rss;
}

/** The memory as the requests left it, and what of the heap is in use. */
async function memoryOf(child: ChildProcess): Promise<Memory> {
  const rss = rssOf(child);
  const said = once(child.stderr as NonNullable<ChildProcess['stderr']>, 'data');
  child.kill('SIGUSR2');
  let text = String((await said)[0]);
  while (!/heap \d+\n/.test(text)) text += String((await once(child.stderr as never, 'data'))[0]);
  return { rss, heap: Number(/heap (\d+)/.exec(text)?.[1]) / 1e6 };
}

/** Sends a number of requests over all connections. */
async function ask(url: string, count: number): Promise<void> {
  const signed = await Promise.all(MIX.map(async (call) => wireOf(await sign(call, url, CREDENTIALS))));
  let sent = 0;
  const worker = async (): Promise<void> => {
    const one = connection(url);
    while (sent < count) {
      const answer = await one.send(signed[sent++ % signed.length] as Buffer);
      if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
    }
    one.end();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}
