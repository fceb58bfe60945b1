/**
 * What can go wrong with an LMDB folder, in words.
 * @module
 */

import { dirname } from 'node:path';
import { getSystemErrorName } from 'node:util';

/** LMDB's own error numbers. lmdb.h, "Return Codes". */
const LMDB_NAMES: Readonly<Record<number, string>> = {
  [-30797]: 'MDB_PAGE_NOTFOUND',
  [-30796]: 'MDB_CORRUPTED',
  [-30795]: 'MDB_PANIC',
  [-30794]: 'MDB_VERSION_MISMATCH',
  [-30793]: 'MDB_INVALID',
  [-30792]: 'MDB_MAP_FULL',
  [-30790]: 'MDB_READERS_FULL',
};

const DAMAGED =
  'its file data.mdb is damaged, or not of this storage. Put a copy of the whole folder in its place, made while no process had it open.';
const NO_ROOM = 'there is no room for it. Nothing was changed; make room and try again.';
const FORBIDDEN = 'this process may not read and write it, or its disk is read-only.';

const EXPLANATIONS: Readonly<Record<string, string | ((path: string) => string)>> = {
  ENOENT: (path) =>
    `the folder ${dirname(path)}, or what was in ${path}, does not exist. Make the folder, or name another path.`,
  ENOTDIR: (path) => `${path}, or a folder that it stands in, is not a folder. Name another path.`,
  EISDIR: 'a folder is in the place of one of its files.',
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: FORBIDDEN,
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EFBIG: NO_ROOM,
  MDB_MAP_FULL: NO_ROOM,
  MDB_PAGE_NOTFOUND: DAMAGED,
  MDB_CORRUPTED: DAMAGED,
  MDB_VERSION_MISMATCH: DAMAGED,
  MDB_INVALID: DAMAGED,
  MDB_READERS_FULL: 'too many processes read it at once.',
};

/** A file that is not LMDB's, or not whole. */
export function damaged(): Error {
  return Object.assign(new Error('Not an LMDB file.'), { code: -30793 });
}

/** Whether an error is about bytes of the file that are not as LMDB writes them. */
export function isDamage(error: unknown): boolean {
  return EXPLANATIONS[nameOf(error)] === DAMAGED;
}

/** Why something failed, and what to do; ends with a full stop. */
export function explainFailure(error: unknown, path: string): string {
  const name = nameOf(error);
  const explanation = EXPLANATIONS[name];
  if (explanation === undefined) return `${error instanceof Error ? error.message : error}.`;
  return `${typeof explanation === 'string' ? explanation : explanation(path)} (${name})`;
}

function nameOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number') return String(code);
  // LMDB gives the system's numbers as they are, Node wants them negative.
  return LMDB_NAMES[code] ?? (code > 0 ? getSystemErrorName(-code) : String(code));
}
