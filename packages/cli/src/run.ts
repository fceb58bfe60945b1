/**
 * One run of the command line, from its words to its exit code.
 * @module
 */

import { shown, shownLines } from '@securestring/core/quoted';
import { CommanderError } from 'commander';
import { EXIT } from './command/exit-codes.ts';
import { exitCodeOf, messageOf } from './command/failure.ts';
import { colours } from './output/colour.ts';
import { PROCESS, type Terminal } from './output/terminal.ts';
import { makeProgram, withHelpLast } from './program.ts';

/** Runs a command and reports what went wrong, in one line. Never throws. */
export async function run(typed: readonly string[], terminal: Terminal = PROCESS): Promise<number> {
  const words = withHelpLast(typed);
  const program = await makeProgram(terminal, words);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has reported its own errors itself.
    if (error instanceof CommanderError)
      return error.code.startsWith('commander.') && error.exitCode !== 0 ? EXIT.usage : error.exitCode;
    const { debug = false, color } = program.opts<{ debug?: boolean; color?: boolean }>();
    const colour = colours(terminal.stderr, terminal.env, color);
    terminal.stderr.write(`${colour.red('error:')} ${shown(messageOf(error))}\n`);
    if (debug && error instanceof Error) terminal.stderr.write(`${shownLines(error.stack ?? '')}\n`);
    return exitCodeOf(error);
  }
}
