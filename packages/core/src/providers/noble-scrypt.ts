/**
 * scrypt of the noble libraries, for platforms without Node's. The exports are those of `node-scrypt.ts`.
 * @module
 */

import { scrypt } from '@noble/hashes/scrypt.js';
import { owned } from './noble-aes.ts';
import type * as Node from './node-scrypt.ts';

export const scryptKey: typeof Node.scryptKey = (passphrase, salt, N, r, p) =>
  owned(scrypt(passphrase, salt, { N, r, p, dkLen: 32, maxmem: 128 * r * (N + p + 2) + 1024 }));
