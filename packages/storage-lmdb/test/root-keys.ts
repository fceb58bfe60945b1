/**
 * Root keys by number, the same in every process.
 * @module
 */

import { createHash } from 'node:crypto';

export function rootKeyOf(number: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`root key ${number}`).digest());
}
