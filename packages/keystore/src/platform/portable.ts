/**
 * The functions that the keystore needs of its platform, in plain JavaScript, for platforms without Node such as
 * browsers. The exports are those of `node.ts`.
 * @module
 */

import { hmac } from '@noble/hashes/hmac.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex } from '@securestring/core/bytes';
import { KmsError } from '../errors.ts';
import { KEY_LENGTH } from '../limits.ts';
import type * as Node from './node.ts';

export { nobleProvider as provider } from '@securestring/core/noble';

const HASHES = { sha224, sha256, sha384, sha512 } as const;

export const scryptKey: typeof Node.scryptKey = (passphrase, salt, { N, r, p }) =>
  scryptAsync(passphrase, salt, { N, r, p, dkLen: KEY_LENGTH, maxmem: 128 * r * (N + p + 2) + 1024 });

export const hmacOf: typeof Node.hmacOf = (hash, key, message) => Uint8Array.from(hmac(HASHES[hash], key, message));

export const entryMac: typeof Node.entryMac = (macKey) => {
  const own = Uint8Array.from(macKey);
  return {
    tag: (key, value) => {
      const head = Uint8Array.from([key.length >> 8, key.length & 0xff, ...key].map(byteOf));
      return Uint8Array.from(hmac(sha256, own, concatBytes(head, value)));
    },
    wipe: () => own.fill(0),
  };
};

/** Returns the byte of a number, or of a character of latin1. */
function byteOf(unit: number | string): number {
  return typeof unit === 'number' ? unit : unit.charCodeAt(0);
}

export const hexOf: typeof Node.hexOf = toHex;

export const toBase64url: typeof Node.toBase64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

export const fromBase64url: typeof Node.fromBase64url = (text) => {
  // Other characters are left out, as Node does.
  const base64 = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replaceAll(/[^A-Za-z0-9+/]/g, '');
  const whole = base64.length % 4 === 1 ? base64.slice(0, -1) : base64;
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
};

export const makeWrappingKeyPair: typeof Node.makeWrappingKeyPair = async () => {
  throw noRsa();
};

export const rsaOpener: typeof Node.rsaOpener = () => {
  throw noRsa();
};

function noRsa(): KmsError {
  return new KmsError(
    'UnsupportedOperationException',
    'Key material is imported under RSA, which this platform lacks. Import it on Node.',
  );
}
