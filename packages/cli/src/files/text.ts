/**
 * A text, whole, from a file or from standard input.
 * @module
 */

import type { Readable } from 'node:stream';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { openInput } from './device.ts';
import { nameOf, STANDARD, unreadable } from './input.ts';

/** More than one commit could hold. */
const MOST = 16 * 1024 * 1024;

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
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of input === STANDARD ? stdin() : await openInput(input)) {
      const bytes = Buffer.from(chunk as Uint8Array);
      length += bytes.length;
      if (length > MOST) break;
      chunks.push(bytes);
    }
  } catch (error) {
    throw unreadable(input, error);
  }
  if (length <= MOST) return Buffer.concat(chunks);
  throw new CliError(EXIT.failed, `${nameOf(input)} is longer than ${MOST} bytes. Split it.`);
}
