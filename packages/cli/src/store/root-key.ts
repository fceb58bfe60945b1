/**
 * Root-key files: 32 random bytes as base64 in one line, or raw, readable by their owner alone.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type { SharedFiles } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { exists } from '../io/file-rights.ts';
import { keyIn } from '../io/key-bytes.ts';
import { outputFile } from '../io/output-file.ts';
import { requirePrivate } from '../io/private-file.ts';

const LENGTH = 32;
/** More than a root-key file has, with white space around it. Bytes. */
const MOST = 4096;

/**
 * Makes one, and puts it in its place when `use` is done with it. A file that is there already is never replaced.
 *
 * @throws `CliError` where there is one.
 */
export async function createRootKey<Result>(
  path: string,
  use: (rootKey: Uint8Array) => Promise<Result>,
): Promise<Result> {
  if (await exists(path)) {
    throw new CliError(EXIT.failed, `${path} is there already. Move it away, if it opens the store no longer.`);
  }
  const rootKey = Uint8Array.from(randomBytes(LENGTH));
  const file = await outputFile(path, false);
  try {
    file.stream.end(`${Buffer.from(rootKey).toString('base64')}\n`);
    await finished(file.stream);
    const result = await use(rootKey);
    await file.commit();
    return result;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** @throws `CliError` where it is not there, readable by others, or no root key. */
export async function readRootKey(path: string, shared: SharedFiles): Promise<Uint8Array> {
  await requirePrivate(path, shared);
  const file = await readInput(path, MOST);
  const rootKey = keyIn(file, [LENGTH]);
  file.fill(0);
  return required(rootKey, `${path} is not a root key: it must hold ${LENGTH} bytes, as base64 in one line or raw.`);
}

/** @throws `CliError`, which names where the text is from. A text is base64, and never the bytes of its characters. */
export function parseRootKey(text: string, where: string): Uint8Array {
  const base64 = text.trim();
  const rootKey = base64.length === LENGTH ? undefined : keyIn(Buffer.from(base64), [LENGTH]);
  return required(rootKey, `${where} is not a root key: it must hold ${LENGTH} bytes as base64 in one line.`);
}

function required(rootKey: Uint8Array | undefined, otherwise: string): Uint8Array {
  if (rootKey === undefined) throw new CliError(EXIT.locked, otherwise);
  return rootKey;
}
