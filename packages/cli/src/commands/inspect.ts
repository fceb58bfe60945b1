/**
 * `inspect`: what a ciphertext is made of, without any key.
 * @module
 */

import type { Readable } from 'node:stream';
import type { Inspection } from '@securestring/core';
import { examples, type Register } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { readInput } from '../files/device.ts';
import { STANDARD, unreadable } from '../files/input.ts';

/** More is not held in memory; messages of files may be larger than that, and their beginning tells what they are. */
const MOST = 64 * 1024 * 1024;

export const registerInspect: Register = (program, act) => {
  program
    .command('inspect')
    .argument('[input]', 'a file, base64 text, or - for standard input', STANDARD)
    .description('map a message or blob, field by field; needs no key')
    .addHelpText(
      'after',
      examples(
        'securestring inspect report.pdf.encrypted',
        'securestring get /app/db/password | securestring inspect',
        'securestring inspect AgR4…',
      ),
    )
    .action(
      act(async (args, _, context) => {
        const input = await read(args[0] ?? STANDARD, context.terminal.stdin);
        const [{ inspect }, { map }] = await Promise.all([import('@securestring/core'), import('../output/map.ts')]);
        const { inspection, bytes } = look(inspect, input.bytes);
        if (input.missing !== undefined && inspection.kind === 'unknown') throw input.missing;
        context.json(inspection, () => map(inspection, bytes, context.colour));
        return inspection.kind === 'unknown' || inspection.problems.length > 0 ? EXIT.notAuthentic : EXIT.ok;
      }),
    );
};

function look(
  inspect: (input: Uint8Array | string) => Inspection,
  input: Uint8Array,
): { inspection: Inspection; bytes: Uint8Array } {
  const text = asText(input);
  if (text === undefined) return { inspection: inspect(input), bytes: input };
  const inspection = inspect(text);
  return { inspection, bytes: Buffer.from(text, 'base64') };
}

/** Bytes that are all of base64's alphabet, but for white space, are taken for base64. */
function asText(input: Uint8Array): string | undefined {
  const text = Buffer.from(input).toString('latin1').replace(/\s+/g, '');
  return text !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? text : undefined;
}

interface Input {
  readonly bytes: Uint8Array;
  /** That there is no such file, where the bytes are the argument itself and it could be the name of one. */
  readonly missing?: CliError;
}

async function read(input: string, stdin: Readable): Promise<Input> {
  if (input === STANDARD) return { bytes: await readAll(stdin) };
  try {
    return { bytes: await readInput(input) };
  } catch (error) {
    const missing = unreadable(input, error, ' Give a file, base64 text, or - for standard input.');
    // What cannot be base64 of anything is told as a file that is not there.
    if (asText(Buffer.from(input)) === undefined || input.length < 16) throw missing;
    const couldBeName = !(error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG');
    return { bytes: Buffer.from(input), ...(couldBeName && { missing }) };
  }
}

async function readAll(stdin: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MOST)
      throw new CliError(EXIT.failed, `The input is longer than ${MOST} bytes. Give its beginning: head -c 1M`);
  }
  return Buffer.concat(chunks);
}
