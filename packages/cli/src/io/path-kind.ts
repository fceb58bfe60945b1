/**
 * What a path leads to.
 * @module
 */

import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { descriptorOf } from './descriptor.ts';

/**
 * A stream is a pipe, a device, a socket or an open descriptor, such as `/dev/stdout`: it takes bytes, and none of them
 * can be taken back.
 */
export type Kind = 'file' | 'folder' | 'stream';

/** Codes of errors. A link may lead to itself. */
const NOTHING: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Links are followed. `undefined` where there is nothing. */
export async function kindOf(path: string): Promise<Kind | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() && (await descriptorOf(path)) === undefined ? 'file' : 'stream';
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOTHING.has(error.code)) return undefined;
    throw error;
  }
}

/** Whether a path can only mean a folder, there or not. */
export function namesFolder(path: string): boolean {
  return path.endsWith('/') || path.endsWith(sep);
}
