/**
 * Other processes, from the sources.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from '@securestring/test-support/bundle';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface Child {
  readonly process: ChildProcess;
  /** Each whole line that it printed. */
  readonly lines: string[];
  /** Resolves with the first line that it prints. */
  readonly firstLine: Promise<string>;
  /** Resolves when it is gone; rejects where it failed by itself. */
  readonly ended: Promise<void>;
}

/** Starts `test/children/SCRIPT`; `limits` are commands of the shell that run before, `through` a program that starts it. */
export function startChild(script: string, args: readonly string[], limits = '', through = ''): Child {
  return startNode(['--conditions=@securestring/source', '--import', tsx, sourceOf(script), ...args], limits, through);
}

/** Makes one file of `test/children/SCRIPT` in a folder, and returns what starts that: much faster, for many of them. */
export async function bundleChild(script: string, folder: string): Promise<(args: readonly string[]) => Child> {
  const file = join(folder, `${script}.mjs`);
  await bundleForNode(sourceOf(script), file);
  return (args) => startNode([file, ...args]);
}

function sourceOf(script: string): string {
  return fileURLToPath(new URL(`children/${script}`, import.meta.url));
}

function startNode(args: readonly string[], limits = '', through = ''): Child {
  const node = [process.execPath, ...args];
  const command = `${limits}exec ${through} ${node.map((part) => `'${part}'`).join(' ')}`;
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
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
