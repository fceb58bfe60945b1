/**
 * Import tokens without a new RSA key for each, which would take longer than all else: they are sealed as the keystore
 * seals them, under its own key, around one RSA key.
 * @module
 */

import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { parseUnlock } from '../../src/document/slots.ts';
import type { KeystoreStorage } from '../../src/index.ts';
import { sealToken } from '../../src/operations/import-token.ts';
import { unlockCustody } from '../../src/state/custody.ts';
import { unlockOf } from './worlds.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
});

export async function makeToken(
  storage: KeystoreStorage,
  unlock: number,
  arn: string,
  validTo: number,
): Promise<Uint8Array> {
  const { importTokenKey } = await unlockCustody(parseUnlock(unlockOf(unlock)), (await storage.read()) as Uint8Array);
  return sealToken(importTokenKey, arn, { validTo, algorithm: 'RSAES_OAEP_SHA_256', privateKey });
}

export function wrapMaterial(material: Uint8Array): Uint8Array {
  return publicEncrypt({ key: publicKey, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING }, material);
}
