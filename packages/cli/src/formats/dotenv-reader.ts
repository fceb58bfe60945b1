/**
 * Reading of dotenv files, and of what `export --format shell` writes. A value that shells, the npm package `dotenv`
 * and node read differently is refused with the number of its line, since any choice could change a secret.
 *
 * ```
 * NAME=text            to the end of the line; a comment begins behind a space
 * NAME='text'          exactly this text, of several lines too
 * NAME="text"          \n and \r are line ends; no other escape, no $ that a shell replaces
 * NAME=`text`          exactly this text, as dotenv and node have it
 * export NAME='it'\''s'    as a shell has it
 * ```
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** A name and its value. */
type Entry = readonly [name: string, value: string];

/** A value and the position behind it, or how to write it without ambiguity. */
type Reading = { readonly value: string; readonly end: number } | { readonly advice: string };

const HEAD = /^[ \t]*(export[ \t]+)?([\w.-]+)(?:[ \t]*=|:(?=[ \t]))[ \t]*/;
const BLANK_OR_COMMENT = /^[ \t]*(?:#.*)?\r?$/;
/** Text that may follow a value in quotes. */
const END = /^(?:[ \t]*|[ \t]+#.*)\r?$/;
/** A dollar sign that a shell replaces, and a backtick. */
const EXPANSION = /\$[\w{(!@#$*?'"-]|`/;
const QUOTED: Readonly<Record<string, RegExp>> = { "'": /'([^']*)'/y, '"': /"([^"]*)"/y, '`': /`([^`]*)`/y };
const SHELL_QUOTED = /'[^']*'(?:\\''[^']*')*/y;

const SINGLE_QUOTES =
  "Put it in single quotes; a value that has these itself comes as export NAME='it'\\''s' or as JSON.";
const ADVICE = {
  unclosed: `Its quote is not closed, or text follows the closing quote. ${SINGLE_QUOTES}`,
  hash: `The # begins a comment for some programs only. ${SINGLE_QUOTES}`,
  escapes: `A backslash, quote, backtick or $ in it means something for some programs only. ${SINGLE_QUOTES}`,
  space: `Some programs drop white space at its end or read on behind it. ${SINGLE_QUOTES}`,
  lineEnd: 'Some programs drop a carriage return or a line separator in it. Import it as JSON.',
} as const;

/**
 * Reads names and values, in the order of the file. A value may be empty.
 *
 * @param file name of the file, as a sentence begins with it.
 * @throws `CliError` that gives the number of a line that is not `NAME=VALUE`, that repeats a name, or whose value is
 *   ambiguous. It shows nothing of the line, which may be a secret.
 */
export function fromDotenv(given: string, file: string): readonly Entry[] {
  // An editor's line ends; where only some are such, a value has them.
  const text = /[^\r]\n|^\n|\r(?!\n)/.test(given) ? given : given.replaceAll('\r\n', '\n');
  const entries: Entry[] = [];
  const lineOf = new Map<string, number>();
  let number = 1;
  const refuse = (what: string) => new CliError(EXIT.failed, `${file}: line ${number} ${what} Nothing was imported.`);
  for (let at = 0; at < text.length; ) {
    const line = text.slice(at, lineEnd(text, at));
    let end = at + line.length;
    if (!isPassedOver(line)) {
      const [head = '', exported, name] = HEAD.exec(line) ?? [];
      if (name === undefined) throw refuse('is not NAME=VALUE.');
      const reading = readValue(text, at + head.length, exported !== undefined);
      if ('advice' in reading) throw refuse(`is ambiguous. ${reading.advice}`);
      const before = lineOf.get(name);
      if (before !== undefined) throw refuse(`has the name of line ${before}.`);
      lineOf.set(name, number);
      entries.push([name, reading.value]);
      end = reading.end;
    }
    number += text.slice(at, end).split('\n').length;
    at = end + 1;
  }
  return entries;
}

/** Whether a line is blank or a comment for every reader. */
function isPassedOver(line: string): boolean {
  return BLANK_OR_COMMENT.test(line) && !/[\u2028\u2029]/.test(line);
}

/** Reads a value up to the end of its last line. */
function readValue(text: string, at: number, exported: boolean): Reading {
  const quote = QUOTED[text.charAt(at)];
  if (quote === undefined) return readBare(text, at);
  const whole = matchAt(exported && quote === QUOTED["'"] ? SHELL_QUOTED : quote, text, at)?.[0];
  if (whole === undefined) return { advice: ADVICE.unclosed };
  const end = lineEnd(text, at + whole.length);
  const after = text.slice(at + whole.length, end);
  if (!END.test(after)) return { advice: after.startsWith('#') ? ADVICE.hash : ADVICE.unclosed };
  if (/\r/.test(whole) || /[\u2028\u2029]/.test(after)) return { advice: ADVICE.lineEnd };
  const value = unquote(whole, exported);
  return value === undefined ? { advice: ADVICE.escapes } : { value, end };
}

/** Takes the quotes away; `undefined` where readers differ about what is within. */
function unquote(whole: string, exported: boolean): string | undefined {
  const within = whole.slice(1, -1);
  // Nothing but the quote means anything there to a shell, and the program itself writes export NAME='…' for shells.
  if (whole.startsWith("'") && exported) return within.replaceAll("'\\''", "'");
  if (within.endsWith('\\')) return undefined;
  if (!whole.startsWith('"')) return within;
  if (EXPANSION.test(within) || /\\[\\$\n]/.test(within)) return undefined;
  return within.replaceAll('\\n', '\n').replaceAll('\\r', '\r');
}

/** Reads a value without quotes. */
function readBare(text: string, at: number): Reading {
  const end = lineEnd(text, at);
  const line = text.slice(at, end).replace(/\r$/, '');
  const hash = line.indexOf('#');
  const value = (hash < 0 ? line : line.slice(0, hash)).replace(/[ \t]+$/, '');
  if (/[\r\u2028\u2029]/.test(line)) return { advice: ADVICE.lineEnd };
  if (hash >= 0 && (!/[ \t]/.test(text.charAt(at + hash - 1)) || /\s/.test(value))) return { advice: ADVICE.hash };
  if (value !== value.trim()) return { advice: ADVICE.space };
  if (/['"\\]/.test(value) || EXPANSION.test(value)) return { advice: ADVICE.escapes };
  return { value, end };
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
