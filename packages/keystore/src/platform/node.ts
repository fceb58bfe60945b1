/**
 * The functions that the keystore needs of its platform, for Node, Bun and Deno. The package's `imports` choose between
 * this module and `portable.ts`, which has the same exports.
 * @module
 */

import {
  constants,
  createHmac,
  createPrivateKey,
  generateKeyPair,
  privateDecrypt,
  type ScryptOptions,
  scrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { KEY_LENGTH } from '../limits.ts';

export { nodeProvider as provider } from '@securestring/core/node';
export { type EntryMac, entryMac } from './entry-mac.ts';

/** Costs of scrypt, RFC 7914 §2. */
export interface ScryptCosts {
  /** N, a power of 2. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** Hashes of HMAC keys. */
export type MacHash = 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** A wrapping key pair as DER: SubjectPublicKeyInfo and PKCS#8. */
export interface WrappingKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Runs scrypt (RFC 7914) off the event loop. The caller wipes the 32 bytes. */
export function scryptKey(passphrase: Uint8Array, salt: Uint8Array, { N, r, p }: ScryptCosts): Promise<Uint8Array> {
  // OpenSSL counts its B, V and T: 128·r·p + 128·r·N + 256·r bytes.
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 };
  return new Promise((resolve, reject) => {
    // Without an error, Node passes null and Bun undefined.
    scrypt(passphrase, salt, KEY_LENGTH, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Computes an HMAC, RFC 2104. */
export function hmacOf(hash: MacHash, key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHmac(hash, key).update(message).digest());
}

/** Encodes as hexadecimal digits in lower case. */
export function hexOf(bytes: Uint8Array): string {
  return bufferOver(bytes).toString('hex');
}

/** Encodes as base64url without padding, RFC 4648 §5. */
export function toBase64url(bytes: Uint8Array): string {
  return bufferOver(bytes).toString('base64url');
}

/** Decodes base64url. It never fails: text that is not base64url gives other bytes. */
export function fromBase64url(text: string): Uint8Array {
  return Buffer.from(text, 'base64url');
}

const makeKeyPair = promisify(generateKeyPair);

/** Makes an RSA key pair off the event loop. The caller wipes the private key. */
export function makeWrappingKeyPair(modulusLength: number): Promise<WrappingKeyPair> {
  return makeKeyPair('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
}

/** Makes a function that decrypts RSAES-OAEP (RFC 8017 §7.1.2) with a private key in DER. */
export function rsaOpener(privateKey: Uint8Array): {
  readonly modulusBytes: number;
  /** Returns the decrypted bytes; `undefined` if they do not decrypt. */
  open(hash: 'sha1' | 'sha256', wrapped: Uint8Array): Uint8Array | undefined;
} {
  const key = createPrivateKey({ key: bufferOver(privateKey), format: 'der', type: 'pkcs8' });
  return {
    modulusBytes: (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8,
    open: (oaepHash, wrapped) => {
      try {
        return privateDecrypt({ key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }, wrapped);
      } catch {
        // OpenSSL distinguishes a wrong length from a wrong padding. Here they are the same.
        return undefined;
      }
    },
  };
}

/** Returns a Buffer over the same memory, since a copy would have to be wiped too. */
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
