/**
 * RSA keys for tests, made once in a run.
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';

export interface RsaKeys {
  /** PEM, SPKI. */
  readonly publicKey: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

/** Returns a fresh pair of keys. */
export function rsaKeys(modulusLength = 2048): RsaKeys {
  return generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** Whether this OpenSSL answers a bad PKCS1 v1.5 padding with random bytes, as version 3.2 and later do. */
export function hasImplicitRejection(openssl: string = process.versions.openssl): boolean {
  const [major = 0, minor = 0] = openssl.split('.').map(Number);
  return major * 100 + minor >= 302;
}
