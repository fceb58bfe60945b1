/**
 * How a command stands in the program: its words, its options, what it does.
 * @module
 */

import { type Command, CommanderError, Option } from 'commander';
import { type Context, type GlobalOptions, makeContext } from './context.ts';
import type { Terminal } from './terminal.ts';

/** Adds commands to the program. */
export type Register = (program: Command, act: Act) => void;

/**
 * Makes what commander calls of what a command does: with its arguments, its own options, and the context. What it
 * returns is the exit code, 0 where it returns nothing.
 */
export type Act = <Options>(
  action: (args: readonly string[], options: Options, context: Context) => Promise<number | undefined>,
) => (this: Command, ...given: unknown[]) => Promise<void>;

/** Ends a command with an exit code of its own. */
export class Exit extends CommanderError {
  constructor(exitCode: number) {
    super(exitCode, 'securestring.exit', '');
  }
}

export function makeAct(terminal: Terminal): Act {
  return (action) =>
    async function (this: Command) {
      // Commander gives global options that stand behind the command's name to the program.
      const options = this.optsWithGlobals<GlobalOptions & Parameters<typeof action>[1]>();
      const exitCode = await action(this.args, options, makeContext(options, terminal));
      if (exitCode !== undefined && exitCode !== 0) throw new Exit(exitCode);
    };
}

/** Options that every command takes. */
export function globalOptions(): Option[] {
  return [
    new Option('--store <folder>', 'the store (default: SECURESTRING_HOME, else ~/.securestring)'),
    new Option('--passphrase-file <file>', 'unlock with the first line of this file'),
    new Option('--root-key-file <file>', 'unlock with this root-key file'),
    new Option('--allow-group-readable', "accept a secret's file that its group can read, or all where root owns it"),
    new Option('--json', "print results as JSON, in AWS's shapes"),
    new Option('--no-color', 'no colour (also: NO_COLOR)'),
    new Option('--debug', 'show the stack of an error'),
  ];
}

/** Examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
