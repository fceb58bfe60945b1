/**
 * Files of a log, and their lines. Of a log `audit.jsonl`:
 *
 * ```
 * audit.jsonl                      the file that is written
 * audit.jsonl.digest.json          its digest
 * audit.jsonl.000001               the first file that is full, then 000002, …
 * audit.jsonl.000001.digest.json   its digest
 * audit.jsonl.lock…                while a process has the log open
 * ```
 * @module
 */

import { constants, type Stats } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { codeOf } from '@securestring/storage/paths';
import { AuditLogError } from './errors.ts';
import { failed } from './failure.ts';
import { MAX_LINE_BYTES } from './limits.ts';

const LINE_END = 0x0a;
/** A FIFO opens without waiting for a writer. Windows has no such flag. */
const READING: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A line of a file, without its end. */
export interface Line {
  readonly bytes: Buffer;
  /** The place of its first byte in the file. */
  readonly offset: number;
  /** Whether a line end follows. The last line of an interrupted write has none. */
  readonly isWhole: boolean;
}

/** Names a full file. */
export function rotatedPath(path: string, number: number): string {
  return `${path}.${String(number).padStart(6, '0')}`;
}

/** Names the digest of a file. */
export function digestPath(path: string): string {
  return `${path}.digest.json`;
}

/** Lists the numbers of a log's full files, in their order. */
export async function rotatedNumbers(path: string): Promise<readonly number[]> {
  const start = `${basename(path)}.`;
  let names: readonly string[];
  try {
    names = await readdir(dirname(path));
  } catch (error) {
    throw failed('read', path, error);
  }
  const numbers = names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  return numbers
    .filter((number) => /^\d{6,}$/.test(number))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Lists the paths of a log's files, the oldest first, with the one that is written if it is there. */
export async function logFiles(path: string): Promise<readonly string[]> {
  const full = (await rotatedNumbers(path)).map((number) => rotatedPath(path, number));
  const active = await sizeOf(path);
  if (active === undefined && full.length === 0) {
    throw new AuditLogError('AUDIT_LOG_MISSING', `There is no audit log ${path}.`);
  }
  return active === undefined ? full : [...full, path];
}

/** Returns the size of a file in bytes; `undefined` if it is missing. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const handle = await open(path, READING);
    try {
      return requireFile(await handle.stat(), path).size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failed('read', path, error);
  }
}

/** Reads a small file; `undefined` if it is missing. */
export async function readSmall(path: string): Promise<Buffer | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  if (size > MAX_LINE_BYTES) throw new AuditLogError('AUDIT_LOG_DAMAGED', `${path} is too long for a digest.`);
  return readFile(path);
}

/**
 * Reads the lines of a file one by one, up to the byte `end`. A line of more than a mebibyte ends them, as one that is
 * not whole.
 *
 * @throws `AuditLogError` (`AUDIT_LOG_MISSING`, `AUDIT_LOG_FAILED`).
 */
export async function* linesOf(path: string, end: number = Number.POSITIVE_INFINITY): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    const handle = await open(path, READING);
    try {
      requireFile(await handle.stat(), path);
      if (end === 0) return;
      const pieces = handle.createReadStream({
        autoClose: false,
        ...(Number.isFinite(end) && { end: end - 1 }),
      });
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        let text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
        for (let at = text.indexOf(LINE_END); at >= 0; at = text.indexOf(LINE_END)) {
          yield { bytes: text.subarray(0, at), offset, isWhole: true };
          offset += at + 1;
          text = text.subarray(at + 1);
        }
        rest = text;
        if (rest.length > MAX_LINE_BYTES) break;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw failed('read', path, error);
  }
  if (rest.length > 0) yield { bytes: rest, offset, isWhole: false };
}

/** @throws `AuditLogError` for a folder, a FIFO, a device or a socket. */
export function requireFile(found: Stats, path: string): Stats {
  if (found.isFile()) return found;
  throw new AuditLogError('AUDIT_LOG_FAILED', `The audit log ${path} is not a file. Name another path.`);
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
