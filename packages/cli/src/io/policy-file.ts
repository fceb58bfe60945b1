/**
 * A policy in a file, or on standard input.
 * @module
 */

import type { Readable } from 'node:stream';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput, readStream } from './device.ts';
import { STANDARD, unreadable } from './input.ts';

/** Longer than any policy: one that is too long is refused in AWS's words. */
const MOST = 256 * 1024;

/** Reads the policy in a file; `-` is standard input. */
export async function readPolicy(file: string, stdin: Readable): Promise<string> {
  const bytes = file === STANDARD ? await readStream(stdin, MOST) : await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError(EXIT.usage, `The policy in ${file} is not UTF-8. Convert it: iconv -f ENCODING -t UTF-8.`, {
      cause,
    });
  }
}

function readFile(file: string): Promise<Uint8Array> {
  return readInput(file, MOST).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
}

/** Escapes what a terminal obeys in a policy. It stays the same JSON: such characters are in its texts alone. */
export function shownPolicy(policy: string): string {
  return policy.replaceAll(/[\x7f-\x9f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
