/**
 * Where a command reads and writes: the process, or what a test gives in its place.
 * @module
 */

import type { Readable, Writable } from 'node:stream';
import type { Asking } from './asking.ts';

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the terminal that questions are asked on, if there is one. Without this member, there is no terminal. */
  readonly openAsking?: () => Promise<Asking | undefined>;
}

/** Each stream is made when it is first used: that takes its time, and few commands read. */
export const PROCESS: Terminal = {
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  env: process.env,
  openAsking: async () => (await import('./asking.ts')).openAsking(),
};
