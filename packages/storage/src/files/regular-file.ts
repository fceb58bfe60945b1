/**
 * A file's bytes, and an error for anything else that has its name. A FIFO would let a reader wait for a writer, in a
 * thread that no signal ends.
 * @module
 */

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { StorageError } from '../errors.ts';

/** Flags of `open` under which a FIFO opens without waiting. Windows has no such flag. */
export const READING: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file.
 *
 * @throws the system's error, such as `ENOENT`; `StorageError` (`STORAGE_FAILED`) for a FIFO, a device or a socket.
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const handle = await open(path, READING);
  try {
    requireRegular(path, await handle.stat());
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Reads a file synchronously; otherwise {@link readRegularFile}. */
export function readRegularFileSync(path: string): Buffer {
  const descriptor = openSync(path, READING);
  try {
    requireRegular(path, fstatSync(descriptor));
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A folder passes: reading it fails at once, with a code that callers explain. */
function requireRegular(path: string, found: Stats): void {
  if (found.isFile() || found.isDirectory()) return;
  throw new StorageError('STORAGE_FAILED', `${path} is a FIFO, a device or a socket. It must be a file: remove it.`);
}
