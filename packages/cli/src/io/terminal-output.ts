/**
 * Bytes for standard output, which may be a terminal: it gets text alone, unless the user insists.
 * @module
 */

import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { textAlone } from '../output/visible.ts';
import { descriptorOf } from './descriptor.ts';
import { STANDARD } from './input.ts';
import { stayingOpen } from './output-file.ts';

/** Whether an output is the terminal: `-`, or a path of an open descriptor such as `/dev/stdout`. */
export async function isTerminal({ terminal }: Context, output: string): Promise<boolean> {
  if (output === STANDARD) return terminal.stdout.isTTY === true;
  const descriptor = await descriptorOf(output);
  return descriptor !== undefined && isatty(descriptor);
}

/** The refusal of bytes for a terminal. */
export function binaryRefused(what: string): CliError {
  return new CliError(
    EXIT.usage,
    `${what} is binary, and standard output is a terminal. Give --output FILE, --encode for base64, or --force.`,
  );
}

/** Standard output, which stays open. A terminal gets what is text; without `force`, the rest is refused. */
export function outputOrTerminal({ terminal: { stdout } }: Context, what: string, force: boolean): Writable {
  if (stdout.isTTY !== true || force) return stayingOpen(stdout);
  const stream = textAlone(() => binaryRefused(what));
  stream.pipe(stdout, { end: false });
  return stream;
}
