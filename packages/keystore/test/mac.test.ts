/** HMAC keys: what they compute, and what they take for right. */

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { type KeySpec, type Keystore, type MacAlgorithm, memoryStorage, openKeystore } from '../src/index.ts';
import { commitState, unlockCustody } from '../src/state/custody.ts';
import { materialRecord } from '../src/state/material.ts';
import { MATERIAL_LENGTHS } from '../src/state/records.ts';
import { kmsRefusal, makeKey, openInMemory, place, unlock, utf8 } from './support.ts';

type MacSpec = Exclude<KeySpec, 'SYMMETRIC_DEFAULT'>;

const SPECS: readonly (readonly [MacSpec, MacAlgorithm, length: number])[] = [
  ['HMAC_224', 'HMAC_SHA_224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 64],
];
const message = utf8('a message');

let keystore: Keystore;
let symmetricKey: { keyId: string; arn: string };
const keys = new Map<MacSpec, { keyId: string; arn: string }>();
const keyOf = (spec: MacSpec) => keys.get(spec) as { keyId: string; arn: string };

beforeAll(async () => {
  keystore = await openInMemory();
  symmetricKey = await makeKey(keystore);
  for (const [keySpec] of SPECS) {
    const { keyMetadata } = await keystore.createKey({ keySpec, keyUsage: 'GENERATE_VERIFY_MAC' });
    keys.set(keySpec, { keyId: keyMetadata.keyId, arn: keyMetadata.arn });
    await keystore.createAlias({ aliasName: `alias/${keySpec}`, targetKeyId: keyMetadata.keyId });
  }
});

describe('RFC 4231', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  /** RFC 4231 §4.2 to §4.8; of the one that is truncated, the first 16 bytes. */
  const cases: readonly { key: Uint8Array; data: Uint8Array; macs: Readonly<Record<MacSpec, string>> }[] = [
    {
      key: new Uint8Array(20).fill(0x0b),
      data: utf8('Hi There'),
      macs: {
        HMAC_224: '896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22',
        HMAC_256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
        HMAC_384: 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
        HMAC_512:
          '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
      },
    },
    {
      key: utf8('Jefe'),
      data: utf8('what do ya want for nothing?'),
      macs: {
        HMAC_224: 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44',
        HMAC_256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
        HMAC_384: 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
        HMAC_512:
          '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
      },
    },
    {
      key: new Uint8Array(20).fill(0xaa),
      data: new Uint8Array(50).fill(0xdd),
      macs: {
        HMAC_224: '7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea',
        HMAC_256: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
        HMAC_384: '88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27',
        HMAC_512:
          'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
      },
    },
    {
      key: hex('0102030405060708090a0b0c0d0e0f10111213141516171819'),
      data: new Uint8Array(50).fill(0xcd),
      macs: {
        HMAC_224: '6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a',
        HMAC_256: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
        HMAC_384: '3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb',
        HMAC_512:
          'b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd',
      },
    },
    {
      key: new Uint8Array(20).fill(0x0c),
      data: utf8('Test With Truncation'),
      macs: {
        HMAC_224: '0e2aea68a90c8d37c988bcdb9fca6fa8',
        HMAC_256: 'a3b6167473100ee06e0c796c2955552b',
        HMAC_384: '3abf34c3503b2a23a46efc619baef897',
        HMAC_512: '415fad6271580a531d4179bc891d87a6',
      },
    },
    {
      key: new Uint8Array(131).fill(0xaa),
      data: utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
      macs: {
        HMAC_224: '95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e',
        HMAC_256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
        HMAC_384: '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
        HMAC_512:
          '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
      },
    },
    {
      key: new Uint8Array(131).fill(0xaa),
      data: utf8(
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      ),
      macs: {
        HMAC_224: '3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1',
        HMAC_256: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
        HMAC_384: '6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e',
        HMAC_512:
          'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
      },
    },
  ];

  /** The same HMAC key in the length of the material: short ones end in zeros, long ones are hashed (RFC 2104 §2). */
  function inLength(key: Uint8Array, spec: MacSpec): Uint8Array {
    const length = MATERIAL_LENGTHS[spec];
    if (key.length > length)
      return Uint8Array.from(
        createHash(`sha${length * 8}`)
          .update(key)
          .digest(),
      );
    return Uint8Array.from({ length }, (_, i) => key[i] ?? 0);
  }

  /** A keystore in whose state a key's material is another. */
  async function withMaterial(keySpec: MacSpec, material: Uint8Array) {
    const storage = memoryStorage();
    const made = await openKeystore({ storage, unlock });
    const { keyMetadata } = await made.createKey({ keySpec, keyUsage: 'GENERATE_VERIFY_MAC' });
    const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    const { state } = custody;
    const record = state.keys.get(keyMetadata.keyId);
    if (record === undefined) return expect.fail('it was just made');
    const { arn, wrappingKey } = { arn: record.arn, wrappingKey: custody.wrappingKey };
    const materials = [materialRecord(material, { arn, now: 0, wrappingKey })];
    const changed = { ...state, keys: new Map(state.keys).set(record.keyId, { ...record, materials }) };
    await storage.replace(commitState(custody, changed).bytes, custody.generation);
    await made.refresh();
    return { made, keyId: record.keyId };
  }

  it.each(SPECS)('holds for %s', async (keySpec, macAlgorithm) => {
    for (const { key, data, macs } of cases) {
      const { made, keyId } = await withMaterial(keySpec, inLength(key, keySpec));
      const { mac } = made.generateMac({ keyId, message: data, macAlgorithm });
      expect(Buffer.from(mac.subarray(0, macs[keySpec].length / 2)).toString('hex')).toBe(macs[keySpec]);
    }
  });
});

describe('generateMac and verifyMac', () => {
  it.each(SPECS)('of a key %s answer in AWS shapes, by every form of key id', (keySpec, macAlgorithm, length) => {
    const { keyId, arn } = keyOf(keySpec);
    const aliasArn = `arn:aws:kms:${place.region}:${place.accountId}:alias/${keySpec}`;
    for (const form of [keyId, arn, `alias/${keySpec}`, aliasArn]) {
      const made = keystore.generateMac({ keyId: form, message, macAlgorithm });
      expect(made).toEqual({ mac: expect.any(Uint8Array), macAlgorithm, keyId: arn });
      expect(made.mac).toHaveLength(length);
      expect(made.mac.buffer.byteLength).toBe(length);
      const verified = keystore.verifyMac({ keyId: form, message, mac: made.mac, macAlgorithm });
      expect(verified).toEqual({ keyId: arn, macValid: true, macAlgorithm });
    }
  });

  it.each(SPECS)('of a key %s name its one algorithm in its metadata', async (keySpec, macAlgorithm) => {
    const { keyMetadata } = await keystore.describeKey({ keyId: keyOf(keySpec).keyId });
    expect(keyMetadata).toMatchObject({ keySpec, keyUsage: 'GENERATE_VERIFY_MAC', macAlgorithms: [macAlgorithm] });
    expect(keyMetadata).not.toHaveProperty('encryptionAlgorithms');
    expect(keyMetadata).not.toHaveProperty('currentKeyMaterialId');
  });

  it.each(SPECS)(
    'of a key %s refuse every bit flipped, every truncation, and anything more',
    async (keySpec, macAlgorithm) => {
      const { keyId } = keyOf(keySpec);
      const { mac } = keystore.generateMac({ keyId, message, macAlgorithm });
      const refuses = (wrong: Uint8Array) =>
        kmsRefusal(
          () => keystore.verifyMac({ keyId, message, mac: wrong, macAlgorithm }),
          'KMSInvalidMacException',
          '',
        );
      for (let bit = 0; bit < mac.length * 8; bit++) {
        const wrong = mac.slice();
        wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
        await refuses(wrong);
      }
      for (let length = 1; length < mac.length; length++) await refuses(mac.subarray(0, length));
      await refuses(Uint8Array.of(...mac, 0));
    },
  );

  it('refuse the MAC of another message and of another key', async () => {
    const macAlgorithm = 'HMAC_SHA_256';
    const { keyId } = keyOf('HMAC_256');
    const another = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    const { mac } = keystore.generateMac({ keyId, message, macAlgorithm });
    const otherMessage = { keyId, message: utf8('b message'), mac, macAlgorithm } as const;
    const otherKey = { keyId: another.keyMetadata.keyId, message, mac, macAlgorithm } as const;
    await kmsRefusal(() => keystore.verifyMac(otherMessage), 'KMSInvalidMacException', '');
    await kmsRefusal(() => keystore.verifyMac(otherKey), 'KMSInvalidMacException', '');
  });

  it.each([1, 4096])('take a message of %i bytes', (length) => {
    const request = {
      keyId: keyOf('HMAC_512').keyId,
      message: new Uint8Array(length),
      macAlgorithm: 'HMAC_SHA_512',
    } as const;
    const { mac } = keystore.generateMac(request);
    expect(keystore.verifyMac({ ...request, mac }).macValid).toBe(true);
  });

  it('take only the algorithm of the key’s spec', async () => {
    for (const [keySpec, own] of SPECS) {
      for (const [, macAlgorithm] of SPECS) {
        if (macAlgorithm === own) continue;
        const request = { keyId: keyOf(keySpec).keyId, message, macAlgorithm };
        const words = `Algorithm ${macAlgorithm} is incompatible with key spec ${keySpec}.`;
        await kmsRefusal(() => keystore.generateMac(request), 'InvalidKeyUsageException', words);
        const verify = () => keystore.verifyMac({ ...request, mac: new Uint8Array(32) });
        await kmsRefusal(verify, 'InvalidKeyUsageException', words);
      }
    }
  });
});

describe('a key is used for what it is for', () => {
  const plaintext = message;
  it.each<[string, (keyId: string) => unknown]>([
    ['Encrypt', (keyId) => keystore.encrypt({ keyId, plaintext })],
    ['Decrypt', (keyId) => keystore.decrypt({ keyId, ciphertextBlob: Uint8Array.of(1) })],
    ['ReEncrypt', (destinationKeyId) => keystore.reEncrypt({ destinationKeyId, ciphertextBlob: sealed() })],
    ['GenerateDataKey', (keyId) => keystore.generateDataKey({ keyId, numberOfBytes: 1 })],
    [
      'GenerateDataKeyWithoutPlaintext',
      (keyId) => keystore.generateDataKeyWithoutPlaintext({ keyId, numberOfBytes: 1 }),
    ],
  ])('%s takes no HMAC key', async (operation, call) => {
    const { arn } = keyOf('HMAC_256');
    const words = `${arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`;
    await kmsRefusal(() => call(arn), 'InvalidKeyUsageException', words);
  });

  it.each<[string, (keyId: string) => unknown]>([
    ['GenerateMac', (keyId) => keystore.generateMac({ keyId, message, macAlgorithm: 'HMAC_SHA_256' })],
    ['VerifyMac', (keyId) => keystore.verifyMac({ keyId, message, macAlgorithm: 'HMAC_SHA_256', mac: message })],
  ])('%s takes none that encrypts', async (operation, call) => {
    const { arn } = symmetricKey;
    const words = `${arn} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`;
    await kmsRefusal(() => call(arn), 'InvalidKeyUsageException', words);
  });

  it.each<[string, (keyId: string) => unknown]>([
    ['Decrypt', (keyId) => keystore.decrypt({ keyId, ciphertextBlob: sealed() })],
    [
      'ReEncrypt',
      (sourceKeyId) =>
        keystore.reEncrypt({ sourceKeyId, ciphertextBlob: sealed(), destinationKeyId: symmetricKey.keyId }),
    ],
  ])('%s refuses another key than the ciphertext’s before it looks at the usage', async (_, call) => {
    const words = 'The key ID in the request does not identify a CMK that can perform this operation.';
    await kmsRefusal(() => call(keyOf('HMAC_256').arn), 'IncorrectKeyException', words);
  });

  const sealed = () => keystore.encrypt({ keyId: symmetricKey.keyId, plaintext }).ciphertextBlob;
});

describe('an HMAC key', () => {
  it.each<[string, (keyId: string) => unknown]>([
    ['EnableKeyRotation', (keyId) => keystore.enableKeyRotation({ keyId })],
    ['DisableKeyRotation', (keyId) => keystore.disableKeyRotation({ keyId })],
    ['RotateKeyOnDemand', (keyId) => keystore.rotateKeyOnDemand({ keyId })],
    ['ListKeyRotations', (keyId) => keystore.listKeyRotations({ keyId })],
  ])('does not rotate: it refuses %s without a word', async (_, call) => {
    await kmsRefusal(() => call(keyOf('HMAC_384').keyId), 'UnsupportedOperationException', '');
  });

  it('says that it does not rotate, for those that ask every key', async () => {
    const { keyId, arn } = keyOf('HMAC_384');
    expect(await keystore.getKeyRotationStatus({ keyId })).toEqual({ keyId: arn, keyRotationEnabled: false });
  });
});
