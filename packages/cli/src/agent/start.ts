/**
 * An agent in a process of its own, which outlives the command that starts it.
 * @module
 */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** What the new process prints once it listens. */
export const LISTENS = 'listening\n';

/**
 * What the agent gets of our environment: it runs for hours, and whatever else is there, such as a passphrase or an
 * access key, would be in its memory for as long.
 */
const HANDED_ON = [
  ...['HOME', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'PATH', 'TERM', 'NO_COLOR', 'FORCE_COLOR', 'LANG'],
  // Where Node finds its libraries.
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'NODE_DISABLE_COMPILE_CACHE'],
];

/**
 * Without a core dump: a shell turns them off, which node cannot. The new process holds no file of ours, and no folder.
 *
 * @returns whether it listens now. What it says against that is on standard error already.
 */
export async function startInBackground(words: readonly string[]): Promise<boolean> {
  const [node, main = ''] = [process.execPath, process.argv[1]];
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', node, main, 'agent', ...words, '--announce'], {
    cwd: '/',
    detached: true,
    env: Object.fromEntries(HANDED_ON.map((name) => [name, process.env[name]])),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.unref();
  const failed = new Promise<string>((resolve) => child.once('error', () => resolve('')));
  return (await Promise.race([text(child.stdout), failed])) === LISTENS;
}
