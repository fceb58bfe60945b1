/**
 * Paths that name an open descriptor of this process: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/3`, and links to them.
 * What is behind one may be a file that holds something already (`>> file`): it is written where the descriptor is, and
 * never opened again or replaced.
 * @module
 */

import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** Links that a system follows at most: symlink(7) of Linux. */
const MOST_LINKS = 40;
const STANDARD_NAMES: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 };
/** Where Linux, and where other systems have the descriptors of the process that looks. */
const OWN_DESCRIPTOR = new RegExp(`^(?:/proc/${process.pid}/(?:task/\\d+/)?fd|/dev/fd)/(\\d+)$`);

/** The descriptor that a path names; `undefined` for every other path. */
export async function descriptorOf(path: string): Promise<number | undefined> {
  let next = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = await folderOf(next);
    if (folder === undefined) return undefined;
    const place = join(folder, basename(next));
    const number = OWN_DESCRIPTOR.exec(place)?.[1] ?? STANDARD_NAMES[place];
    if (number !== undefined) return Number(number);
    const target = await readlink(place).catch(() => undefined);
    // No link, or none that leads on.
    if (target === undefined) return undefined;
    next = isAbsolute(target) ? target : `${folder}/${target}`;
  }
  return undefined;
}

/** A path whose folder is missing or out of reach names no descriptor. */
async function folderOf(path: string): Promise<string | undefined> {
  return realpath(dirname(path)).catch(() => undefined);
}
