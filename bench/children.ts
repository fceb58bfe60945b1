/**
 * Processes of their own: what one process's compiler or memory happened to do shows as a difference between them.
 * @module
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessResult } from './verdict.ts';

const CHILD = new URL('./child.ts', import.meta.url);

/** Asks a question. @throws as {@link runChild} does: contestants that disagree, or any other fault. */
export function askInProcess(name: string, effort: 'full' | 'quick'): Promise<ProcessResult> {
  return runChild<ProcessResult>(CHILD, [name, effort]);
}

/** Runs a module and resolves to what it sends. @throws where it ends without; it told why itself. */
export function runChild<Result>(module: URL, args: readonly string[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    let result: Result | undefined;
    fork(fileURLToPath(module), args)
      .on('message', (message) => {
        result = message as Result;
      })
      .on('error', reject)
      .on('exit', (code) => {
        if (result !== undefined && code === 0) resolve(result);
        else reject(new Error(`${args.join(' ')}: nothing was measured, the process ended with ${code}`));
      });
  });
}
