/**
 * What was done with each file, as one line of JSON: `--metadata-output`.
 * @module
 */

import { appendFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { MessageHeader } from '@securestring/core';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { CliError, messageOf } from '../failure.ts';
import { openDevice } from './device.ts';
import { STANDARD } from './input.ts';
import { kindOf } from './kind.ts';
import type { Pair } from './pairs.ts';

export interface MetadataLog {
  done(pair: Pair, header: MessageHeader): Promise<void>;
  failed(pair: Pair, error: unknown): Promise<void>;
}

/**
 * Appends to the file that `target` names; `-` is standard output.
 *
 * @throws `CliError` where that is where an input or an output of `pairs` is, which it would damage.
 */
export async function metadataLog(
  context: Context,
  mode: 'encrypt' | 'decrypt',
  target: string | undefined,
  pairs: readonly Pair[],
): Promise<MetadataLog> {
  if (target !== undefined) await requireApart(target, pairs);
  let append: Append | undefined;
  const write = async (line: object) => {
    if (target === undefined) return;
    append ??= await appenderTo(target, context);
    await append(`${JSON.stringify(line)}\n`);
  };
  return {
    done: ({ input, output }, header) => write({ mode, input, output, header: headerJson(header) }),
    failed: ({ input, output }, error) => write({ mode, input, output, failed: true, reason: messageOf(error) }),
  };
}

type Append = (text: string) => Promise<void>;

/** A FIFO or a device is opened once: its reader takes the end of one line for the end of all. */
async function appenderTo(target: string, { terminal }: Context): Promise<Append> {
  const isFile = target !== STANDARD && (await kindOf(target)) !== 'stream';
  if (isFile) return (text) => appendFile(target, text, { mode: 0o600 });
  const stream = target === STANDARD ? terminal.stdout : await openDevice(target);
  // The callback of each write gets the error.
  if (target !== STANDARD) stream.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
}

async function requireApart(target: string, pairs: readonly Pair[]): Promise<void> {
  if (target === STANDARD) {
    if (!pairs.some(({ output }) => output === STANDARD)) return;
    throw new CliError(EXIT.usage, 'Standard output gets the result: --metadata-output must name a file.');
  }
  const place = await truePath(target);
  for (const path of pairs.flatMap(({ input, output }) => [input, output])) {
    if (path === STANDARD || (await truePath(path)) !== place) continue;
    throw new CliError(EXIT.usage, `--metadata-output ${target} would damage ${path}. Name another file.`);
  }
}

/** Without links, as far as there is something. */
async function truePath(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const folder = dirname(absolute);
    return folder === absolute ? absolute : join(await truePath(folder), basename(absolute));
  }
}

function headerJson(header: MessageHeader): object {
  return {
    version: `${header.version}.0`,
    algorithm: `0x${header.suite.toString(16).padStart(4, '0')}`,
    message_id: Buffer.from(header.messageId).toString('base64'),
    encryption_context: header.encryptionContext,
    encrypted_data_keys: header.encryptedDataKeys.map(({ providerId, providerInfo, ciphertext }) => ({
      key_provider: {
        provider_id: Buffer.from(providerId).toString(),
        key_info: Buffer.from(providerInfo).toString('base64'),
      },
      encrypted_data_key: Buffer.from(ciphertext).toString('base64'),
    })),
    content_type: header.contentType,
    frame_length: header.frameLength,
  };
}
