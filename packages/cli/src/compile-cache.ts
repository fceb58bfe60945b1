/**
 * Compiled code, kept from one run to the next where node can do that.
 * @module
 */

import { chmodSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { makeFolders, plainPath } from '@securestring/keystore/paths';
import { isOpenToOthers } from './io/file-rights.ts';

/**
 * Since node 22.8, and only on a best effort: where it fails, nothing is said. The folder is the user's own, since node
 * trusts what it finds there; node's default is a folder among the temporary files of all users.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  if (enableCompileCache === undefined) return;
  try {
    enableCompileCache(privateFolder(`${cachesFolder()}/securestring`));
  } catch {
    // Such as a home that is read-only: the code is compiled each time.
  }
}

/**
 * A relative path counts as none: XDG Base Directory Specification, "Basics". It would be another one in each folder.
 */
function cachesFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return isAbsolute(given) ? given : `${homedir()}/.cache`;
}

/** Makes a folder that only this user may enter. Throws where it belongs to another user. */
function privateFolder(path: string): string {
  const folder = plainPath(path);
  makeFolders(folder);
  const found = statSync(folder);
  // Windows has no such ids.
  const self = process.geteuid?.();
  if (self !== undefined && found.uid !== self) throw new Error(`${folder} belongs to another user.`);
  // The rights of an older one came from the umask.
  if (isOpenToOthers(found)) chmodSync(folder, 0o700);
  return folder;
}
