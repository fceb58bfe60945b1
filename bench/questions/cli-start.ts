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
const NAME = '/app/db/password';
const VALUE = 'correct horse battery staple';

export const cliStart: Question = {
  title: 'Start of the command line: get NAME --with-decryption of a store with a root-key file, and --version',
  rows: () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    execFileSync(process.execPath, [BUNDLE]);
    const store = ['--store', join(folder, 'store')];
    const get = [MAIN, 'get', NAME, '--with-decryption', ...store];
    say([MAIN, 'init', '--generate-root-key', ...store]);
    say([MAIN, 'put', NAME, '--value', '-', ...store], VALUE);
    mustEqual('get', say(get), VALUE);
    return [row('get', get), row('--version', [MAIN, '--version'])];
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

async function secondsOf(words: readonly string[]): Promise<number> {
  const start = performance.now();
  const [code] = await once(spawn(process.execPath, words, { stdio: 'ignore' }), 'exit');
  const seconds = (performance.now() - start) / 1e3;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return seconds;
}

function say(words: readonly string[], input: string = ''): string {
  return execFileSync(process.execPath, words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}
