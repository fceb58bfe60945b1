/**
 * What a command is in the program: its words, its options, what it does.
 * @module
 */

import { type Command, CommanderError, Option } from 'commander';
import type { Terminal } from '../output/terminal.ts';
import { type Context, type GlobalOptions, makeContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { type Printer, printerOf, type WantedForm } from './printer.ts';
import { type ChangedWord, changedWords } from './raw-text.ts';

/** Adds commands to the program. */
export type Register = (program: Command, act: Act) => void;

/**
 * Makes what commander calls of what a command does: with its arguments, its own options, and the context. What it
 * returns is the exit code, 0 where it returns nothing.
 */
export type Act = <Options>(
  action: (args: readonly string[], options: Options, context: Context) => Promise<number | undefined>,
  kind?: Arguments,
) => (this: Command, ...given: unknown[]) => Promise<void>;

/** Arguments that name files may be left out one by one, where they are not UTF-8. All others end the command. */
export type Arguments = 'files' | 'words';

/** Ends a command with an exit code of its own. */
export class Exit extends CommanderError {
  constructor(exitCode: number) {
    super(exitCode, 'securestring.exit', '');
  }
}

export function makeAct(terminal: Terminal, words: readonly string[]): Act {
  return (action, kind = 'words') =>
    async function (this: Command) {
      const changed = changedWords(words);
      requireUnchanged(changed, kind === 'files' ? this.args : []);
      const wanted = programOf(this).opts<WantedForm>();
      // Commander gives global options that come after the command's name to the program.
      const given = this.optsWithGlobals<GlobalOptions & Parameters<typeof action>[1]>();
      const printer = await printerOf(wanted, titleOf(this), terminal);
      const options = wanted.output === 'json' ? { ...given, json: true } : given;
      const { watched, isUsed } = watchedPrinter(printer);
      const context = { ...makeContext(options, terminal, watched), changed, words };
      const exitCode = await action(this.args, options, context);
      const isMoot = (wanted.output ?? wanted.query) !== undefined && !isUsed();
      if (isMoot) context.warn('--output and --query did nothing: this command has no result in those forms.');
      if (exitCode !== undefined && exitCode !== 0) throw new Exit(exitCode);
    };
}

function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}

/** `get`, `key list`. */
function titleOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${titleOf(parent)} ${command.name()}` : command.name();
}

function watchedPrinter(printer: Printer | undefined): {
  readonly watched: Printer | undefined;
  readonly isUsed: () => boolean;
} {
  let isUsed = false;
  const used = (text: string) => {
    isUsed = true;
    return text;
  };
  const watched = printer && {
    aws: (shape: unknown, within?: string) => used(printer.aws(shape, within)),
    own: (shape: unknown) => used(printer.own(shape)),
  };
  return { watched, isUsed: () => isUsed };
}

/** Refuses words that are not UTF-8: each would become another secret, context or name. */
function requireUnchanged(changed: ReadonlyMap<string, readonly ChangedWord[]>, files: readonly string[]): void {
  for (const [word, found] of changed) {
    if (found.length <= files.filter((file) => file === word).length) continue;
    const places = found.map(({ place }) => place + 1).join(' and ');
    throw new CliError(
      EXIT.usage,
      `Word ${places} of the command line is not UTF-8, and would be changed. Nothing was done. Convert it: iconv -f ENCODING -t UTF-8.`,
    );
  }
}

/** Options that every command takes. */
export function globalOptions(): Option[] {
  return [
    new Option('--store <folder>', 'the store (default: SECURESTRING_HOME, else ~/.securestring)'),
    new Option('--passphrase-file <file>', 'unlock with the first line of this file; - for standard input'),
    new Option('--root-key-file <file>', 'unlock with this root-key file'),
    new Option(
      '--allow-group-readable',
      'accept a secret file that its group can read, or that all can read if root owns it',
    ),
    new Option('--json', "print results as JSON, in AWS's shapes"),
    new Option('--wide', 'do not fit tables to the width of the terminal'),
    new Option('--no-color', 'no colour (also: NO_COLOR)'),
    new Option('--debug', 'show the stack of an error'),
  ];
}

/** Options of every command that has none of the same name. */
export function formOptions(): Option[] {
  return [
    new Option('--output <form>', 'print results as json, text, table, yaml, or env: lines NAME=value'),
    new Option('--query <expression>', 'print what this expression of JMESPath finds in the JSON of a result'),
  ];
}

/** Examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
