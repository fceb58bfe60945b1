/**
 * Messages that other Encryption SDKs wrote.
 * @module
 */

import { decrypt, type Inspection, inspect, rawAesKeyring } from '@securestring/core';
import { base64, toBase64 } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal } from '@securestring/test-support/refusal';
import { SIGNING_SUITES, suiteName } from '@securestring/test-support/suites';
import { describeWithVectors, type EsdkTest, type EsdkVectors } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

describeWithVectors('.NET 4.0.1, raw AES', 'esdk/net-4.0.1-raw-aes.json', (vectors) => {
  it('has two messages of each of the eleven suites', () => {
    expect(vectors.tests.length).toBe(22);
    expect(new Set(vectors.tests.map(suiteOf)).size).toBe(11);
  });

  describeWithProviders('decrypt', (provider) => {
    const open = (vector: EsdkTest) =>
      decrypt(base64(vector.ciphertext), {
        keyring: keyringOf(vectors, vector),
        encryptionContext: vector.encryptionContext ?? {},
        commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
        provider,
      });

    it.each(vectors.tests.map(named))('reads %s', (_, vector) => {
      const { plaintext, header } = open(vector);
      expect(toBase64(plaintext)).toBe(vectors.plaintext);
      const { [PUBLIC_KEY]: _key, ...pairs } = header.encryptionContext;
      expect(pairs).toEqual(vector.encryptionContext);
      expect(suiteName(header.suite)).toBe(suiteOf(vector));
    });
  });
});

describeWithVectors('.NET 4.0.1, raw RSA', 'esdk/net-4.0.1-raw-rsa.json', (vectors) => {
  const stranger = rawAesKeyring({
    keyNamespace: 'aws-raw-vectors-persistant',
    keyName: 'rsa-4096-private',
    wrappingKey: new Uint8Array(32),
  });

  it('has two messages of each of the eleven suites', () => {
    expect(vectors.tests.length).toBe(22);
  });

  it.each(vectors.tests.map(named))('%s is inspected without problems', (_, vector) => {
    const [key, ...others] = inspectMessage(vector).encryptedDataKeys;
    expect(others).toEqual([]);
    expect(key).toMatchObject({ form: 'raw-rsa', providerId: 'aws-raw-vectors-persistant' });
  });

  it.each(vectors.tests.map(named))('%s has no key for a raw AES keyring of the same names', (_, vector) => {
    const commitmentPolicy = 'REQUIRE_ENCRYPT_ALLOW_DECRYPT';
    const error = refusal(
      () => decrypt(base64(vector.ciphertext), { keyring: stranger, commitmentPolicy }),
      'NO_DATA_KEY',
    );
    expect(error).toMatchObject({
      failures: [{ index: 0, providerId: 'aws-raw-vectors-persistant', cause: 'not mine' }],
    });
  });
});

const PARSE_ONLY = [
  { name: '.NET 4.0.1, AWS KMS', file: 'esdk/net-4.0.1-aws-kms-parse-only.json', messages: 33, suites: 11, blobs: 33 },
  {
    name: 'Python 1.3.5, AWS KMS',
    file: 'esdk/python-1.3.5-aws-kms-parse-only.json',
    messages: 40,
    suites: 9,
    blobs: 40,
  },
] as const;

for (const { name, file, ...expected } of PARSE_ONLY) {
  describeWithVectors(name, file, (vectors: EsdkVectors<null>) => {
    it('has the known number of messages, suites and AWS KMS blobs', () => {
      const { tests } = vectors;
      expect({
        messages: tests.length,
        suites: new Set(tests.map(suiteOf)).size,
        blobs: tests.flatMap((vector) => inspectMessage(vector).encryptedDataKeys).length,
      }).toEqual(expected);
    });

    it.each(vectors.tests.map(named))('%s and its blobs are inspected without problems', (_, vector) => {
      const message = inspectMessage(vector);
      expect(message.signature !== undefined).toBe(SIGNED.has(suiteOf(vector)));
      for (const key of message.encryptedDataKeys) {
        expect(key).toMatchObject({
          providerId: 'aws-kms',
          form: 'aws-kms',
          keyArn: expect.stringMatching(/^arn:aws:kms:us-west-2:\d{12}:key\/.+$/),
          blob: {
            kind: 'aws-kms-blob',
            problems: [],
            cipher: 'aes256-GCM',
            tagLength: 16,
            materialId: expect.stringMatching(/^[0-9a-f]{64}$/),
            iv: expect.stringMatching(/^[0-9a-f]{24}$/),
            tag: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        });
      }
    });
  });
}

const SIGNED: ReadonlySet<string> = new Set(SIGNING_SUITES.map(suiteName));

/** The one pair that a signing suite adds to the caller's. */
const PUBLIC_KEY = 'aws-crypto-public-key';

function named(vector: EsdkTest): readonly [string, EsdkTest] {
  return [vector.name, vector];
}

function suiteOf(vector: EsdkTest): string {
  return inspectMessage(vector).suite ?? 'none';
}

function inspectMessage(vector: EsdkTest): Inspection & { kind: 'message' } {
  const inspection = inspect(vector.ciphertext);
  expect(inspection).toMatchObject({ kind: 'message', problems: [] });
  if (inspection.kind !== 'message') throw new Error('not a message');
  return inspection;
}

function keyringOf(vectors: EsdkVectors, vector: EsdkTest) {
  const [masterKey, ...others] = vector.masterKeys;
  if (masterKey?.type !== 'raw' || others.length > 0) throw new Error(`${vector.name} is not under one raw key`);
  const key = vectors.keys[masterKey.key];
  if (key?.encoding !== 'base64') throw new Error(`${vector.name} names no AES key`);
  return rawAesKeyring({
    keyNamespace: masterKey['provider-id'],
    keyName: key['key-id'],
    wrappingKey: base64(key.material),
  });
}
