/**
 * Other processes, from the sources.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface Child {
  readonly process: ChildProcess;
  /** Each whole line that it printed. */
  readonly lines: string[];
  /** Resolves with the first line that it prints. */
  readonly firstLine: Promise<string>;
  /** Resolves when it is gone, with its exit code; `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts `children/SCRIPT`; `limits` are commands of the shell that run before. What it prints as an error is ours. */
export function startChild(script: string, args: readonly string[], limits = ''): Child {
  const file = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const node = [process.execPath, '--conditions=@securestring/source', '--import', tsx, file, ...args];
  const command = `${limits}exec ${node.map((part) => `'${part}'`).join(' ')}`;
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      const parts = (rest + data).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (lines[0] !== undefined) resolve(lines[0]);
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { process: child, lines, firstLine, ended };
}
