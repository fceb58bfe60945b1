/**
 * Signals: they end the command line, or go to the program that it runs.
 * @module
 */

import { constants } from 'node:os';
import { EXIT } from './exit-codes.ts';

/** What ends the command line. */
export const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a program may want to hear of. */
const HANDED_ON = [...ENDING, 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
/** What a terminal sends to every process in its foreground: a program there has it already. */
const FROM_KEYBOARD: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/** Ends the process by `exit` on a signal, so that handlers of `exit` can remove unfinished files. */
export function endOnSignals(): void {
  for (const signal of ENDING) process.on(signal, end);
}

function end(signal: NodeJS.Signals): void {
  process.exit(exitCodeOfSignal(signal));
}

/** As a shell has it. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return EXIT.signal + constants.signals[signal];
}

/**
 * Gives signals to a program instead, from now on until the returned function is called.
 *
 * @param onTerminal Whether the program shares a terminal with us.
 */
export function handSignalsTo(program: { kill(signal: NodeJS.Signals): boolean }, onTerminal: boolean): () => void {
  const handOn = (signal: NodeJS.Signals) => {
    if (!onTerminal || !FROM_KEYBOARD.includes(signal)) program.kill(signal);
  };
  for (const signal of HANDED_ON) process.on(signal, handOn);
  for (const signal of ENDING) process.off(signal, end);
  return () => {
    endOnSignals();
    for (const signal of HANDED_ON) process.off(signal, handOn);
  };
}
