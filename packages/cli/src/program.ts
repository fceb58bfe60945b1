/**
 * The program: its own options, and the commands that a run needs.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';
import { Command, type Option } from 'commander';
import { examples, formOptions, globalOptions, makeAct } from './command/command.ts';
import { withoutTyped } from './command/usage-error.ts';
import { refuseOtherWords } from './command/words.ts';
import { COMMANDS } from './commands.ts';
import type { Terminal } from './output/terminal.ts';
import { version } from './version.ts';

/** Columns of the narrowest descriptions in help: beside the longest option, at a terminal of 80 columns. */
const NARROWEST = 24;
/** Describes all commands. */
const WHOLE = 'completion';
/** What those scripts ask. */
const COMPLETE = '__complete';

/** The program with all of its commands; or, to be quick, with the one that is called, where the words name one. */
export async function makeProgram(terminal: Terminal, words: readonly string[]): Promise<Command> {
  const options = globalOptions();
  const called = calledName(words, [...options, ...formOptions()]);
  const program = emptyProgram(terminal);
  for (const option of options) program.addOption(option);
  const act = makeAct(terminal, words);
  const isName =
    called === COMPLETE || (called !== WHOLE && COMMANDS.some(([, commands]) => Object.hasOwn(commands, called)));
  for (const [heading, commands] of COMMANDS) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(commands)) if (!isName || name === called) (await load())(program, act);
  }
  // For scripts of completion alone: no help shows it.
  if (called === COMPLETE) (await import('./completion/names.ts')).registerNames(program, act);
  addFormOptions(program, called, words);
  refuseOtherWords(program);
  nameOwnHelp(program, 'securestring');
  return program;
}

/** What was typed wrongly is explained in the help of its command, and not in that of the program. */
function nameOwnHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help shows more)`);
  for (const each of command.commands) nameOwnHelp(each, `${words} ${each.name()}`);
}

/** Take options of others in their own words. */
const RAW: readonly string[] = ['aws', COMPLETE];

/** Commander gives an option that the program has to no command: those of files go before. */
function addFormOptions(program: Command, called: string, words: readonly string[]): void {
  let command = program;
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command;
  const own = command === program ? [] : command.options.map(({ long }) => long);
  for (const option of RAW.includes(called) ? [] : formOptions())
    if (!own.includes(option.long)) program.addOption(option);
}

/** `help key create` as `key create --help`: commander's own `help` looks at one word alone. */
export function withHelpLast(words: readonly string[]): readonly string[] {
  const at = calledAt(words, [...globalOptions(), ...formOptions()]);
  return words[at] === 'help' ? [...words.slice(0, at), ...words.slice(at + 1), '--help'] : words;
}

function calledName(words: readonly string[], options: readonly Option[]): string {
  return words[calledAt(words, options)] ?? '';
}

/** Where the first word is that is neither one of the program's own options nor an option's value. */
function calledAt(words: readonly string[], options: readonly Option[]): number {
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at++) {
    if (options.some(({ long, required }) => required && long === words[at])) at++;
  }
  return at;
}

function emptyProgram(terminal: Terminal): Command {
  return new Command('securestring')
    .description('SecureString parameters, keys and files, offline.')
    .version(version())
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(shownLines(withoutTyped(text))),
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: NARROWEST })
    .exitOverride()
    .addHelpText(
      'after',
      examples(
        'securestring init --generate-root-key',
        'securestring put /app/db/password --type SecureString',
        'securestring get /app/db/password --with-decryption',
        'securestring exec /app/db -- ./server',
      ),
    );
}
