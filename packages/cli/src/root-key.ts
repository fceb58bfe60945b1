/**
 * Root-key files: 32 random bytes as base64 in one line, readable by their owner alone.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { writeOutput } from './files/output-file.ts';

const LENGTH = 32;
/** Rights of the group and of others. */
const NOT_THE_OWNER = 0o077;

/** Makes one; a file that is there already is never replaced. */
export async function createRootKey(path: string): Promise<Uint8Array> {
  const rootKey = Uint8Array.from(randomBytes(LENGTH));
  await writeOutput(path, `${Buffer.from(rootKey).toString('base64')}\n`, false);
  return rootKey;
}

/** @throws `CliError` where it is not there, readable by others, or no root key. */
export async function readRootKey(path: string): Promise<Uint8Array> {
  await requirePrivate(path);
  const text = (await readFile(path, 'utf8')).trim();
  const rootKey = Uint8Array.from(Buffer.from(text, 'base64'));
  if (rootKey.length === LENGTH && Buffer.from(rootKey).toString('base64') === text) return rootKey;
  throw new CliError(EXIT.locked, `${path} is no root key: it must hold ${LENGTH} bytes as base64 in one line.`);
}

/** Refuses a file with a secret in it that others may read. */
export async function requirePrivate(path: string): Promise<void> {
  const { mode } = await stat(path).catch((error: unknown) => {
    throw new CliError(EXIT.locked, `${path} cannot be read: ${error instanceof Error ? error.message : error}.`);
  });
  // Windows has no such bits.
  if (process.platform === 'win32' || (mode & NOT_THE_OWNER) === 0) return;
  throw new CliError(EXIT.locked, `${path} can be read by others. Mend that: chmod 600 ${path}`);
}
