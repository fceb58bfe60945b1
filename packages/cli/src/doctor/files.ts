/**
 * Whether only their owner can reach the store's files.
 * @module
 */

import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SharedFiles } from '../command/context.ts';
import type { StorePlace } from '../command/store-place.ts';
import { isOpenToOthers } from '../io/file-rights.ts';
import { isAsMounted } from '../io/private-file.ts';
import type { Finding } from './finding.ts';

/** To be asked before the store is opened, which mends some of it. Windows has no such rights. */
export async function checkFiles(place: StorePlace, shared: SharedFiles): Promise<readonly Finding[]> {
  if (process.platform === 'win32') return [];
  const { folder, data, rootKey } = place;
  const findings: Finding[] = [];
  for (const [check, path, right] of [
    ['folder', folder, '700'],
    ['data folder', data, '700'],
    ['data file', join(data, 'data.mdb'), '600'],
    ['lock file', join(data, 'lock.mdb'), '600'],
    ['root key', rootKey, '600'],
  ] as const) {
    const finding = await checkRights(check, path, right, check === 'root key' ? shared : {});
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

/** Whether this process may change the store, or only read it: on a read-only disk, or as another user. */
export async function mayWrite({ data }: StorePlace): Promise<boolean> {
  const asked = [data, join(data, 'data.mdb')].map((path) => access(path, constants.W_OK));
  return (await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled');
}

/** Nothing where there is no such file. */
async function checkRights(
  check: string,
  path: string,
  right: string,
  { allowGroupReadable }: SharedFiles,
): Promise<Finding | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const mode = (found.mode & 0o777).toString(8);
  if (!isOpenToOthers(found)) return { check, ok: true, message: `${path} is its owner's alone (${mode})` };
  if (allowGroupReadable === true && isAsMounted(found)) {
    return { check, ok: true, message: `${path} can be read by others (${mode}), as --allow-group-readable says` };
  }
  return {
    check,
    ok: false,
    message: `${path} is open to others (${mode}).`,
    mend: `Mend that: chmod ${right} ${path}`,
  };
}
