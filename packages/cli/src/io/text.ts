/**
 * A text, whole, from a file or from standard input.
 * @module
 */

import type { Readable } from 'node:stream';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput, readStream } from './device.ts';
import { nameOf, STANDARD, unreadable } from './input.ts';

/** More than the values of a whole store, if they are no longer than most secrets are. */
const MOST = 64 * 1024 * 1024;

/** @throws `CliError` where it cannot be read, is too long, or no UTF-8. */
export async function readText(input: string, stdin: () => Readable): Promise<string> {
  const bytes = await readBytes(input, stdin);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError(EXIT.failed, `${nameOf(input)} is not text in UTF-8.`, { cause: error });
  }
}

async function readBytes(input: string, stdin: () => Readable): Promise<Uint8Array> {
  const read = input === STANDARD ? readStream(stdin(), MOST) : readInput(input, MOST);
  const bytes = await read.catch((error: unknown) => {
    throw unreadable(input, error);
  });
  if (bytes.length <= MOST) return bytes;
  throw new CliError(EXIT.failed, `${nameOf(input)} is longer than ${MOST} bytes. Split it.`);
}
