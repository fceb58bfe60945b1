/**
 * What was done with each file, as one line of JSON: `--metadata-output`.
 * @module
 */

import { appendFile } from 'node:fs/promises';
import type { MessageHeader } from '@securestring/core';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, messageOf } from '../command/failure.ts';
import { descriptorOf } from '../io/descriptor.ts';
import { STANDARD } from '../io/input.ts';
import { openStream } from '../io/output-file.ts';
import { kindOf } from '../io/path-kind.ts';
import type { Pair } from '../io/places.ts';
import { sameFile } from '../io/places.ts';

export interface MetadataLog {
  done(pair: Pair, header: MessageHeader): Promise<void>;
  failed(pair: Pair, error: unknown): Promise<void>;
}

/**
 * Appends to the file that `target` names; `-` is standard output.
 *
 * @param needed files beside the inputs, such as a key's.
 * @throws `CliError` where that is an input or an output of `pairs`, or a needed file: it would be damaged.
 */
export async function metadataLog(
  context: Context,
  mode: 'encrypt' | 'decrypt',
  target: string | undefined,
  pairs: readonly Pair[],
  needed: readonly string[],
): Promise<MetadataLog> {
  if (target !== undefined) await requireApart(target, pairs, needed);
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
  const stream = target === STANDARD ? terminal.stdout : await openStream(target);
  // The callback of each write gets the error.
  if (target !== STANDARD) stream.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
}

async function requireApart(target: string, pairs: readonly Pair[], needed: readonly string[]): Promise<void> {
  const descriptor = await outputDescriptor(target);
  for (const { output } of descriptor === undefined ? [] : pairs) {
    if ((await outputDescriptor(output)) !== descriptor) continue;
    const name = target === STANDARD ? 'Standard output' : target;
    throw new CliError(EXIT.usage, `${name} gets the result: --metadata-output must name a file.`);
  }
  if (target === STANDARD) return;
  const damaged = await sameFile(target, [...needed, ...pairs.flatMap(({ input, output }) => [input, output])]);
  if (damaged === undefined) return;
  throw new CliError(EXIT.usage, `--metadata-output ${target} would damage ${damaged}. Name another file.`);
}

/** Returns the descriptor that an output is written to: standard output's for `-`, none for a file. */
async function outputDescriptor(output: string): Promise<number | undefined> {
  return output === STANDARD ? 1 : descriptorOf(output);
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
