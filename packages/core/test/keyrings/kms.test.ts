/**
 * The KMS keyring over a real keystore: which keys it encrypts under, and which encrypted data keys it tries.
 * @module
 */

import { decrypt, encrypt, inspect, type Keyring, kmsKeyring, multiKeyring } from '@securestring/core';
import { counting, utf8 } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { wrappingKeyring } from '@securestring/test-support/keyrings';
import { KmsError, testKeystore } from '@securestring/test-support/keystores';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const CONTEXT = { purpose: 'test', Zebra: 'x' };

const kms = await testKeystore();
const [A, B, C] = [await createKey(), await createKey(), await createKey()];
const ALIAS = 'alias/mine';
await kms.createAlias({ aliasName: ALIAS, targetKeyId: A });
const ALIAS_ARN = A.replace(/key\/.*/, ALIAS);
const KEY_ID = A.replace(/.*key\//, '');

describe('strict', () => {
  it.each(EVERY_SUITE)('suite %s: encrypts under all of its keys, each of which opens', (_, suite) => {
    const keyring = kmsKeyring({ kms, generatorKeyId: A, keyIds: [B, C] });
    const { message, header } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite), encryptionContext: CONTEXT });
    expect(header.encryptedDataKeys.map((key) => [text(key.providerId), text(key.providerInfo)])).toEqual([
      ['aws-kms', A],
      ['aws-kms', B],
      ['aws-kms', C],
    ]);
    for (const keyId of [A, B, C]) {
      const opener = kmsKeyring({ kms, keyIds: [keyId] });
      expect(decrypt(message, { keyring: opener, ...readingOf(suite) })).toEqual({ plaintext: PLAINTEXT, header });
    }
    expect(inspect(message)).toMatchObject({
      problems: [],
      encryptedDataKeys: [A, B, C].map((keyArn) => ({ form: 'aws-kms', keyArn, blob: { kind: 'key-blob' } })),
    });
  });

  it('every wrapped copy is a blob of the keystore, bound to the whole context', () => {
    const keyring = kmsKeyring({ kms, generatorKeyId: A, keyIds: [B] });
    const options = { keyring, encryptionContext: CONTEXT, requiredContextKeys: ['Zebra'] };
    const { header } = encrypt(PLAINTEXT, options);
    const keys = header.encryptedDataKeys.map(({ ciphertext }) =>
      kms.decrypt({ ciphertextBlob: ciphertext, encryptionContext: CONTEXT }),
    );
    expect(keys.map(({ keyId }) => keyId)).toEqual([A, B]);
    expect(keys[0]?.plaintext).toEqual(keys[1]?.plaintext);
    for (const { ciphertext } of header.encryptedDataKeys) {
      const less = () => kms.decrypt({ ciphertextBlob: ciphertext, encryptionContext: { purpose: 'test' } });
      expect(less).toThrow(KmsError);
    }
  });

  it.each([
    ['an alias', ALIAS],
    ['an alias ARN', ALIAS_ARN],
    ['a key id', KEY_ID],
  ])('%s encrypts, and never matches: its key ARN does', (_, generatorKeyId) => {
    const keyring = kmsKeyring({ kms, generatorKeyId });
    const { message, header } = encrypt(PLAINTEXT, { keyring });
    expect(header.encryptedDataKeys.map((key) => text(key.providerInfo))).toEqual([A]);
    expect(causesOf(message, keyring)).toEqual(['not mine']);
    expect(decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A] }) }).plaintext).toEqual(PLAINTEXT);
  });

  it('without a generator it decrypts, and wraps only what it is given', () => {
    const keyring = kmsKeyring({ kms, keyIds: [A, B] });
    expect(refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT').message).toMatch(/generatorKeyId/);
    const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms, generatorKeyId: B }) });
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
    const generator = kmsKeyring({ kms, generatorKeyId: C });
    const given = encrypt(PLAINTEXT, { keyring: multiKeyring({ generator, children: [keyring] }) });
    expect(given.header.encryptedDataKeys.map((key) => text(key.providerInfo))).toEqual([C, A, B]);
    expect(decrypt(given.message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('a key that does not exist is refused with the error of the keystore', () => {
    const missing = A.replace(/.{4}$/, '0000');
    for (const keyring of [
      kmsKeyring({ kms, generatorKeyId: missing }),
      kmsKeyring({ kms, generatorKeyId: A, keyIds: [missing] }),
    ]) {
      expect(thrownBy(() => encrypt(PLAINTEXT, { keyring }))).toMatchObject({ name: 'NotFoundException' });
    }
  });

  it('matches by equality of the whole ARN', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms, generatorKeyId: A }) });
    const near = [`${A}0`, A.slice(0, -1), A.toUpperCase(), A.replace('us-east-1', 'us-east-2'), `${A}\n`, '', B];
    expect(causesOf(message, kmsKeyring({ kms, keyIds: near }))).toEqual(['not mine']);
  });

  it('is made of the ids it is given, whatever happens to the list', () => {
    const keyIds = [B];
    const keyring = kmsKeyring({ kms, generatorKeyId: A, keyIds });
    keyIds.push(C);
    expect(encrypt(PLAINTEXT, { keyring }).header.encryptedDataKeys.length).toBe(2);
  });
});

describe('discovery', () => {
  const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms, generatorKeyId: A, keyIds: [B] }) });

  it.each([
    ['any key', true, undefined],
    ['the account', { accountIds: ['000000000000'], partition: 'aws' }, undefined],
    ['the account among others', { accountIds: ['111111111111', '000000000000'], partition: 'aws' }, undefined],
    ['another account', { accountIds: ['111111111111'], partition: 'aws' }, 'not mine'],
    ['a part of the account', { accountIds: ['00000000000', '0000000000000'], partition: 'aws' }, 'not mine'],
    ['no account', { accountIds: [], partition: 'aws' }, 'not mine'],
    ['another partition', { accountIds: ['000000000000'], partition: 'aws-cn' }, 'not mine'],
    ['a part of the partition', { accountIds: ['000000000000'], partition: 'aw' }, 'not mine'],
  ] as const)('of %s', (_, discovery, cause) => {
    const keyring = kmsKeyring({ kms, discovery });
    if (cause === undefined) expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
    else expect(causesOf(message, keyring)).toEqual([cause, cause]);
  });

  it('does not encrypt, nor wrap what it is given', () => {
    const discovering = kmsKeyring({ kms, discovery: true });
    const generator = kmsKeyring({ kms, generatorKeyId: A });
    for (const keyring of [discovering, multiKeyring({ generator, children: [discovering] })]) {
      refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
    }
  });

  it('finds nothing in a keystore that has not the key', async () => {
    const keyring = kmsKeyring({ kms: await testKeystore(), discovery: true });
    expect(causesOf(message, keyring)).toEqual(['unwrap failed', 'unwrap failed']);
  });

  it('keeps its filter, whatever happens to the list', () => {
    const accountIds = ['000000000000'];
    const keyring = kmsKeyring({ kms, discovery: { accountIds, partition: 'aws' } });
    accountIds.length = 0;
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('an encrypted data key of another kind', () => {
  const generated = kms.generateDataKey({ keyId: A, numberOfBytes: 32 });

  it.each([
    ['a longer provider id', 'aws-kms-rsa', A],
    ['a shorter provider id', 'aws-km', A],
    ['a provider id of other case', 'AWS-KMS', A],
    ['an alias ARN', 'aws-kms', ALIAS_ARN],
    ['a key id', 'aws-kms', KEY_ID],
    ['an ARN of another service', 'aws-kms', A.replace(':kms:', ':ssm:')],
    ['an ARN with more behind', 'aws-kms', `${A}:x`],
    ['no ARN', 'aws-kms', ''],
    ['no UTF-8', 'aws-kms', Uint8Array.of(...utf8(A), 0xff)],
  ])('with %s is not mine, for a strict keyring and for discovery', (_, providerId, info) => {
    const providerInfo = typeof info === 'string' ? utf8(info) : info;
    const writer = wrappingKeyring(() => ({
      plaintextDataKey: generated.plaintext.slice(),
      encryptedDataKeys: [{ providerId: utf8(providerId), providerInfo, ciphertext: generated.ciphertextBlob }],
    }));
    const { message } = encrypt(PLAINTEXT, { keyring: writer });
    const named = typeof info === 'string' ? [A, info] : [A];
    for (const keyring of [kmsKeyring({ kms, discovery: true }), kmsKeyring({ kms, keyIds: named })]) {
      expect(causesOf(message, keyring)).toEqual(['not mine']);
    }
  });

  it('with the right ones is opened, and so is the next where one is not', () => {
    const key = { providerId: utf8('aws-kms'), providerInfo: utf8(A), ciphertext: generated.ciphertextBlob };
    const keys = [{ ...key, ciphertext: counting(100) }, { ...key, providerInfo: utf8(B) }, key];
    const writer = wrappingKeyring(() => ({ plaintextDataKey: generated.plaintext.slice(), encryptedDataKeys: keys }));
    const { message } = encrypt(PLAINTEXT, { keyring: writer });
    expect(decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A, B] }) }).plaintext).toEqual(PLAINTEXT);
    expect(causesOf(message, kmsKeyring({ kms, keyIds: [B] }))).toEqual(['not mine', 'unwrap failed', 'not mine']);
  });
});

async function createKey(): Promise<string> {
  return (await kms.createKey()).keyMetadata.arn;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Returns why a keyring does not open a message, for each of its encrypted data keys. */
function causesOf(message: Uint8Array, keyring: Keyring): unknown {
  const error = refusal(() => decrypt(message, { keyring }), 'NO_DATA_KEY');
  return 'failures' in error && Array.isArray(error.failures) ? error.failures.map(({ cause }) => cause) : error;
}
