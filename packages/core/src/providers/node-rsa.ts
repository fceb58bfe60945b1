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
}

const OAEP = constants.RSA_PKCS1_OAEP_PADDING;
/** With no `label`, OpenSSL's is empty; MGF1 takes the hash of OAEP. */
const PADDINGS: Readonly<Record<RsaPadding, NodePadding>> = {
  PKCS1: { padding: constants.RSA_PKCS1_PADDING },
  'OAEP-SHA-1': { padding: OAEP, oaepHash: 'sha1' },
  'OAEP-SHA-256': { padding: OAEP, oaepHash: 'sha256' },
  'OAEP-SHA-384': { padding: OAEP, oaepHash: 'sha384' },
  'OAEP-SHA-512': { padding: OAEP, oaepHash: 'sha512' },
};

export const rsa: RsaProvider = {
  rsaEncrypt: (publicKey, padding, plaintext) => {
    const key = rsaKey(() => createPublicKey({ key: publicKey, format: 'pem' }), 'publicKey');
    return Uint8Array.from(publicEncrypt({ key, ...PADDINGS[padding] }, plaintext));
  },
  rsaDecrypt: (privateKey, padding, ciphertext) => {
    if (padding === 'PKCS1' && !hasImplicitRejection()) {
      throw new PolicyError(
        'UNSUPPORTED',
        `PKCS1 v1.5 cannot be decrypted safely here: OpenSSL ${process.versions.openssl} has no implicit rejection (3.2 has). Use a newer Node, or wrap the data key with OAEP.`,
      );
    }
    const key = rsaKey(() => createPrivateKey({ key: privateKey, format: 'pem' }), 'privateKey');
    try {
      const plaintext = privateDecrypt({ key, ...PADDINGS[padding] }, ciphertext);
      const own = Uint8Array.from(plaintext);
      plaintext.fill(0);
      return own;
    } catch {
      // The key was read before: what is left to fail is the ciphertext, and how it fails is not told (RFC 8017 §7.1.2).
      return undefined;
    }
  },
};

/** What is wrong with a caller's own key is no secret of the message, so that it can be told when decrypting too. */
function rsaKey(read: () => KeyObject, option: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // OpenSSL's own words ("DECODER routines::unsupported") say no more.
  }
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new PolicyError(
    'UNSUPPORTED',
    `OpenSSL ${process.versions.openssl} reads no RSA key from ${option}: it is damaged, encrypted, or a key of another kind.`,
  );
}

/** OpenSSL 3.2 and later return random bytes for a bad PKCS1 padding, so that there is nothing to tell apart. */
function hasImplicitRejection(): boolean {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 2);
}
