/**
 * A question on the terminal that is answered with yes or no.
 * @module
 */

import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { shown } from '@securestring/core/quoted';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

export interface YesOption {
  /** Do it without asking. */
  readonly yes?: boolean;
}

/** Help of the option. */
export const YES = 'do not ask';
const AGREED = /^(y|yes)$/i;

/**
 * Whether a person types this command: standard input and standard error are a terminal. A script that was started on a
 * terminal is not asked.
 */
export function isAtTerminal({ terminal }: Context): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}

/**
 * Asks whether to go on. Away from a terminal, or with `--yes`, it does not ask, and the command goes on.
 *
 * @throws `CliError` for every answer but yes, and for Ctrl-C.
 */
export async function requireAgreed(context: Context, question: string, { yes }: YesOption): Promise<void> {
  if (yes === true || !isAtTerminal(context)) return;
  if (!AGREED.test((await ask(context, question)).trim())) throw new CliError(EXIT.failed, 'Nothing was done.');
}

function ask({ terminal }: Context, question: string): Promise<string> {
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true, historySize: 0 });
  return new Promise((resolve, reject) => {
    // Ctrl-C comes as a key while it asks.
    lines.once('SIGINT', () => {
      const exitCode = EXIT.signal + constants.signals.SIGINT;
      reject(new CliError(exitCode, 'Interrupted. Nothing was done.'));
      lines.close();
    });
    let isAnswered = false;
    lines.once('close', () => {
      // What is said next does not go on in the line of the question.
      if (!isAnswered) terminal.stderr.write('\n');
      // Ctrl-D, or the terminal is gone: no answer.
      resolve('');
    });
    lines.question(`${shown(question)} [y/N] `, (answer) => {
      isAnswered = true;
      resolve(answer);
      lines.close();
    });
  });
}
