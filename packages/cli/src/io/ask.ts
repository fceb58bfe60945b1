/**
 * A question on a terminal, whose answer is not shown. However it ends, by a key, by a signal or by an error, the
 * terminal is as it was before.
 * @module
 */

import { constants } from 'node:os';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { Asking } from '../output/asking.ts';
import { Answer, PASTE_MODE, type Wish } from './answer.ts';

export interface Question {
  readonly message: string;
  /** Enter is a line end, and Ctrl-D ends the answer. */
  readonly ofLines?: boolean;
  /** Whether the terminal obeys no sequences at all (`TERM=dumb`). */
  readonly isDumb?: boolean;
}

/** Silence that shows that a paste is over, and that a line end was Enter, in ms. */
const SILENCE = 80;
/** Signals that would end the process at once, and leave the terminal without echo. The others end in `exit`. */
const DEADLY = ['SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGUSR2', 'SIGVTALRM', 'SIGXCPU', 'SIGSYS', 'SIGPWR'] as const;

/**
 * Asks, and returns all that was typed or pasted up to Enter.
 *
 * @throws `CliError` after Ctrl-C, after Ctrl-D at its beginning, and where the terminal goes away.
 */
export async function askHidden(asking: Asking, question: Question): Promise<string> {
  const answer = new Answer(question.ofLines === true);
  const screen = screenOf(asking, question);
  const restore = () => screen.leave();
  const stopWatching = watchSignals(screen);
  process.once('exit', restore);
  try {
    screen.enter();
    const wish = await lastWish(asking, answer, screen);
    if (wish === 'end') return answer.text;
    throw new CliError(EXIT.signal + constants.signals.SIGINT, 'Interrupted. Nothing was done.');
  } finally {
    process.off('exit', restore);
    stopWatching();
    screen.leave();
    asking.write('\n');
    asking.close();
  }
}

interface Screen {
  /** Shows the question, and takes the echo away. */
  enter(): void;
  /** Gives it back. */
  leave(): void;
  /** Shows how many lines there are, where there are several. */
  count(text: string): void;
}

function screenOf(asking: Asking, { message, isDumb = false }: Question): Screen {
  let counted = 1;
  return {
    enter: () => {
      // The shell that stopped this process has changed the mode, and libuv only sets what it takes to be off.
      asking.raw(false);
      asking.raw(true);
      asking.write(`${isDumb ? '' : PASTE_MODE.on}${message} ${counted > 1 ? `(${counted} lines) ` : ''}`);
    },
    leave: () => {
      asking.raw(false);
      if (!isDumb) asking.write(PASTE_MODE.off);
    },
    count: (text) => {
      const lines = text.split('\n').length;
      if (lines > counted) asking.write(`(${lines} lines) `);
      counted = lines;
    },
  };
}

function lastWish(asking: Asking, answer: Answer, screen: Screen): Promise<Wish> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return new Promise((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    const obey = (wish: Wish | undefined): void => {
      if (wish === 'suspend') void suspend(screen).then(() => obey(answer.take('')));
      if (wish === undefined || wish === 'suspend') return;
      clearTimeout(silence);
      asking.keys.off('data', take);
      resolve(wish);
    };
    const take = (typed: Uint8Array) => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        screen.count(answer.text);
        obey(answer.quiet());
      }, SILENCE);
      obey(answer.take(decoder.decode(typed, { stream: true })));
      typed.fill(0);
    };
    asking.keys.on('data', take).resume();
    for (const event of ['end', 'close', 'error']) asking.keys.once(event, () => obey('interrupt'));
  });
}

/**
 * Stops this process and all of its pipeline, as Ctrl-Z does elsewhere, and asks again when it goes on. It goes on at
 * once where no shell could continue it.
 */
async function suspend(screen: Screen): Promise<void> {
  screen.leave();
  let hasContinued = false;
  // The handler of the question has asked again by then.
  const onContinue = () => {
    hasContinued = true;
  };
  process.once('SIGCONT', onContinue);
  process.kill(0, 'SIGTSTP');
  // The signal that continues it is heard between the two.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  process.off('SIGCONT', onContinue);
  if (!hasContinued) screen.enter();
}

/** Asks again after the process was stopped, and restores the terminal before a signal ends it. */
function watchSignals(screen: Screen): () => void {
  if (process.platform === 'win32') return () => undefined;
  const onContinue = () => screen.enter();
  const die = (signal: NodeJS.Signals) => {
    screen.leave();
    for (const each of DEADLY) process.off(each, die);
    process.kill(process.pid, signal);
  };
  process.on('SIGCONT', onContinue);
  for (const each of signalsHere()) process.on(each, die);
  return () => {
    process.off('SIGCONT', onContinue);
    for (const each of DEADLY) process.off(each, die);
  };
}

/** Not every system has all of them. */
function signalsHere(): readonly NodeJS.Signals[] {
  return DEADLY.filter((signal) => signal in constants.signals);
}
