/**
 * How long does the command line take to start, beyond `node` itself? Each sample is a process, from start to end.
 * @module
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustEqual, type Question, type Row } from '../runner.ts';

const BUNDLE = fileURLToPath(new URL('../../packages/cli/bundle.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
/** What a command may take beyond node, in seconds: so long is added to node's own time. */
const ALLOWED = 0.12;
/** What `exec` of so many parameters may take, as a multiple of node and its program without it. */
const EXEC_TARGETS: readonly (readonly [count: number, target: number])[] = [
  [1, 1.8],
  [100, 2],
  [1000, 2.6],
];
/** Parameters of one import. */
const IMPORTED = 400;
const NAME = '/app/db/password';
const VALUE = 'correct horse battery staple';

export const cliStart: Question = {
  title:
    'Start of the command line: get NAME --with-decryption of a store with a root-key file, --version, and exec of 1, 100 and 1,000 parameters',
  rows: () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    execFileSync(process.execPath, [BUNDLE]);
    const store = ['--store', join(folder, 'store')];
    const get = [MAIN, 'get', NAME, '--with-decryption', ...store];
    say([MAIN, 'init', '--generate-root-key', ...store]);
    say([MAIN, 'put', NAME, '--value', '-', ...store], VALUE);
    mustEqual('get', say(get), VALUE);
    const exec = EXEC_TARGETS.map(([count, target]) => {
      const path = `/of-${count}`;
      importMany(count, path, store);
      return execRow(`exec of ${count}`, [MAIN, 'exec', path, ...store, '--', 'true'], target);
    });
    return [row('get', get), row('--version', [MAIN, '--version']), ...exec];
  },
};

function row(name: string, words: readonly string[]): Row {
  return {
    name,
    measure: 'cost',
    subject: { name: `securestring ${name}`, sample: () => secondsOf(words) },
    reference: {
      name: `node -e 0, and ${ALLOWED * 1e3} ms`,
      sample: async () => (await secondsOf(['-e', '0'])) + ALLOWED,
    },
    target: 1,
  };
}

function execRow(name: string, words: readonly string[], target: number): Row {
  return {
    name,
    measure: 'cost',
    subject: { name: `securestring ${name}`, sample: () => secondsOf(words) },
    reference: {
      name: 'node -e 0, and true',
      sample: async () => (await secondsOf(['-e', '0'])) + (await secondsOf([], 'true')),
    },
    target,
  };
}

function importMany(count: number, path: string, store: readonly string[]): void {
  for (let first = 0; first < count; first += IMPORTED) {
    const names = Array.from({ length: Math.min(IMPORTED, count - first) }, (_, at) => `name-${first + at}`);
    const values = JSON.stringify(Object.fromEntries(names.map((name) => [name, `${VALUE} of ${name}`])));
    say([MAIN, 'import', '-', path, '--format', 'json', ...store], values);
  }
}

async function secondsOf(words: readonly string[], program: string = process.execPath): Promise<number> {
  const start = performance.now();
  const [code] = await once(spawn(program, words, { stdio: 'ignore' }), 'exit');
  const seconds = (performance.now() - start) / 1e3;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return seconds;
}

function say(words: readonly string[], input: string = ''): string {
  return execFileSync(process.execPath, words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}
