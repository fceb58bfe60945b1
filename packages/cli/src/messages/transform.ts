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
import { CliError, exitCodeOf, messageOf } from '../command/failure.ts';
import { startBar } from '../io/bar.ts';
import { openInput } from '../io/device.ts';
import { STANDARD } from '../io/input.ts';
import { nothing, type OutputFile, outputFile, requireWritable } from '../io/output-file.ts';
import type { Pair } from '../io/places.ts';
import { binaryRefused, isTerminal, outputOrTerminal } from '../io/terminal-output.ts';
import { standardInput } from '../store/typed-input.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { MetadataLog } from './metadata.ts';
import { inTypedNames } from './option-names.ts';

export interface TransformOptions {
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
  readonly makeStream: () => NodeMessageStream;
  /** Throws where nothing may come out of a message with that header. */
  readonly checkHeader?: (header: MessageHeader) => void;
}

/** What a person at a terminal types, and whether it is a secret. */
const TYPED: Readonly<Record<TransformOptions['mode'], readonly [what: string, isSecret: boolean]>> = {
  encrypt: ['Text to encrypt', true],
  decrypt: ['Message to decrypt', false],
};

/** Works through all pairs; the first failure ends it, and its output is removed. */
export async function transformFiles(
  context: Context,
  pairs: readonly Pair[],
  options: TransformOptions,
  metadata: MetadataLog,
): Promise<void> {
  await requireAllWritable(pairs, options.overwrite);
  await requireNoTerminal(context, pairs, options);
  const bar = startBar(context, await sizeOf(pairs));
  try {
    for (const pair of pairs) {
      const header = await transformOne(context, pair, options, bar.count()).catch(async (error: unknown) => {
        await metadata.failed(pair, inTypedNames(error));
        throw named(pair, error);
      });
      await metadata.done(pair, header);
    }
  } finally {
    bar.stop();
  }
}

/** Of many files, it must be clear which one it is about; where it is about an option, none. */
function named({ input }: Pair, error: unknown): unknown {
  if (error instanceof CliError || error instanceof RangeError || input === STANDARD) return error;
  return new CliError(exitCodeOf(error), `${input}: ${messageOf(inTypedNames(error))}`, { cause: error });
}

async function transformOne(
  context: Context,
  { input, output }: Pair,
  options: TransformOptions,
  counter: Transform,
): Promise<MessageHeader> {
  const target = output === STANDARD ? standardOutput(context, options) : await outputFile(output, options.overwrite);
  let source: Readable | undefined;
  try {
    source = input === STANDARD ? await standardInput(context, ...TYPED[options.mode]) : await openInput(input);
    // Not before all streams are connected: until then no listener would get the failure of one.
    const stream = options.makeStream();
    // If the stream fails first, nothing awaits this.
    stream.header.catch(() => undefined);
    await pipeline([
      source,
      counter,
      ...(options.decode ? [decodeBase64()] : []),
      stream,
      ...(options.checkHeader === undefined ? [] : [gate(stream.header.then(options.checkHeader))]),
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
    throw error;
  }
}

/** Stays open: there may be more to come. */
function standardOutput(context: Context, { force }: TransformOptions): OutputFile {
  const stream = outputOrTerminal(context, 'What comes out', force);
  return { stream, isStream: true, commit: nothing, abandon: nothing };
}

/** A message is binary: that is known before any work. */
async function requireNoTerminal(
  context: Context,
  pairs: readonly Pair[],
  { mode, encode, force }: TransformOptions,
): Promise<void> {
  if (mode !== 'encrypt' || encode || force) return;
  for (const { output } of pairs) if (await isTerminal(context, output)) throw binaryRefused('The message');
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

/** Runs before any work, so that the user does not learn it from the last of many files, after hours. */
async function requireAllWritable(pairs: readonly Pair[], overwrite: boolean): Promise<void> {
  for (const { output } of pairs) if (output !== STANDARD) await requireWritable(output, overwrite);
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
