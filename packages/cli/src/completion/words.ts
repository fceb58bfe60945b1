/**
 * The words that each place of the command line takes, from commander's own tree.
 * @module
 */

import type { Command, Option } from 'commander';

/** What can follow one command. */
export interface Words {
  /** The command, and those it is under: `get`, `keys create`; empty for the program itself. */
  readonly at: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWords[];
  /** What its arguments are chosen from, where they are. */
  readonly choices: readonly string[];
}

export interface Word {
  readonly word: string;
  readonly what: string;
}

export interface OptionWords {
  /** With their dashes. */
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly what: string;
  readonly takesValue: boolean;
  /** What its value is chosen from; empty where it may be anything. */
  readonly choices: readonly string[];
}

/** The program first, then every command that its help shows. */
export function wordsOf(program: Command): readonly Words[] {
  return below(program, '', program.createHelp().visibleOptions(program));
}

/** Options of the program may come after every command. */
function below(command: Command, at: string, shared: readonly Option[]): readonly Words[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const own = help.visibleOptions(command);
  const taken = new Set(own.map(({ long }) => long));
  const options = [...own, ...shared.filter(({ long }) => !taken.has(long) && long !== '--version')];
  return [
    {
      at,
      commands: commands.map((each) => ({ word: each.name(), what: each.summary() || each.description() })),
      options: options.map(optionWords),
      choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    },
    ...commands
      // Commander's own `help` lists the commands again.
      .filter((each) => command.commands.includes(each))
      .flatMap((each) => below(each, at === '' ? each.name() : `${at} ${each.name()}`, shared)),
  ];
}

function optionWords({ short, long, description, required, optional, argChoices = [] }: Option): OptionWords {
  return { short, long, what: description, takesValue: required || optional, choices: argChoices };
}
