/**
 * Mistakes of emulators of KMS and Parameter Store that this one must not make. docs/known-attacks.md lists them.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { convertToAdvanced, inspect, openParameter, parameterArn, sealParameter } from '@securestring/core';
import { type Keystore, memoryStorage, openKeystore } from '@securestring/keystore';
import { base64, bitFlips, counting, truncations, utf8 } from '@securestring/test-support/bytes';
import { refusal, thrownBy, tryAll } from '@securestring/test-support/refusal';
import { beforeAll, describe, expect, it } from 'vitest';

const place = { region: 'us-east-1', accountId: '000000000000' };
const arn = parameterArn({ name: 'MyParameter', ...place });
const otherArn = parameterArn({ name: 'OtherParameter', ...place });
const keyId = 'alias/aws/ssm';
const SECRET = 'correct horse battery staple';
const TIERS = ['Standard', 'Advanced'] as const;

let kms: Keystore;
beforeAll(async () => {
  kms = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: Uint8Array.from(randomBytes(32)) } });
});

describe('key blobs', () => {
  it('contexts whose names and values run together the same way are different contexts', () => {
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext: utf8(SECRET), encryptionContext: { a: 'bc' } });
    for (const encryptionContext of [{ ab: 'c' }, { abc: '' }, { '': 'abc' }, { a: 'b', c: '' }, {}]) {
      expect(thrownBy(() => kms.decrypt({ ciphertextBlob, encryptionContext }))).toMatchObject({
        name: 'InvalidCiphertextException',
        message: '',
      });
    }
  });

  it('no context pair is left out of what is bound', () => {
    const encryptionContext = { 'aws-crypto-public-key': 'x', purpose: 'test' };
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext: utf8(SECRET), encryptionContext });
    expect(thrownBy(() => kms.decrypt({ ciphertextBlob, encryptionContext: { purpose: 'test' } }))).toMatchObject({
      name: 'InvalidCiphertextException',
    });
    expect(kms.decrypt({ ciphertextBlob, encryptionContext }).plaintext).toEqual(utf8(SECRET));
  });

  it('neither the plaintext nor a copy of it is in the blob', () => {
    const plaintext = counting(256);
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext });
    const again = kms.encrypt({ keyId, plaintext }).ciphertextBlob;
    const text = Buffer.from(ciphertextBlob).toString('latin1');
    // Eight bytes at a time: four of a random blob are some of these in one run of 150,000.
    for (let at = 0; at + 8 <= plaintext.length; at += 4) {
      expect(text).not.toContain(Buffer.from(plaintext.subarray(at, at + 8)).toString('latin1'));
    }
    expect(text).not.toContain(Buffer.from(plaintext.subarray(0, 48)).toString('base64'));
    expect(Buffer.from(again.subarray(-48))).not.toEqual(Buffer.from(ciphertextBlob.subarray(-48)));
  });

  it('every flipped bit and every cut is refused, with an error of KMS', () => {
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext: utf8(SECRET) });
    const open = (blob: Uint8Array) => kms.decrypt({ ciphertextBlob: blob });
    expect(tryAll(bitFlips(ciphertextBlob), open).others).toEqual([]);
    expect(tryAll(truncations(ciphertextBlob), open).others).toEqual([]);
  });

  it('a data key has the length that was asked for', () => {
    for (const numberOfBytes of [1, 16, 24, 32, 64, 1024]) {
      expect(kms.generateDataKey({ keyId, numberOfBytes }).plaintext.length).toBe(numberOfBytes);
    }
    expect(kms.generateDataKey({ keyId, keySpec: 'AES_128' }).plaintext.length).toBe(16);
  });

  it("a key id that is sent along and is not the blob's is refused as AWS refuses it", async () => {
    const other = (await kms.createKey()).keyMetadata.arn;
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext: utf8(SECRET) });
    expect(thrownBy(() => kms.decrypt({ keyId: other, ciphertextBlob }))).toMatchObject({
      name: 'IncorrectKeyException',
    });
    expect(
      thrownBy(() => kms.reEncrypt({ sourceKeyId: other, ciphertextBlob, destinationKeyId: other })),
    ).toMatchObject({ name: 'IncorrectKeyException' });
  });
});

describe('parameters', () => {
  const seal = (value: string, tier: (typeof TIERS)[number]) => sealParameter({ arn, value, tier, kms }).value;

  it.each(TIERS)('the value of a sealed parameter is not to be read without the key (%s)', (tier) => {
    const bytes = Buffer.from(base64(seal(SECRET, tier)));
    expect(bytes.includes(SECRET)).toBe(false);
    expect(bytes.includes(Buffer.from(SECRET).toString('base64').slice(0, 24))).toBe(false);
    expect(inspect(bytes).kind).toBe(tier === 'Standard' ? 'key-blob' : 'message');
  });

  it.each(TIERS)('a value that was copied to another parameter does not open there (%s)', (tier) => {
    const sealed = seal(SECRET, tier);
    expect(openParameter({ arn, sealed, kms })).toBe(SECRET);
    expect(thrownBy(() => openParameter({ arn: otherArn, sealed, kms }))).toMatchObject({
      name: tier === 'Standard' ? 'InvalidCiphertextException' : 'PolicyError',
    });
  });

  it('an advanced parameter never becomes a standard one', () => {
    const sealed = convertToAdvanced({ arn, sealed: seal(SECRET, 'Standard'), kms }).value;
    const downgrade = () => sealParameter({ arn, value: SECRET, tier: 'Standard', kms, replacing: sealed });
    expect(refusal(downgrade, 'TIER_DOWNGRADE')).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^This parameter uses the advanced-parameter tier\./),
    });
    const intelligent = sealParameter({ arn, value: 'x', tier: 'Intelligent-Tiering', kms, replacing: sealed });
    expect(intelligent.tier).toBe('Advanced');
  });

  it.each([
    ['Standard', 4096],
    ['Advanced', 8192],
  ] as const)('a value of the tier %s has at most %i bytes, counted in UTF-8', (tier, most) => {
    expect(openParameter({ arn, sealed: seal('v'.repeat(most), tier), kms }).length).toBe(most);
    refusal(() => seal('v'.repeat(most + 1), tier), 'PARAMETER_VALUE');
    refusal(() => seal('é'.repeat(most / 2 + 1), tier), 'PARAMETER_VALUE');
  });

  it('a name with spaces, foreign characters or too many levels is refused', () => {
    for (const name of ['/a b/c$', 'a/b', '/', '', 'ä', `/${'l/'.repeat(15)}m`]) {
      refusal(() => parameterArn({ name, ...place }), 'PARAMETER_NAME');
    }
  });
});
