/**
 * One call of each operation that succeeds, and what it needs.
 * @module
 */

import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { ImportKeyMaterialRequest, Keystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import type { OperationName as Operation } from '../src/operations.ts';
import { openInMemory, unlock, utf8 } from './support.ts';

/** What the calls are about. */
export interface Prepared {
  readonly keyId: string;
  readonly hmacKeyId: string;
  /** Of imported material that expires in 30 days. */
  readonly externalKeyId: string;
  readonly blob: Uint8Array;
  readonly mac: Uint8Array;
  readonly importing: ImportKeyMaterialRequest;
  readonly envelope: Uint8Array;
  /** What no event may have in it, so far. */
  readonly secrets: readonly Uint8Array[];
}

export type Calls = { readonly [Name in Operation]: (keystore: Keystore, prepared: Prepared) => unknown };

const plaintext = utf8('a plaintext that nobody is told');
const message = utf8('a message that nobody is told');
const other = { rootKey: new Uint8Array(32).fill(0xb1) };
const third = { rootKey: new Uint8Array(32).fill(0xb2) };
const material = new Uint8Array(32).map((_, i) => 200 - i);
const macAlgorithm = 'HMAC_SHA_256';

export async function prepare(keystore: Keystore): Promise<Prepared> {
  const { keyId } = (await keystore.createKey()).keyMetadata;
  const hmac = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
  const external = await keystore.createKey({ origin: 'EXTERNAL' });
  const hmacKeyId = hmac.keyMetadata.keyId;
  const externalKeyId = external.keyMetadata.keyId;
  const importing = await wrap(keystore, externalKeyId, external.keyMetadata.creationDate);
  await keystore.importKeyMaterial(importing);
  const { ciphertextBlob: blob } = keystore.encrypt({ keyId, plaintext });
  const { mac } = keystore.generateMac({ keyId: hmacKeyId, message, macAlgorithm });
  const envelope = await envelopeOfAnother();
  const secrets = [plaintext, message, material, blob, mac, envelope];
  const sent = [importing.importToken, importing.encryptedKeyMaterial, unlock.rootKey, other.rootKey, third.rootKey];
  return { keyId, hmacKeyId, externalKeyId, blob, mac, importing, envelope, secrets: [...secrets, ...sent] };
}

async function envelopeOfAnother(): Promise<Uint8Array> {
  const keystore = await openInMemory();
  const { keyId } = (await keystore.createKey()).keyMetadata;
  const envelope = await keystore.exportKeys({ keyIds: [keyId], unlock: other });
  await keystore.close();
  return envelope;
}

async function wrap(keystore: Keystore, keyId: string, now: Date): Promise<ImportKeyMaterialRequest> {
  const { importToken, publicKey } = await keystore.getParametersForImport({
    keyId,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_2048',
  });
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    keyId,
    importToken,
    encryptedKeyMaterial: publicEncrypt({ key, padding, oaepHash: 'sha256' }, material),
    validTo: new Date(now.getTime() + 30 * DAY),
  };
}

/** In an order in which all succeed. */
export const calls: Calls = {
  encrypt: (k, { keyId }) => k.encrypt({ keyId, plaintext }),
  decrypt: (k, { blob }) => k.decrypt({ ciphertextBlob: blob }),
  reEncrypt: (k, { blob, keyId }) => k.reEncrypt({ ciphertextBlob: blob, destinationKeyId: keyId }),
  generateDataKey: (k, { keyId }) => k.generateDataKey({ keyId, keySpec: 'AES_256' }),
  generateDataKeyWithoutPlaintext: (k, { keyId }) => k.generateDataKeyWithoutPlaintext({ keyId, keySpec: 'AES_256' }),
  generateRandom: (k) => k.generateRandom({ numberOfBytes: 32 }),
  generateMac: (k, { hmacKeyId }) => k.generateMac({ keyId: hmacKeyId, message, macAlgorithm }),
  verifyMac: (k, { hmacKeyId, mac }) => k.verifyMac({ keyId: hmacKeyId, message, mac, macAlgorithm }),

  createKey: (k) => k.createKey({ description: 'told' }),
  describeKey: (k, { keyId }) => k.describeKey({ keyId }),
  listKeys: (k) => k.listKeys(),
  updateKeyDescription: (k, { keyId }) => k.updateKeyDescription({ keyId, description: 'told' }),
  disableKey: (k, { keyId }) => k.disableKey({ keyId }),
  enableKey: (k, { keyId }) => k.enableKey({ keyId }),
  scheduleKeyDeletion: (k, { hmacKeyId }) => k.scheduleKeyDeletion({ keyId: hmacKeyId }),
  cancelKeyDeletion: (k, { hmacKeyId }) => k.cancelKeyDeletion({ keyId: hmacKeyId }),

  enableKeyRotation: (k, { keyId }) => k.enableKeyRotation({ keyId }),
  getKeyRotationStatus: (k, { keyId }) => k.getKeyRotationStatus({ keyId }),
  rotateKeyOnDemand: (k, { keyId }) => k.rotateKeyOnDemand({ keyId }),
  listKeyRotations: (k, { keyId }) => k.listKeyRotations({ keyId }),
  disableKeyRotation: (k, { keyId }) => k.disableKeyRotation({ keyId }),

  getParametersForImport: (k, { externalKeyId }) =>
    k.getParametersForImport({
      keyId: externalKeyId,
      wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      wrappingKeySpec: 'RSA_2048',
    }),
  importKeyMaterial: (k, { importing }) => k.importKeyMaterial(importing),
  deleteImportedKeyMaterial: (k, { externalKeyId }) => k.deleteImportedKeyMaterial({ keyId: externalKeyId }),

  exportKeys: (k, { keyId }) => k.exportKeys({ keyIds: [keyId], unlock: other }),
  importKeys: (k, { envelope }) => k.importKeys({ envelope, unlock: other }),
  listUnlockSlots: (k) => k.listUnlockSlots(),
  addUnlockSlot: (k) => k.addUnlockSlot({ unlock: other }),
  changeUnlock: (k) => k.changeUnlock({ from: other, to: third }),
  removeUnlockSlot: (k) => k.removeUnlockSlot({ unlock: third }),
  resetClock: (k) => k.resetClock(),
  rotateRootKey: (k) => k.rotateRootKey({ unlocks: [unlock] }),

  tagResource: (k, { keyId }) => k.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: 'b' }] }),
  untagResource: (k, { keyId }) => k.untagResource({ keyId, tagKeys: ['a'] }),
  listResourceTags: (k, { keyId }) => k.listResourceTags({ keyId }),

  createAlias: (k, { keyId }) => k.createAlias({ aliasName: 'alias/app', targetKeyId: keyId }),
  updateAlias: (k, { keyId }) => k.updateAlias({ aliasName: 'alias/app', targetKeyId: keyId }),
  listAliases: (k) => k.listAliases(),
  deleteAlias: (k) => k.deleteAlias({ aliasName: 'alias/app' }),
};
