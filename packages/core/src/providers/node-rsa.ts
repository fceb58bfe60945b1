/**
 * RSA encryption of Node's OpenSSL.
 * @module
 */

import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { PolicyError } from '../errors.ts';
import type { RsaPadding, RsaProvider } from '../provider.ts';

interface NodePadding {
  readonly padding: number;
  readonly oaepHash?: string;
  /** Smallest number of bytes that the padding adds. */
  readonly overhead: number;
}

const OAEP = constants.RSA_PKCS1_OAEP_PADDING;
/** Options of the paddings. The label is empty by default, and MGF1 takes the hash of OAEP. */
const PADDINGS: Readonly<Record<RsaPadding, NodePadding>> = {
  PKCS1: { padding: constants.RSA_PKCS1_PADDING, overhead: 11 },
  'OAEP-SHA-1': { padding: OAEP, oaepHash: 'sha1', overhead: 42 },
  'OAEP-SHA-256': { padding: OAEP, oaepHash: 'sha256', overhead: 66 },
  'OAEP-SHA-384': { padding: OAEP, oaepHash: 'sha384', overhead: 98 },
  'OAEP-SHA-512': { padding: OAEP, oaepHash: 'sha512', overhead: 130 },
};

/** The RSA functions of `node:crypto`. */
export const rsa: RsaProvider = {
  rsaEncrypt: (publicKey, padding, plaintext) => {
    const key = rsaKey(() => createPublicKey({ key: publicKey, format: 'pem' }), 'publicKey');
    checkRoom(key, padding, plaintext.length);
    try {
      return Uint8Array.from(publicEncrypt({ key, ...PADDINGS[padding] }, plaintext));
    } catch {
      // The length was checked before, so OpenSSL refuses the key itself, such as one of more than 16384 bits.
      throw new PolicyError('UNSUPPORTED', `OpenSSL ${process.versions.openssl} cannot encrypt under this publicKey.`);
    }
  },
  rsaDecrypt: (privateKey, padding, ciphertext) => {
    if (padding === 'PKCS1' && !hasImplicitRejection()) {
      throw new PolicyError(
        'UNSUPPORTED',
        `PKCS1 v1.5 cannot be decrypted safely here: OpenSSL ${process.versions.openssl} has no implicit rejection (3.2 has). Use a newer Node, or wrap the data key with OAEP.`,
      );
    }
    const key = rsaKey(() => createPrivateKey({ key: privateKey, format: 'pem' }), 'privateKey');
    // OpenSSL takes a ciphertext without its leading zero bytes, too. RFC 8017 §7.1.2 and §7.2.2, step 1.
    if (ciphertext.length !== lengthOf(key)) return undefined;
    try {
      const plaintext = privateDecrypt({ key, ...PADDINGS[padding] }, ciphertext);
      const own = Uint8Array.from(plaintext);
      plaintext.fill(0);
      return own;
    } catch {
      // The key was read before, so the ciphertext is wrong. The caller must not learn how (RFC 8017 §7.1.2).
      return undefined;
    }
  },
};

/** Throws if the key is too short for padding and plaintext. RFC 8017 §7.1.1 and §7.2.1, step 1. */
function checkRoom(key: KeyObject, padding: RsaPadding, length: number): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const needed = length + PADDINGS[padding].overhead;
  if (lengthOf(key) >= needed) return;
  throw new RangeError(
    `publicKey has ${bits} bits, and ${padding} needs at least ${8 * needed} for a data key of ${length} bytes. Use a longer key, such as one of 3072 bits.`,
  );
}

/** Returns the length of a key's modulus in bytes, and so of its ciphertexts. */
function lengthOf(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

/** Reads a caller's key. A fault of the key reveals nothing about a message, so the error may reach the caller. */
function rsaKey(read: () => KeyObject, option: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // OpenSSL's own error ("DECODER routines::unsupported") says no more.
  }
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new PolicyError(
    'UNSUPPORTED',
    `OpenSSL ${process.versions.openssl} cannot read an RSA key from ${option}: it is damaged, encrypted, or a key of another kind.`,
  );
}

/** Whether OpenSSL returns random bytes for a bad PKCS1 padding (3.2 and later), so that it is not an oracle. */
function hasImplicitRejection(): boolean {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 2);
}
