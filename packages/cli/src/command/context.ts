/**
 * What every command has at hand: the global options, the terminal, and how it prints results.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import { type Colours, colours, fitting } from '../output/colour.ts';
import type { Terminal } from '../output/terminal.ts';
import { visibleInColour, visibleOn } from '../output/visible.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import type { Printer } from './printer.ts';
import type { ChangedWord } from './raw-text.ts';

/** How a file with a secret in it may be shared. */
export interface SharedFiles {
  /** Accept a secret's file that its group can read, and a file of root's that all can read. */
  readonly allowGroupReadable?: boolean;
}

/** Options that come before or after any command. */
export interface GlobalOptions extends SharedFiles {
  readonly store?: string;
  readonly passphraseFile?: string;
  readonly rootKeyFile?: string;
  /** Also for `--output json`. */
  readonly json?: boolean;
  readonly output?: string;
  readonly query?: string;
  readonly debug?: boolean;
  /** Tables as wide as they must be, on a terminal too. */
  readonly wide?: boolean;
  /** Commander's form of `--no-color`. */
  readonly color?: boolean;
}

export interface Context {
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
  /** All words of the command line. */
  readonly words: readonly string[];
  /** Standard input, for the passphrase that `--passphrase-file -` announces: all else finds it taken. */
  passphraseInput(): Terminal['stdin'];
  /** Words of the command line that are not UTF-8. */
  readonly changed: ReadonlyMap<string, readonly ChangedWord[]>;
  /** For standard output. */
  readonly colour: Colours;
  /**
   * Prints a result: with `--json` as AWS's shape, else as `text` says it. `within` is the member of AWS's answer that
   * the shape is from. Default the answer itself.
   */
  result(shape: unknown, text: () => string, within?: string): void;
  /** The same of a value: its bytes alone, which a terminal shows with a line end, and without what it would obey. */
  value(shape: unknown, text: string): void;
  /** The same for a shape that is not AWS's, but ours. */
  json(shape: unknown, text: () => string): void;
  /** Prints a note beside the result, on standard error, unless `--json` or another form was asked for. */
  note(text: string): void;
  /** Prints a warning on standard error, with `--json` too. */
  warn(text: string): void;
  /** Prints on standard error what went wrong with one of many; the command goes on. */
  failed(text: string): void;
}

/** The word for standard input. */
const STANDARD = '-';

/** A terminal whose standard input holds the passphrase. */
function withoutInput(terminal: Terminal): Terminal {
  return {
    get stdin(): never {
      throw new CliError(
        EXIT.usage,
        'Standard input holds the passphrase (--passphrase-file -), and this command needs it for something else. Give one of them a file.',
      );
    },
    get stdout() {
      return terminal.stdout;
    },
    get stderr() {
      return terminal.stderr;
    },
    env: terminal.env,
    ...(terminal.openAsking !== undefined && { openAsking: terminal.openAsking }),
  };
}

/** Makes the context of a command. `printer` is there with `--json`, `--output` and `--query`. */
export function makeContext(
  options: GlobalOptions,
  terminal: Terminal,
  printer?: Printer,
): Omit<Context, 'changed' | 'words'> {
  const { stdout, stderr, env } = terminal;
  const line = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  const plain = colours(stdout, env, options.color);
  const colour = options.wide === true ? plain : fitting(plain, stdout);
  const onStderr = colours(stderr, env, options.color);
  return {
    options,
    terminal: options.passphraseFile === STANDARD ? withoutInput(terminal) : terminal,
    passphraseInput: () => terminal.stdin,
    colour,
    result: (shape, text, within) => {
      stdout.write(printer === undefined ? line(visibleInColour(stdout, text())) : printer.aws(shape, within));
    },
    value: (shape, text) => {
      if (printer !== undefined) stdout.write(printer.aws(shape));
      else stdout.write(stdout.isTTY === true ? line(visibleOn(stdout, text)) : text);
    },
    json: (shape, text) => {
      stdout.write(printer === undefined ? line(visibleInColour(stdout, text())) : printer.own(shape));
    },
    note: (text) => {
      if (printer === undefined) stderr.write(line(onStderr.dim(shown(text))));
    },
    warn: (text) => {
      stderr.write(line(`${onStderr.yellow('warning:')} ${shown(text)}`));
    },
    failed: (text) => {
      stderr.write(line(`${onStderr.red('error:')} ${shown(text)}`));
    },
  };
}
