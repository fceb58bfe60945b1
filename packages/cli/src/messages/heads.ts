/**
 * The headers of inputs, read before anything is decrypted: whose keys they need decides what is asked for.
 * @module
 */

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { EncryptedDataKey, InspectedDataKey, MessageInspection } from '@securestring/core';
import type { Context } from '../command/context.ts';
import { readStream } from '../io/device.ts';
import { STANDARD } from '../io/input.ts';

export interface Head {
  readonly input: string;
  readonly message: MessageInspection;
  readonly dataKeys: readonly EncryptedDataKey[];
}

/** Bytes that are looked at. Headers are far shorter, unless they have very many data keys. */
const MOST = 65536;
const NONE = new Uint8Array(0);

/**
 * Reads the header of each input, which stays as it is: what is taken from standard input is put back. An input whose
 * header cannot be had in this way, such as a FIFO or a file that is not a message, has none in the answer.
 */
export async function readHeads(
  { terminal }: Context,
  inputs: readonly string[],
  isBase64: boolean,
): Promise<readonly Head[]> {
  const { inspect } = await import('@securestring/core');
  const headOf = (input: string, beginning: Uint8Array): Head | undefined => {
    const bytes = isBase64 ? Buffer.from(Buffer.from(beginning).toString('latin1'), 'base64') : beginning;
    const message = inspect(bytes);
    if (message.kind !== 'message' || message.headerTag === undefined) return undefined;
    return { input, message, dataKeys: message.encryptedDataKeys.map(ofInspected) };
  };
  const heads: Head[] = [];
  for (const input of new Set(inputs)) {
    const head = headOf(input, await (input === STANDARD ? firstChunk(terminal.stdin) : beginningOf(input)));
    if (head !== undefined) heads.push(head);
  }
  return heads;
}

function ofInspected({ providerId, providerInfo, ciphertext }: InspectedDataKey): EncryptedDataKey {
  return {
    providerId: Buffer.from(providerId),
    providerInfo: Buffer.from(providerInfo, 'hex'),
    ciphertext: Buffer.from(ciphertext, 'hex'),
  };
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  // Of anything else, reading takes away. A file that cannot be read is reported by the one who needs it.
  if (found?.isFile() !== true) return NONE;
  return readStream(createReadStream(path, { end: MOST - 1 }), MOST).catch(() => NONE);
}

/** Takes a stream's first chunk, and puts it back. A terminal is left alone: a person types. */
async function firstChunk(stream: Readable & { readonly isTTY?: boolean }): Promise<Uint8Array> {
  if (stream.isTTY === true || stream.readableEnded || stream.destroyed) return NONE;
  if (stream.readableLength === 0) await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  const chunk: Uint8Array | null = stream.read();
  if (chunk === null) return NONE;
  stream.unshift(chunk);
  return chunk;
}
