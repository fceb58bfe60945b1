/**
 * Manual pages, from commander's own tree: `securestring(1)`, and one for each command with all below it. The build
 * writes them, and npm installs them; no run of the program loads this.
 * @module
 */

import type { Command, Option } from 'commander';
import { EXIT } from '../command/exit-codes.ts';
import { PROCESS } from '../output/terminal.ts';
import { makeProgram } from '../program.ts';
import { version } from '../version.ts';

const EXAMPLES = '\nExamples:\n';

const EXIT_CODES: readonly (readonly [code: number, what: string])[] = [
  [EXIT.ok, 'Done.'],
  [EXIT.failed, 'Refused, or failed: what the message says.'],
  [EXIT.usage, 'The command line was not understood.'],
  [EXIT.notFound, 'No such parameter, version, key, file or store.'],
  [EXIT.locked, 'No passphrase or key was given, or it is the wrong one.'],
  [EXIT.notAuthentic, 'A ciphertext, store or backup is damaged, cut short, or not authentic.'],
];

const VARIABLES: readonly (readonly [name: string, what: string])[] = [
  ['SECURESTRING_HOME', 'The store, where --store is not given.'],
  ['SECURESTRING_PASSPHRASE', 'Unlocks the store.'],
  ['SECURESTRING_AGENT', 'auto starts an agent with the first passphrase, off uses none.'],
  ['NO_COLOR', 'No colour.'],
];

/** What every page but the program's says. */
const SHARED: readonly string[] = ['The options of', '.BR securestring (1)', 'go with it, too.'];

/** All pages, by the name of their file. */
export async function manPages(): Promise<ReadonlyMap<string, string>> {
  const program = await makeProgram(PROCESS, []);
  const commands = shownCommands(program);
  const names = commands.map((command) => pageName(command));
  return new Map([
    [fileOf(program), page(program, commands.flatMap(listed), names)],
    ...commands.map((command): [string, string] => [
      fileOf(command),
      page(command, shownCommands(command).flatMap(described), ['securestring']),
    ]),
  ]);
}

/** Commander's own `help` says what is here. */
function shownCommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => command.commands.includes(each));
}

function page(command: Command, commands: readonly string[], seeAlso: readonly string[]): string {
  const isProgram = command.parent === null;
  return [
    `.TH ${pageName(command).toUpperCase().replaceAll('-', '\\-')} 1 "" "securestring ${version()}" "SecureString"`,
    '.SH NAME',
    `${text(pageName(command))} \\- ${text(plain(command.description()))}`,
    '.SH SYNOPSIS',
    ...synopsis(command),
    ...section('DESCRIPTION', [text(sentence(command.description())), ...(isProgram ? [] : SHARED)]),
    ...section('ARGUMENTS', argumentsOf(command)),
    ...section('OPTIONS', optionsOf(command)),
    ...section('COMMANDS', commands),
    ...section('EXAMPLES', examplesOf(command)),
    ...(isProgram
      ? [
          ...section(
            'EXIT STATUS',
            EXIT_CODES.flatMap(([code, what]) => item(String(code), what)),
          ),
          ...section(
            'ENVIRONMENT',
            VARIABLES.flatMap(([name, what]) => item(name, what)),
          ),
        ]
      : []),
    ...section('SEE ALSO', [seeAlso.map((name) => `.BR ${text(name)} (1)`).join(' ,\n')]),
    '',
  ].join('\n');
}

/** A command of the program, with where to read on. */
function listed(command: Command): readonly string[] {
  return ['.TP', `.BR ${text(pageName(command))} (1)`, text(sentence(command.summary() || command.description()))];
}

/** A command of a group, and all below it. */
function described(command: Command): readonly string[] {
  return [
    `.SS ${text(titleOf(command))}`,
    ...synopsis(command),
    '.PP',
    text(sentence(command.description())),
    ...argumentsOf(command),
    ...optionsOf(command),
    ...shownCommands(command).flatMap(described),
  ];
}

function synopsis(command: Command): readonly string[] {
  const usage = command.usage().replace(/^\[options\] ?/, '');
  return ['.PP', `.B ${text(titleOf(command))}`, `${text(`[options] ${usage}`.trim())}`];
}

function argumentsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .flatMap((each) => item(help.argumentTerm(each), help.argumentDescription(each)));
}

function optionsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .filter(({ long }: Option) => command.parent === null || long !== '--help')
    .flatMap((each) => item(help.optionTerm(each), help.optionDescription(each)));
}

function examplesOf(command: Command): readonly string[] {
  let printed = '';
  command.configureOutput({ writeOut: (part) => (printed += part) }).outputHelp();
  const [, examples = ''] = printed.split(EXAMPLES);
  const lines = examples.split('\n').map((line) => line.trim());
  const shown = lines.filter((line) => line !== '').map(text);
  return shown.length === 0 ? [] : ['.nf', ...shown, '.fi'];
}

function item(term: string, what: string): readonly string[] {
  return ['.TP', `.B ${text(term)}`, what === '' ? '\\&' : text(sentence(what))];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${heading}`, ...lines];
}

function titleOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${titleOf(parent)} ${command.name()}`;
}

function pageName(command: Command): string {
  return titleOf(command).replaceAll(' ', '-');
}

function fileOf(command: Command): string {
  return `${pageName(command)}.1`;
}

function sentence(what: string): string {
  const begun = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`;
  return /[.:]$/.test(begun) ? begun : `${begun}.`;
}

function plain(what: string): string {
  return what.replace(/\.$/, '');
}

/** One line, in which roff obeys nothing. What is not ASCII is named by its number. */
function text(line: string): string {
  const escaped = line
    .replaceAll(/\s+/g, ' ')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('"', '\\(dq');
  const ascii = Array.from(escaped, (each) => {
    const point = each.codePointAt(0) ?? 0;
    return point < 0x7f ? each : `\\[u${point.toString(16).toUpperCase().padStart(4, '0')}]`;
  }).join('');
  return ascii.startsWith('.') ? `\\&${ascii}` : ascii;
}
