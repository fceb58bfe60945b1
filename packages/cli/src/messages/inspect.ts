/**
 * `inspect`: what a ciphertext is made of, without any key.
 * @module
 */

import type { Readable } from 'node:stream';
import type { Inspection } from '@securestring/core';
import { excerpt } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { readInput, readStream } from '../io/device.ts';
import { nameOf, STANDARD, unreadable } from '../io/input.ts';
import { inputFor } from '../store/typed-input.ts';

/** More is not held in memory; messages of files may be larger than that, and their beginning shows what they are. */
const MOST = 64 * 1024 * 1024;
/** Characters of the shortest base64 that is looked at. */
const SHORTEST = 16;
/** Codes of errors: an argument may also be base64 text. */
const NO_SUCH_FILE = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'] as const;
const ADVICE = ' Give a file, base64 text, or - for standard input.';

export const registerInspect: Register = (program, act) => {
  program
    .command('inspect')
    .argument('[input]', 'a file, base64 text, or - for standard input', STANDARD)
    .description('show a message or blob field by field; needs no key')
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
        const typed = args[0] ?? STANDARD;
        const input = await read(typed, await inputFor(context, typed, 'Message, blob or base64 text'));
        const { inspectOurs, mapOfOurs } = await import('./our-files.ts');
        const ours = inspectOurs(input.bytes);
        if (ours !== undefined) {
          context.json(ours, () => mapOfOurs(ours, input.bytes, context.colour));
          return ours.problems.length > 0 ? EXIT.notAuthentic : EXIT.ok;
        }
        const [{ inspect }, { map }] = await Promise.all([import('@securestring/core'), import('../output/map.ts')]);
        const { inspection, bytes } = inspectInput(inspect, input.bytes);
        if (input.missing !== undefined && inspection.kind === 'unknown') throw input.missing;
        if (inspection.kind === 'unknown') {
          const { BEGINNING, whatItIs } = await import('./foreign.ts');
          const what = await whatItIs(typed, Buffer.from(input.bytes.subarray(0, BEGINNING)));
          context.note(`${nameOf(typed)}: ${what}`);
        }
        context.json(inspection, () => map(inspection, bytes, context.colour));
        return inspection.kind === 'unknown' || inspection.problems.length > 0 ? EXIT.notAuthentic : EXIT.ok;
      }),
    );
};

/** Inspects bytes, or what their base64 text holds. */
function inspectInput(
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
  if (input === STANDARD) return { bytes: requireWhole(await readStream(stdin, MOST), input) };
  let bytes: Uint8Array;
  try {
    bytes = await readInput(input, MOST);
  } catch (error) {
    if (!NO_SUCH_FILE.some((code) => isCode(error, code))) throw unreadable(input, error, ADVICE);
    const text = asText(Buffer.from(input));
    const missing = notInput(input, text === undefined ? 'base64 text' : 'the base64 text of a message or blob', error);
    if (text === undefined || input.length < SHORTEST) throw missing;
    return { bytes: Buffer.from(input), ...(!isCode(error, 'ENAMETOOLONG') && { missing }) };
  }
  return { bytes: requireWhole(bytes, input) };
}

function notInput(input: string, what: string, cause: unknown): CliError {
  return new CliError(EXIT.notFound, `${excerpt(input)} is neither a file nor ${what}.${ADVICE}`, { cause });
}

function requireWhole(bytes: Uint8Array, input: string): Uint8Array {
  if (bytes.length <= MOST) return bytes;
  const command = input === STANDARD ? 'head -c 1M' : `head -c 1M ${input} | securestring inspect`;
  throw new CliError(EXIT.failed, `${nameOf(input)} is longer than ${MOST} bytes. Give its beginning: ${command}`);
}
