/**
 * A text, whole, from a file or from standard input.
 * @module
 */

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';

/** More than one commit could hold. */
const MOST = 16 * 1024 * 1024;
const STANDARD = '-';

/** @throws `CliError` where it cannot be read, is too long, or no UTF-8. */
export async function readText(input: string, stdin: () => Readable): Promise<string> {
  const bytes = await readBytes(input, input === STANDARD ? stdin() : createReadStream(input));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError(EXIT.failed, `${nameOf(input)} is not text in UTF-8.`, { cause: error });
  }
}

async function readBytes(input: string, stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Uint8Array);
      length += bytes.length;
      if (length > MOST) break;
      chunks.push(bytes);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.notFound, `${nameOf(input)} cannot be read: ${why}.`, { cause: error });
  }
  if (length <= MOST) return Buffer.concat(chunks);
  throw new CliError(EXIT.failed, `${nameOf(input)} is longer than ${MOST} bytes. Split it.`);
}

/** As a sentence begins with it. */
export function nameOf(input: string): string {
  return input === STANDARD ? 'Standard input' : input;
}
