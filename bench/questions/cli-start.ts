/**
 * How long does the command line take to start, beyond `node` itself? Each sample is a process, from start to end.
 * @module
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustEqual, type Question, type Row } from '../runner.ts';

const BUNDLE = fileURLToPath(new URL('../../packages/cli/bundle.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
/** What `exec` of so many parameters may take, as a multiple of node and its program without it. */
const EXEC_TARGETS: readonly (readonly [count: number, target: number])[] = [
  [1, 1.8],
  [100, 2],
  [1000, 2.6],
];
const NAME = '/app/db/password';
const VALUE = 'correct horse battery staple';

export const cliStart: Question = {
  title:
    'Start of the command line: get NAME --with-decryption with a root-key file and with an agent, --version, and exec of 1, 100 and 1,000 parameters',
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
    return [row('get', get, 1.6), row('--version', [MAIN, '--version'], 1.25), agentRow(folder, get), ...exec];
  },
};

function row(name: string, words: readonly string[], target: number): Row {
  return {
    name,
    measure: 'cost',
    subject: { name: `securestring ${name}`, sample: () => secondsOf(words) },
    reference: { name: 'node -e 0', sample: () => secondsOf(['-e', '0']) },
    target,
  };
}

/** Compares `get` of a store with a passphrase that an agent holds with `get` under a root key. */
function agentRow(folder: string, get: readonly string[]): Row {
  process.env['XDG_RUNTIME_DIR'] = folder;
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'five words of a passphrase', { mode: 0o600 });
  const store = ['--store', join(folder, 'held')];
  const unlocked = [...store, '--passphrase-file', passphrase];
  say([MAIN, 'init', ...unlocked]);
  say([MAIN, 'put', NAME, '--value', '-', ...unlocked], VALUE);
  say([MAIN, 'agent', '--background', ...store]);
  process.on('exit', () => say([MAIN, 'agent', 'stop']));
  say([MAIN, 'agent', 'add', ...unlocked]);
  const held = [MAIN, 'get', NAME, '--with-decryption', ...store];
  mustEqual('get with an agent', say(held), VALUE);
  return {
    name: 'get with an agent',
    measure: 'cost',
    subject: { name: 'with an agent', sample: () => secondsOf(held) },
    reference: { name: 'with a root key', sample: () => secondsOf(get) },
    target: 1.05,
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
  const names = Array.from({ length: count }, (_, at) => `name-${at}`);
  const values = JSON.stringify(Object.fromEntries(names.map((name) => [name, `${VALUE} of ${name}`])));
  say([MAIN, 'import', '-', path, '--format', 'json', ...store], values);
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
