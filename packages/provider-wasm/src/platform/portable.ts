/**
 * What the provider takes from the noble libraries on platforms without Node: the functions that the crate lacks.
 * Public random values come from a pool, since a call of the system costs as much as a short message.
 * @module
 */

import { nobleProvider } from '@securestring/core/noble';
import type { Platform } from '../provider.ts';

export const platform: Platform = {
  base: { ...nobleProvider, randomFill: fillFromPool },
  longest: Number.POSITIVE_INFINITY,
  longestHashed: Number.POSITIVE_INFINITY,
};

const pool = new Uint8Array(4096);
let unused = pool.length;

function fillFromPool(target: Uint8Array): void {
  if (target.length > pool.length) {
    nobleProvider.randomFill(target);
    return;
  }
  if (target.length > pool.length - unused) {
    nobleProvider.randomFill(pool);
    unused = 0;
  }
  const end = unused + target.length;
  target.set(pool.subarray(unused, end));
  // Overwritten, so that bytes in use are neither returned again nor left in the pool.
  pool.fill(0, unused, end);
  unused = end;
}
