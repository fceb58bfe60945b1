/**
 * scrypt of Node's OpenSSL. The package's `imports` choose between this module and `noble-scrypt.ts`.
 * @module
 */

import { scryptSync } from 'node:crypto';

/** Derives 32 bytes from a passphrase, RFC 7914 §6. The caller checks the costs, and wipes the bytes. */
export function scryptKey(
  passphrase: Uint8Array,
  salt: Uint8Array,
  N: number,
  r: number,
  p: number,
): Uint8Array<ArrayBuffer> {
  // OpenSSL counts its B, V and T: 128·r·p + 128·r·N + 256·r bytes.
  const key = scryptSync(passphrase, salt, 32, { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 });
  const own = Uint8Array.from(key);
  key.fill(0);
  return own;
}
