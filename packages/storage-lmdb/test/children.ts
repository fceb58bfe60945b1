/**
 * Other processes, from the sources.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Makes each script beside `test` in `children/` one file in a folder, so that many of them start quickly. */
export async function bundleChildren(folder: string, test: string): Promise<void> {
  await build({
    entryPoints: [join(fileURLToPath(new URL('children', test)), '*.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@securestring/source'],
    plugins: [
      {
        name: 'lmdb from where it is installed',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^lmdb$/ }, () => ({ path: import.meta.resolve('lmdb'), external: true })),
      },
    ],
  });
}

export interface Child {
  readonly process: ChildProcess;
  /** Each whole line that it printed. */
  readonly lines: string[];
  /** Resolves with the first line that it prints. Rejects if it ends without one. */
  readonly firstLine: Promise<string>;
  /** Resolves when it has ended, with its exit code, or `null` if a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the bundle of `children/NAME.ts`. The shell runs the commands `limits` before. */
export function startChild(folder: string, name: string, args: readonly string[], limits = ''): Child {
  const node = [process.execPath, join(folder, `${name}.mjs`), ...args];
  const command = `${limits}exec ${node.map((part) => `'${part}'`).join(' ')}`;
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      const parts = (rest + data).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (lines[0] !== undefined) resolve(lines[0]);
    });
    child.on('close', () => reject(new Error(`${name} ${args.join(' ')} ended without a line.`)));
  });
  // For those who wait for its end alone.
  firstLine.catch(() => undefined);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { process: child, lines, firstLine, ended };
}
