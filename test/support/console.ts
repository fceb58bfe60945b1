/**
 * Sessions at a shell: `$ command` lines, each followed by what it prints. They run the built program, in a home of
 * their own.
 * @module
 */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const program: string = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

export interface Step {
  /** Of one or several lines, without the `$ ` or `> ` in front. */
  readonly command: string;
  /** The lines that it prints, on standard output and standard error. */
  readonly printed: readonly string[];
}

export interface Outcome {
  readonly output: string;
  readonly status: number;
}

/** Returns the steps of a session. Lines before the first command are not for a shell. */
export function readSteps(lines: readonly string[]): Step[] {
  const steps: { command: string; printed: string[] }[] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), printed: [] });
    else if (line.startsWith('> ') && last?.printed.length === 0) last.command += `\n${line.slice(2)}`;
    else last?.printed.push(line);
  }
  return steps;
}

/** Makes a home folder with the program in its `bin`, and returns its path. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'securestring-home-'));
  mkdirSync(join(home, '.bin'));
  const quoted = [process.execPath, program].map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' ');
  writeFileSync(join(home, '.bin/securestring'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return home;
}

/** Returns an environment without anything of the tests' own. All homes share compiled code. */
export function environmentOf(home: string): Record<string, string> {
  return {
    HOME: home,
    PATH: [join(home, '.bin'), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    // The agent's place.
    XDG_RUNTIME_DIR: home,
    XDG_CACHE_HOME: join(tmpdir(), 'securestring-test-cache'),
  };
}

/** The end of a step's output. The step's status follows it. */
const MARK = '\x1e';

/** Runs commands in one shell, one after the other, whatever their status. */
export async function runSteps(home: string, commands: readonly string[]): Promise<Outcome[]> {
  const script = commands.map(
    (command) => `${command}\n__status=$?; printf '${MARK}%s${MARK}' "$__status"; (exit $__status)\n`,
  );
  const shell = spawn('bash', ['-c', `exec 2>&1 </dev/null; umask 022; cd "$HOME"\n${script.join('')}`], {
    env: environmentOf(home),
    stdio: ['ignore', 'pipe', 'inherit'],
    // In a session of its own, without the terminal that runs the tests: nothing is asked there.
    detached: true,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of shell.stdout) chunks.push(Buffer.from(chunk));
  const parts = Buffer.concat(chunks).toString().split(MARK);
  return commands.map((_, at) => ({ output: parts[2 * at] ?? '', status: Number(parts[2 * at + 1] ?? Number.NaN) }));
}
