/**
 * Other processes, from the sources.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from '@securestring/test-support/bundle';

export interface Child {
  readonly process: ChildProcess;
  /** Each whole line that it printed. */
  readonly lines: string[];
  /** Resolves with the first line that it prints. */
  readonly firstLine: Promise<string>;
  /** Resolves when it has ended. Rejects if it failed by itself. */
  readonly ended: Promise<void>;
}

/** Starts `test/children/SCRIPT`. The shell runs the commands `limits` before, and the program `through` starts it. */
export function startChild(script: string, args: readonly string[], limits = '', through = ''): Child {
  const node = [process.execPath, '--input-type=module', '-', ...args];
  const command = `${limits}exec ${through} ${node.map((part) => `'${part}'`).join(' ')}`;
  const child = spawn('bash', ['-c', command], { stdio: 'pipe' });
  // A process that ends early does not read all of it.
  child.stdin.on('error', () => undefined).end(bundleOf(script));
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      const parts = (rest + data).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (lines[0] !== undefined) resolve(lines[0]);
    });
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', (code) => (code === 0 || code === null ? resolve() : reject(new Error(errors))));
  });
  return { process: child, lines, firstLine, ended };
}

const bundles = new Map<string, string>();

function bundleOf(script: string): string {
  const bundle = bundles.get(script) ?? bundleForNode(fileURLToPath(new URL(`children/${script}`, import.meta.url)));
  bundles.set(script, bundle);
  return bundle;
}
