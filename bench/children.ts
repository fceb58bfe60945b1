/**
 * Asks a question in processes of its own, one after the other: what one process's compiler or memory happened to do
 * shows as a difference between them.
 * @module
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessResult } from './verdict.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** @throws where the process ends without a result: contestants that disagree, or any other fault; it told why itself. */
export function askInProcess(name: string, effort: 'full' | 'quick'): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    let result: ProcessResult | undefined;
    fork(CHILD, [name, effort])
      .on('message', (message) => {
        result = message as ProcessResult;
      })
      .on('error', reject)
      .on('exit', (code) => {
        if (result !== undefined && code === 0) resolve(result);
        else reject(new Error(`${name}: nothing was measured, the process ended with ${code}`));
      });
  });
}
