/**
 * KeyMetadata: AWS's description of a key.
 * @module
 */

import { placeOf } from '@securestring/service';
import { hexOf } from '#platform';
import type { KeyMetadata, MacAlgorithm } from '../requests.ts';
import { awaitsImport, currentMaterial, firstExpiry, keyStateAt, keyUsageOf } from '../state/at-time.ts';
import type { KeyRecord, KeySpec } from '../state/records.ts';

/** The one algorithm of each spec of HMAC keys. */
export const MAC_ALGORITHMS: Readonly<Record<Exclude<KeySpec, 'SYMMETRIC_DEFAULT'>, MacAlgorithm>> = {
  HMAC_224: 'HMAC_SHA_224',
  HMAC_256: 'HMAC_SHA_256',
  HMAC_384: 'HMAC_SHA_384',
  HMAC_512: 'HMAC_SHA_512',
};

/** Describes a key at a time. */
export function metadata(key: KeyRecord, now: number): KeyMetadata {
  const keyState = keyStateAt(key, now);
  const current = currentMaterial(key, now);
  const { accountId, region } = placeOf(key.arn);
  const { keyId, arn, description, keyManager, keySpec, origin, multiRegion, deletionDate } = key;
  return {
    keyId,
    arn,
    awsAccountId: accountId,
    creationDate: new Date(key.creationDate),
    enabled: keyState === 'Enabled',
    description,
    keyUsage: keyUsageOf(key),
    keyState,
    origin,
    keyManager,
    keySpec,
    customerMasterKeySpec: keySpec,
    ...algorithms(keySpec),
    multiRegion,
    ...(multiRegion && {
      multiRegionConfiguration: { multiRegionKeyType: 'PRIMARY', primaryKey: { arn, region }, replicaKeys: [] },
    }),
    ...(deletionDate !== undefined && { deletionDate: new Date(deletionDate) }),
    ...(keySpec === 'SYMMETRIC_DEFAULT' && current !== undefined && { currentKeyMaterialId: hexOf(current.id) }),
    ...(origin === 'EXTERNAL' && !awaitsImport(key, now) && expiration(firstExpiry(key))),
  };
}

function algorithms(keySpec: KeySpec): Pick<KeyMetadata, 'encryptionAlgorithms' | 'macAlgorithms'> {
  return keySpec === 'SYMMETRIC_DEFAULT'
    ? { encryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }
    : { macAlgorithms: [MAC_ALGORITHMS[keySpec]] };
}

/** Describes whether and when imported material expires. */
export function expiration(validTo: number | undefined): Pick<KeyMetadata, 'expirationModel' | 'validTo'> {
  return validTo === undefined
    ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: new Date(validTo) };
}
