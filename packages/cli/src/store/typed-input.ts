/**
 * Standard input that may be a person's keyboard.
 * @module
 */

import { Readable } from 'node:stream';
import type { Context } from '../command/context.ts';
import { STANDARD } from '../io/input.ts';
import { askText, canAsk } from './prompt.ts';

/**
 * Standard input. At a terminal, it says what is waited for, and does not show a secret that is typed.
 *
 * @param what begins a sentence: `Value`.
 */
export async function standardInput(context: Context, what: string, isSecret: boolean): Promise<Readable> {
  const { stdin } = context.terminal;
  if (stdin.isTTY !== true) return stdin;
  const waiting = `${what}, from standard input; Ctrl-D ends it:`;
  if (isSecret && (await canAsk(context))) return Readable.from([Buffer.from(await askText(context, waiting, true))]);
  context.note(waiting);
  return stdin;
}

/** The same for a word that names a file or standard input: of a file, nothing is said. */
export async function inputFor(context: Context, file: string, what: string, isSecret = false): Promise<Readable> {
  return file === STANDARD ? standardInput(context, what, isSecret) : context.terminal.stdin;
}
