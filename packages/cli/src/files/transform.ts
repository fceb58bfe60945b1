/**
 * Files through a message stream, one after the other, in constant memory.
 * @module
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable, Transform } from 'node:stream';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MessageHeader } from '@securestring/core';
import type { NodeMessageStream } from '@securestring/core/node';
import type { Context } from '../context.ts';
import { CliError, exitCodeOf, messageOf } from '../failure.ts';
import { startBar } from '../output/bar.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { MetadataLog } from './metadata.ts';
import { alreadyThere, outputFile } from './output-file.ts';
import { type Pair, STANDARD } from './pairs.ts';

export interface TransformOptions {
  readonly mode: 'encrypt' | 'decrypt';
  readonly overwrite: boolean;
  /** Base64 of the output. */
  readonly encode: boolean;
  /** Base64 of the input. */
  readonly decode: boolean;
  /** Hold what goes to standard output until all of it is verified. */
  readonly buffer: boolean;
  readonly makeStream: () => NodeMessageStream;
  /** Throws where nothing may come out of a message with that header. */
  readonly checkHeader?: (header: MessageHeader) => void;
}

/** Works through all pairs; the first failure ends it, and its output is removed. */
export async function transformFiles(
  context: Context,
  pairs: readonly Pair[],
  options: TransformOptions,
  metadata: MetadataLog,
): Promise<void> {
  if (!options.overwrite) await requireNew(pairs);
  const bar = startBar(context, await sizeOf(pairs));
  try {
    for (const pair of pairs) {
      const stream = options.makeStream();
      // Nobody may be waiting for it where the stream fails first.
      stream.header.catch(() => undefined);
      try {
        await transformOne(context, pair, stream, options, bar.count);
      } catch (error) {
        await metadata.failed(pair, error);
        throw named(pair, error);
      }
      await metadata.done(pair, await stream.header);
    }
  } finally {
    bar.stop();
  }
}

/** Of many files, it must be clear which one it is about. */
function named({ input }: Pair, error: unknown): unknown {
  if (error instanceof CliError || input === STANDARD) return error;
  return new CliError(exitCodeOf(error), `${input}: ${messageOf(error)}`, { cause: error });
}

async function transformOne(
  context: Context,
  { input, output }: Pair,
  stream: NodeMessageStream,
  options: TransformOptions,
  count: () => Transform,
): Promise<void> {
  const source: Readable = input === STANDARD ? context.terminal.stdin : createReadStream(input);
  const parts = [
    source,
    count(),
    ...(options.decode ? [decodeBase64()] : []),
    stream,
    ...(options.checkHeader === undefined ? [] : [gate(stream.header.then(options.checkHeader))]),
    ...(options.encode ? [encodeBase64()] : []),
  ] as const;
  if (output === STANDARD) {
    const last = options.buffer ? held() : new PassThrough();
    last.pipe(context.terminal.stdout, { end: false });
    await pipeline([...parts, last]);
    return;
  }
  const file = await outputFile(output, options.overwrite);
  try {
    await pipeline([...parts, file.stream]);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.commit();
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

/** Before any work, so that the last of many files does not tell it after hours. */
async function requireNew(pairs: readonly Pair[]): Promise<void> {
  for (const { output } of pairs) {
    if (output === STANDARD) continue;
    const there = await stat(output).catch(() => undefined);
    if (there !== undefined) throw alreadyThere(output);
  }
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
