/**
 * Files through a message stream, one after the other, in constant memory.
 * @module
 */

import { stat } from 'node:fs/promises';
import type { Readable, Transform } from 'node:stream';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MessageHeader } from '@securestring/core';
import type { NodeMessageStream } from '@securestring/core/node';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, isCode, messageOf } from '../command/failure.ts';
import { startBar } from '../io/bar.ts';
import { openInput } from '../io/device.ts';
import { nameOf, STANDARD } from '../io/input.ts';
import { nothing, type OutputFile, outputFile, requireWritable } from '../io/output-file.ts';
import type { Pair } from '../io/places.ts';
import { binaryRefused, isTerminal, outputOrTerminal } from '../io/terminal-output.ts';
import { standardInput } from '../store/typed-input.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Explain } from './explain.ts';
import { BEGINNING, notMessage } from './foreign.ts';
import type { MetadataLog } from './metadata.ts';
import { inTypedNames } from './option-names.ts';

/** How outputs are written. */
export interface OutputOptions {
  readonly mode: 'encrypt' | 'decrypt';
  readonly overwrite: boolean;
  /** Base64 of the output. */
  readonly encode: boolean;
  /** Base64 of the input. */
  readonly decode: boolean;
  /** Write what is not text to a terminal, too. */
  readonly force: boolean;
  /** Hold what goes to a stream until all of it is verified. */
  readonly buffer: boolean;
}

export interface TransformOptions extends OutputOptions {
  readonly makeStream: () => NodeMessageStream;
  /** Says why a message does not open. */
  readonly explain: Explain;
  /** Throws where nothing may come out of a message with that header. */
  readonly checkHeader?: (header: MessageHeader, input: string) => void;
}

/** What a person at a terminal types, and whether it is a secret. */
const TYPED: Readonly<Record<TransformOptions['mode'], readonly [what: string, isSecret: boolean]>> = {
  encrypt: ['Text to encrypt', true],
  decrypt: ['Message to decrypt', false],
};

/**
 * Refuses what no output can be, before a passphrase is asked for and before any work: the user should not learn it
 * from the last of many files, after hours.
 */
export async function requireOutputs(
  context: Context,
  pairs: readonly Pair[],
  { mode, overwrite, encode, force }: OutputOptions,
): Promise<void> {
  for (const { output } of pairs) if (output !== STANDARD) await requireWritable(output, overwrite);
  // A message is binary.
  if (mode !== 'encrypt' || encode || force) return;
  for (const { output } of pairs) if (await isTerminal(context, output)) throw binaryRefused('The message');
}

/**
 * Works through all pairs. What is the matter with one file does not stop the others: it is reported, and its output
 * is removed. What concerns all of them, such as a full disk, ends the work.
 *
 * @throws `CliError` with the number of failures; of a single file, its own failure.
 */
export async function transformFiles(
  context: Context,
  pairs: readonly Pair[],
  options: TransformOptions,
  metadata: MetadataLog,
): Promise<void> {
  const bar = startBar(context, await sizeOf(pairs));
  let failures = 0;
  try {
    for (const pair of pairs) {
      try {
        await metadata.done(pair, await transformOne(context, pair, options, bar.counters()));
      } catch (error) {
        const failure = named(pair, error);
        await metadata.failed(pair, failure);
        if (pairs.length === 1 || !isOfOneFile(error, options.mode)) throw failure;
        const said = messageOf(failure);
        context.failed(said.includes(pair.input) ? said : `${pair.input}: ${said}`);
        failures += 1;
      }
    }
  } finally {
    bar.stop();
  }
  if (failures > 0) throw new CliError(EXIT.failed, summaryOf(failures, pairs.length, options.mode));
}

function summaryOf(failures: number, all: number, mode: TransformOptions['mode']): string {
  const rest = failures === all ? 'Nothing was written.' : `The outputs of the other ${all - failures} are there.`;
  return `${failures} of ${all} files could not be ${mode}ed. ${rest}`;
}

/** Codes of what is the matter with an input, or with the place of its output. */
const OF_ONE_FILE: readonly string[] = ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENXIO'];
/** The same of a message. Such a code of an encryption is about its options, and would be that of every file. */
const OF_ONE_MESSAGE: readonly string[] = [
  'AUTHENTICATION_FAILED',
  'COMMITMENT_POLICY',
  'ENCRYPTED_DATA_KEY_LIMIT',
  'ENCRYPTION_CONTEXT_MISMATCH',
  'FRAME_LENGTH_LIMIT',
  'HEADER_LENGTH_LIMIT',
  'MALFORMED_ENCRYPTION_CONTEXT',
  'MALFORMED_MESSAGE',
  'NO_DATA_KEY',
  'SIGNED_MESSAGE',
];

function isOfOneFile(error: unknown, mode: TransformOptions['mode']): boolean {
  const codes = mode === 'encrypt' ? OF_ONE_FILE : [...OF_ONE_FILE, ...OF_ONE_MESSAGE];
  return error instanceof CliError || codes.some((code) => isCode(error, code));
}

/** Of many files, it must be clear which one it is about; where it is about an option, none. */
function named({ input }: Pair, error: unknown): unknown {
  const typed = inTypedNames(error);
  if (error instanceof CliError || error instanceof RangeError || input === STANDARD) return typed;
  return new CliError(exitCodeOf(error), `${input}: ${messageOf(typed)}`, { cause: error });
}

async function transformOne(
  context: Context,
  { input, output }: Pair,
  options: TransformOptions,
  counters: readonly Transform[],
): Promise<MessageHeader> {
  const { checkHeader: check } = options;
  const rights = input === STANDARD ? undefined : await rightsOf(input);
  const target =
    output === STANDARD ? standardOutput(context, options) : await outputFile(output, options.overwrite, rights);
  let source: Readable | undefined;
  let beginning: (() => Buffer) | undefined;
  try {
    source = input === STANDARD ? await standardInput(context, ...TYPED[options.mode]) : await openInput(input);
    // Not before all streams are connected: until then no listener would get the failure of one.
    const stream = options.makeStream();
    // If the stream fails first, nothing awaits this.
    stream.header.catch(() => undefined);
    beginning = beginningOf(source);
    await pipeline([
      source,
      ...counters,
      ...(options.decode ? [decodeBase64()] : []),
      stream,
      ...(check === undefined ? [] : [gate(stream.header.then((header) => check(header, input)))]),
      ...(options.encode ? [encodeBase64()] : []),
      ...(options.buffer && target.isStream ? [held()] : []),
      target.stream,
    ]);
    await target.commit();
    return await stream.header;
  } catch (error) {
    // Still open where the stream could not be made.
    source?.destroy();
    await target.abandon();
    throw await explained(error, input, options, beginning?.());
  }
}

/** Says what is the matter with a message, where that can be known. */
async function explained(
  error: unknown,
  input: string,
  { explain, mode, decode }: TransformOptions,
  beginning: Buffer | undefined,
): Promise<unknown> {
  if (mode === 'encrypt') return error;
  const bare = beginning === undefined || decode ? undefined : await notMessage(error, input, beginning);
  const said = bare ?? (await explain(error));
  return said === undefined ? error : new CliError(exitCodeOf(error), `${nameOf(input)} ${said}`, { cause: error });
}

/** Keeps the first bytes of a stream that a pipeline is about to read. */
function beginningOf(source: Readable): () => Buffer {
  let kept = Buffer.alloc(0);
  const keep = (chunk: Uint8Array) => {
    kept = Buffer.concat([kept, chunk.subarray(0, BEGINNING - kept.length)]);
    if (kept.length === BEGINNING) source.off('data', keep);
  };
  source.on('data', keep);
  return () => kept;
}

/** The owner's rights to an input that is a file. */
async function rightsOf(input: string): Promise<number | undefined> {
  const found = await stat(input);
  return found.isFile() ? found.mode & 0o700 : undefined;
}

/** Stays open: there may be more to come. */
function standardOutput(context: Context, { force }: TransformOptions): OutputFile {
  const stream = outputOrTerminal(context, 'What comes out', force);
  return { stream, isStream: true, commit: nothing, abandon: nothing };
}

/** Lets nothing out before `allowed`, and nothing at all where that rejects. */
function gate(allowed: Promise<void>): Transform {
  // The pipeline hears of it with the first chunk, or at the end.
  allowed.catch(() => undefined);
  return new PassThrough({
    transform(chunk: Uint8Array, _, done) {
      allowed.then(() => done(null, chunk), done);
    },
    flush(done) {
      allowed.then(() => done(), done);
    },
  });
}

/** Lets nothing out before the end. */
function held(): Transform {
  const chunks: Uint8Array[] = [];
  return new PassThrough({
    transform(chunk: Uint8Array, _, done) {
      chunks.push(chunk);
      done();
    },
    flush(done) {
      done(null, Buffer.concat(chunks));
    },
  });
}

/** Bytes of all inputs; `undefined` where one is standard input. */
async function sizeOf(pairs: readonly Pair[]): Promise<number | undefined> {
  let total = 0;
  for (const { input } of pairs) {
    if (input === STANDARD) return undefined;
    total += (await stat(input)).size;
  }
  return total;
}
