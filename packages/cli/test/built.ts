/**
 * The built program, as its users run it. The whole run of tests begins with building it, where it is not of now.
 * @module
 */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program's file. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Ended {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function startBuilt(words: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], options);
}

/** What it says, and how it ends, with nothing to read. */
export function runBuilt(words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return ended(startBuilt(words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

export function ended(child: ChildProcess): Promise<Ended> {
  const said = { out: '', err: '' };
  child.stdout?.on('data', (data) => {
    said.out += data;
  });
  child.stderr?.on('data', (data) => {
    said.err += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...said }));
  });
}
