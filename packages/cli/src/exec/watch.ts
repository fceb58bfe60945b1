/**
 * A program that is started again when its environment changes.
 * @module
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../command/failure.ts';
import { ENDING, handSignalsTo } from '../command/signals.ts';
import type { Environment, Made } from './environment.ts';
import { type Running, sharesTerminal } from './program-run.ts';

/** Milliseconds for which a program may put things in order after SIGTERM, before SIGKILL. */
const GRACE = 10_000;

export interface Watched {
  /** The data folder of the store, which stays open meanwhile. */
  readonly data: string;
  /** Milliseconds between two looks at it. */
  readonly interval: number;
  /** Reads the environment; may refuse to. */
  read(): Promise<Made>;
  start(made: Made): Promise<Running>;
  note(text: string): void;
  warn(text: string): void;
}

/** Runs it until it ends by itself, and hands signals on. Its exit code. */
export async function watchProgram(watched: Watched): Promise<number> {
  let seen = await stateOf(watched.data);
  const first = await watched.read();
  let env = first.env;
  let running = await watched.start(first);
  let isRestarting = false;
  const heard: { ending?: NodeJS.Signals } = {};
  const end = (signal: NodeJS.Signals) => {
    if (isRestarting) heard.ending ??= signal;
  };
  const stopHanding = handSignalsTo({ kill: (signal) => running.kill(signal) }, sharesTerminal());
  // After such a signal, a program that is being ended is not started again.
  for (const signal of ENDING) process.on(signal, end);
  try {
    for (;;) {
      const ended = await endedWithin(running, watched.interval);
      if (ended !== undefined) return ended;
      const state = await stateOf(watched.data);
      if (state === seen) continue;
      seen = state;
      const made = await readAgain(watched, env);
      if (made === undefined) continue;
      isRestarting = true;
      watched.note('Parameters have changed: the program is started again.');
      const code = await stop(running);
      if (heard.ending !== undefined) return code;
      running = await watched.start(made);
      isRestarting = false;
      // It came when neither of the two programs was there to hear it.
      if (heard.ending !== undefined) running.kill(heard.ending);
      env = made.env;
    }
  } finally {
    for (const signal of ENDING) process.off(signal, end);
    stopHanding();
  }
}

/** The time and size of what each commit writes. */
async function stateOf(data: string): Promise<string> {
  const found = await stat(join(data, 'data.mdb'), { bigint: true }).catch(() => undefined);
  return `${found?.ino} ${found?.mtimeNs} ${found?.size}`;
}

/** `undefined` where nothing has changed for the program, or nothing can be read now: it goes on as it is. */
async function readAgain({ read, warn }: Watched, env: Environment): Promise<Made | undefined> {
  try {
    const made = await read();
    return isDeepStrictEqual(made.env, env) ? undefined : made;
  } catch (error) {
    warn(`The program goes on with what it has. ${messageOf(error)}`);
    return undefined;
  }
}

async function endedWithin({ ended }: Running, milliseconds: number): Promise<number | undefined> {
  const waiting = new AbortController();
  const slept = sleep(milliseconds, undefined, { signal: waiting.signal }).catch(() => undefined);
  try {
    return await Promise.race([ended, slept]);
  } finally {
    waiting.abort();
  }
}

async function stop(running: Running): Promise<number> {
  running.kill('SIGTERM');
  const code = await endedWithin(running, GRACE);
  if (code !== undefined) return code;
  running.kill('SIGKILL');
  return running.ended;
}
