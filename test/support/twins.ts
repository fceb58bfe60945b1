/**
 * The web streams and their `node:stream` twins, behind the same few functions.
 * @module
 */

import { once } from 'node:events';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  type DecryptStreamOptions,
  decryptStream,
  type EncryptStreamOptions,
  encryptStream,
  type MessageHeader,
  type MessageStream,
} from '@securestring/core';
import { decryptNodeStream, encryptNodeStream, type NodeMessageStream } from '@securestring/core/node';
import { describe } from 'vitest';
import { concat } from './bytes.ts';

/** A stream at work, whose output is read as it comes. */
export interface Running {
  readonly header: Promise<MessageHeader>;
  /** Writes a chunk. Resolves once the stream has worked on it, and rejects if that made the stream fail. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the input. Resolves once all has come out, and rejects if the stream fails. */
  end(): Promise<void>;
  /** Cancels the stream. */
  abort(): Promise<void>;
  /** All that has come out by now. */
  output(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Twin {
  readonly name: 'web' | 'node';
  encrypt(options: EncryptStreamOptions): Running;
  decrypt(options: DecryptStreamOptions): Running;
}

export const webTwin: Twin = {
  name: 'web',
  encrypt: (options) => runWeb(encryptStream(options)),
  decrypt: (options) => runWeb(decryptStream(options)),
};

export const nodeTwin: Twin = {
  name: 'node',
  encrypt: (options) => runNode(encryptNodeStream(options)),
  decrypt: (options) => runNode(decryptNodeStream(options)),
};

export const twins: readonly Twin[] = [webTwin, nodeTwin];

/** Defines the same suite once for each of the two. */
export function describeTwins(name: string, define: (twin: Twin) => void): void {
  for (const twin of twins) describe(`${name} (${twin.name} stream)`, () => define(twin));
}

/** Writes everything, and returns all that comes out. */
export async function pass(running: Running, chunks: Iterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  for (const chunk of chunks) await running.write(chunk);
  await running.end();
  return running.output();
}

function runWeb(stream: MessageStream): Running {
  const writer = stream.writable.getWriter();
  const parts: Uint8Array[] = [];
  const reading = (async () => {
    for await (const part of stream.readable) parts.push(part);
  })();
  // A caller that waits for the end sees the failure. Until then nothing listens for it.
  const quiet = (promise: Promise<unknown>) => promise.catch(() => undefined);
  quiet(reading);
  quiet(writer.closed);
  return {
    header: stream.header,
    write: (chunk) => writer.write(chunk),
    end: async () => {
      await Promise.all([writer.close(), reading]);
    },
    abort: async () => {
      await quiet(writer.abort(new Error('given up')));
    },
    output: () => settled(parts),
  };
}

function runNode(stream: NodeMessageStream): Running {
  const parts: Uint8Array[] = [];
  stream.on('data', (part: Uint8Array) => parts.push(part));
  stream.on('error', () => undefined);
  return {
    header: stream.header,
    write: (chunk) => writeNode(stream, chunk),
    end: () => {
      const end = finished(stream);
      stream.end();
      return end;
    },
    abort: async () => {
      const closed = stream.closed ? undefined : once(stream, 'close');
      stream.destroy();
      await closed;
    },
    output: () => settled(parts),
  };
}

function writeNode(stream: Transform, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

/** Resolves after everything that is under way has run. */
async function settled(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  return concat(...parts);
}
