/** What createKey makes of spec, usage, origin and multi-Region, and what it does not make. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { CreateKeyRequest, Keystore } from '../src/index.ts';
import { kmsRefusal, openInMemory, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const ARN = 'arn:aws:kms:us-east-1:000000000000';

let keystore: Keystore;
beforeAll(async () => {
  keystore = await openInMemory();
});

const SPECS = ['SYMMETRIC_DEFAULT', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const;
const USAGES = ['ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC'] as const;
const ORIGINS = ['AWS_KMS', 'EXTERNAL'] as const;

describe('createKey', () => {
  const combinations = SPECS.flatMap((keySpec) =>
    [undefined, ...USAGES].flatMap((keyUsage) =>
      [undefined, ...ORIGINS].map((origin) => [keySpec, keyUsage, origin] as const),
    ),
  );

  it.each(combinations)(
    'of spec %s, usage %s, origin %s makes the key or says why not',
    async (keySpec, keyUsage, origin) => {
      const request: CreateKeyRequest = { keySpec, ...(keyUsage && { keyUsage }), ...(origin && { origin }) };
      const fitting = keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
      if (keyUsage === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
        const words = 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.';
        return void (await kmsRefusal(() => keystore.createKey(request), 'ValidationException', words));
      }
      if (keyUsage !== undefined && keyUsage !== fitting) {
        const words = `KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`;
        return void (await kmsRefusal(() => keystore.createKey(request), 'ValidationException', words));
      }
      const { keyMetadata } = await keystore.createKey(request);
      const imported = origin === 'EXTERNAL';
      expect(keyMetadata).toMatchObject({
        keySpec,
        keyUsage: fitting,
        origin: origin ?? 'AWS_KMS',
        keyState: imported ? 'PendingImport' : 'Enabled',
        enabled: !imported,
      });
      expect(keyMetadata).not.toHaveProperty('expirationModel');
      expect('currentKeyMaterialId' in keyMetadata).toBe(keySpec === 'SYMMETRIC_DEFAULT' && !imported);
      expect(await keystore.describeKey({ keyId: keyMetadata.keyId })).toEqual({ keyMetadata });
    },
  );

  it('takes the old name of the spec, but not both', async () => {
    const { keyMetadata } = await keystore.createKey({
      customerMasterKeySpec: 'HMAC_384',
      keyUsage: 'GENERATE_VERIFY_MAC',
    });
    expect(keyMetadata.keySpec).toBe('HMAC_384');
    await kmsRefusal(
      () => keystore.createKey({ keySpec: 'SYMMETRIC_DEFAULT', customerMasterKeySpec: 'SYMMETRIC_DEFAULT' }),
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  });
});

describe('a multi-Region key', () => {
  it('has an id and a configuration of that form', async () => {
    const { keyMetadata } = await keystore.createKey({ multiRegion: true });
    const { keyId, arn } = keyMetadata;
    expect(keyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(keyMetadata).toMatchObject({
      arn: `${ARN}:key/${keyId}`,
      multiRegion: true,
      multiRegionConfiguration: {
        multiRegionKeyType: 'PRIMARY',
        primaryKey: { arn, region: 'us-east-1' },
        replicaKeys: [],
      },
    });
    expect((await keystore.createKey()).keyMetadata).not.toHaveProperty('multiRegionConfiguration');
  });

  it('works in every form of its id', async () => {
    const { keyMetadata } = await keystore.createKey({ multiRegion: true });
    const { keyId, arn } = keyMetadata;
    await keystore.createAlias({ aliasName: 'alias/mrk', targetKeyId: keyId });
    for (const form of [keyId, arn, 'alias/mrk', `${ARN}:alias/mrk`]) {
      const { ciphertextBlob, keyId: sealedBy } = keystore.encrypt({ keyId: form, plaintext });
      expect(sealedBy).toBe(arn);
      expect(keystore.decrypt({ keyId: form, ciphertextBlob })).toMatchObject({ plaintext, keyId: arn });
      expect(keystore.reEncrypt({ sourceKeyId: form, destinationKeyId: form, ciphertextBlob }).keyId).toBe(arn);
      expect(keystore.generateDataKey({ keyId: form, keySpec: 'AES_256' }).keyId).toBe(arn);
      expect((await keystore.describeKey({ keyId: form })).keyMetadata).toEqual(keyMetadata);
    }
    for (const form of [keyId, arn]) {
      expect(await keystore.rotateKeyOnDemand({ keyId: form })).toEqual({ keyId: arn });
      expect(await keystore.getKeyRotationStatus({ keyId: form })).toEqual({ keyId: arn, keyRotationEnabled: false });
      expect(await keystore.scheduleKeyDeletion({ keyId: form })).toMatchObject({ keyId: arn });
      expect(await keystore.cancelKeyDeletion({ keyId: form })).toEqual({ keyId: arn });
      await keystore.enableKey({ keyId: form });
    }
  });

  it('of HMAC works as others do', async () => {
    const request = { keySpec: 'HMAC_512', keyUsage: 'GENERATE_VERIFY_MAC', multiRegion: true } as const;
    const { keyId } = (await keystore.createKey(request)).keyMetadata;
    expect(keyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    const { mac } = keystore.generateMac({ keyId, message: plaintext, macAlgorithm: 'HMAC_SHA_512' });
    expect(mac).toHaveLength(64);
  });
});
