/**
 * Files with a secret in them: passphrases, root keys, key material. Only their owner may read them, unless
 * `--allow-group-readable` is given: an orchestrator mounts secrets as 0440 or 0444, owned by root, and chmod changes
 * nothing there.
 * @module
 */

import type { Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import type { SharedFiles } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { isOpenToOthers } from './file-rights.ts';
import { whyUnreadable } from './input.ts';

const ROOT = 0;
/** Rights that no option allows: to write or run the file, without being its owner. */
const WRITE_OR_RUN = 0o033;
/** Right of all to read the file. */
const READ_BY_ALL = 0o004;

/**
 * Refuses a secret's file that others may read, and a folder.
 *
 * @throws `CliError` that says how to mend it.
 */
export async function requirePrivate(path: string, { allowGroupReadable }: SharedFiles): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new CliError(EXIT.locked, whyUnreadable(path, error));
  });
  if (found.isDirectory()) throw new CliError(EXIT.locked, `${path} is a folder: give a file.`);
  // Others need a device: no advice may take their rights to it away.
  if (found.isCharacterDevice() || found.isBlockDevice()) {
    throw new CliError(EXIT.locked, `${path} is a device: give a file that only its owner may read.`);
  }
  if (!isOpenToOthers(found) || (allowGroupReadable === true && isAsMounted(found))) return;
  const what = (found.mode & 0o022) === 0 ? 'read' : 'changed';
  throw new CliError(EXIT.locked, `${path} can be ${what} by others. ${await advice(path, found, isAsMounted(found))}`);
}

/** Whether `--allow-group-readable` is enough for a file. */
export function isAsMounted({ mode, uid }: Pick<Stats, 'mode' | 'uid'>): boolean {
  return (mode & WRITE_OR_RUN) === 0 && ((mode & READ_BY_ALL) === 0 || uid === ROOT);
}

async function advice(path: string, found: Stats, isEnough: boolean): Promise<string> {
  const obstacle = await obstacleOf(path, found);
  if (obstacle === undefined) return `Mend that: chmod 600 ${path}`;
  return isEnough
    ? `${obstacle}: chmod cannot mend that. Where an orchestrator mounts it so, give --allow-group-readable.`
    : `${obstacle}: chmod cannot mend that. Give a copy that you own: install -m 600 ${path} COPY`;
}

/** What keeps chmod from working; `undefined` where it works. */
async function obstacleOf(path: string, { uid }: Stats): Promise<string | undefined> {
  const self = process.geteuid?.();
  if (self !== ROOT && self !== uid) return uid === ROOT ? 'root owns it' : `User ${uid} owns it`;
  // Rights alone do not keep the owner from chmod, only a mount that is read-only does.
  const isReadOnly = await access(path, constants.W_OK).then(
    () => false,
    (error: unknown) => isCode(error, 'EROFS'),
  );
  return isReadOnly ? 'It is on a read-only mount' : undefined;
}
