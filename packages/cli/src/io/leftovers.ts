/**
 * Names of files and folders that a command makes beside their place, and then puts there. A name shows which process
 * made it, by the identity that a lock's holder has, so that the next command removes what a killed process left, and
 * nothing that a process in another container is still writing.
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { LockHolder } from '@securestring/keystore/file-lock';

/** What says where a process id and a start time mean something, as short hashes in a name. */
const PLACES = ['machine', 'boot', 'pidNamespace', 'timeNamespace'] as const;
/** Hexadecimal digits of such a hash. */
const HASH_DIGITS = 8;
const OWN = new RegExp(`(\\d+)-(\\d*)((?:-[0-9a-f]{${HASH_DIGITS}}){${PLACES.length}})\\.[0-9a-f]{12}\\.tmp$`);

/** Loaded when a command writes: the engine comes with it. */
const locks = () => import('@securestring/keystore/file-lock');

/** A name that nothing has. */
export async function temporaryName(prefix: string): Promise<string> {
  const { thisProcess } = await locks();
  const self = thisProcess();
  const places = PLACES.map((place) => hashOf(self[place]));
  return `${prefix}${[self.pid, self.started, ...places].join('-')}.${randomBytes(6).toString('hex')}.tmp`;
}

/** A name in a folder whose process has ended. */
export interface Leftover {
  readonly name: string;
  /** As {@link temporaryName} got it. */
  readonly prefix: string;
}

export async function leftoversIn(folder: string): Promise<readonly Leftover[]> {
  const { isAlive, thisProcess } = await locks();
  const self = thisProcess();
  const found: Leftover[] = [];
  for (const name of await readdir(folder)) {
    const [own, pid, started = '', places = ''] = OWN.exec(name) ?? [];
    if (own === undefined) continue;
    const maker = { ...self, pid: Number(pid), started, ...placesOf(places, self) };
    if (!isAlive(maker)) found.push({ name, prefix: name.slice(0, -own.length) });
  }
  return found;
}

/** Each place of this process where the hash is its own, and another one where it is not. */
function placesOf(hashes: string, self: LockHolder): Partial<LockHolder> {
  const found = hashes.slice(1).split('-');
  return Object.fromEntries(
    PLACES.map((place, at) => [place, found[at] === hashOf(self[place]) ? self[place] : `not ${self[place]}`]),
  );
}

function hashOf(place = ''): string {
  return createHash('sha256').update(place).digest('hex').slice(0, HASH_DIGITS);
}
