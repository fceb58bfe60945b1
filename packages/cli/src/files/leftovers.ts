/**
 * Names of what is made beside its place, and then put there. They tell whose process it is, so that what is left of a
 * killed one can be removed by another.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';

const OWN = /(\d+)\.[0-9a-f]{12}\.tmp$/;

/** A name that nothing has. */
export function temporaryName(prefix: string): string {
  return `${prefix}${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
}

/** A name in a folder whose process has ended. */
export interface Leftover {
  readonly name: string;
  /** As {@link temporaryName} got it. */
  readonly prefix: string;
}

export async function leftoversIn(folder: string): Promise<readonly Leftover[]> {
  return (await readdir(folder)).flatMap((name) => {
    const [own, pid] = OWN.exec(name) ?? [];
    if (own === undefined || isAlive(Number(pid))) return [];
    return [{ name, prefix: name.slice(0, -own.length) }];
  });
}

/** Whether there is such a process. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
