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
  /** What of a store its arguments name, in their order. */
  readonly names: readonly NamedArgument[];
}

/** Kinds of names in a store, as `securestring __complete` takes them. */
export type NameKind = 'names' | 'paths' | 'labels' | 'keys' | 'aliases';

export interface NamedArgument {
  /** From 0. */
  readonly position: number;
  /** Whether it may come again and again. */
  readonly variadic: boolean;
  readonly kind: NameKind;
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
  readonly kind: NameKind | undefined;
}

/** By the names that arguments have in the help. */
const KINDS: ReadonlyMap<string, NameKind> = new Map([
  ['name', 'names'],
  ['from', 'names'],
  ['first', 'names'],
  ['second', 'names'],
  ['path', 'paths'],
  ['label', 'labels'],
  ['key', 'keys'],
  ['alias', 'aliases'],
]);
/** Groups whose names are of something else. */
const OTHER_NAMES = /^(iam|access-key)\b/;

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
  const names = OTHER_NAMES.test(at) ? [] : namesOf(command);
  const options = [...own, ...shared.filter(({ long }) => !taken.has(long) && long !== '--version')];
  return [
    {
      at,
      commands: commands.map((each) => ({ word: each.name(), what: each.summary() || each.description() })),
      options: options.map((option) => optionWords(option, names)),
      names,
      choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    },
    ...commands
      // Commander's own `help` lists the commands again.
      .filter((each) => command.commands.includes(each))
      .flatMap((each) => below(each, at === '' ? each.name() : `${at} ${each.name()}`, shared)),
  ];
}

function namesOf(command: Command): readonly NamedArgument[] {
  return command.registeredArguments.flatMap((argument, position) => {
    const kind = kindNamed(argument.name());
    return kind === undefined ? [] : [{ position, variadic: argument.variadic, kind }];
  });
}

function optionWords(option: Option, names: readonly NamedArgument[]): OptionWords {
  const { short, long, description, required, optional, argChoices = [] } = option;
  return {
    short,
    long,
    what: description,
    takesValue: required || optional,
    choices: argChoices,
    kind: kindOf(option, names),
  };
}

function kindNamed(name: string): NameKind | undefined {
  return KINDS.get(name) ?? KINDS.get(name.replace(/s$/, ''));
}

/** An option says the same as an argument of its name, or takes a key. */
function kindOf({ long }: Option, names: readonly NamedArgument[]): NameKind | undefined {
  if (long === '--key-id') return 'keys';
  const kind = kindNamed((long ?? '').slice(2));
  return names.some((name) => name.kind === kind) ? kind : undefined;
}
