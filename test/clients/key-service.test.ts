/**
 * The other direction: code on this engine with AWS's KMS as its key service, through the real client. What it makes
 * opens over the local keystore, and the reverse.
 */

import * as awsKms from '@aws-sdk/client-kms';
import {
  decrypt,
  decryptAsync,
  encrypt,
  encryptAsync,
  kmsKeyring,
  kmsKeyringAsync,
  openParameter,
  openParameterAsync,
  parameterArn,
  sealParameter,
  sealParameterAsync,
} from '@securestring/core';
import { awsKeyService } from '@securestring/endpoint/aws';
import { startTestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, describe, expect, it } from 'vitest';

const aws = await startTestEndpoint();
afterAll(() => aws.close());
const { keystore } = aws;
const settings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};
const plaintext = new TextEncoder().encode('§ text');
const arn = parameterArn({ name: '/app/password', region: 'us-east-1', accountId: keystore.accountId });

describe.each([
  ['in one process', () => ({ requestHandler: aws.requestHandler })],
  ['over HTTP', () => ({ endpoint: aws.url })],
] as const)('the client %s', (_, transport) => {
  const client = () => new awsKms.KMSClient({ ...settings, ...transport() });
  const kms = () => awsKeyService(client(), awsKms);

  it.each([0x0478, 0x0578] as const)('reads and writes messages of suite %i', async (suite) => {
    const options = { suite, encryptionContext: { tenant: 'blau', ключ: 'значение' } };
    const keys = {
      generatorKeyId: (await keystore.createKey({})).keyMetadata.arn,
      keyIds: [(await keystore.createKey({})).keyMetadata.arn],
    };
    const [near, far] = [kmsKeyring({ kms: keystore, ...keys }), kmsKeyringAsync({ kms: kms(), ...keys })];
    const { message } = await encryptAsync(plaintext, { keyring: far, ...options });
    expect(decrypt(message, { keyring: near }).plaintext).toEqual(plaintext);
    const other = encrypt(plaintext, { keyring: near, ...options }).message;
    expect((await decryptAsync(other, { keyring: far })).plaintext).toEqual(plaintext);
    const discovering = kmsKeyringAsync({ kms: kms(), discovery: true });
    expect((await decryptAsync(other, { keyring: discovering })).plaintext).toEqual(plaintext);
  });

  it.each(['Standard', 'Advanced'] as const)('reads and writes parameters of the %s tier', async (tier) => {
    const far = await sealParameterAsync({ arn, value: 's3cret', tier, kms: kms() });
    expect(openParameter({ arn, sealed: far.value, kms: keystore })).toBe('s3cret');
    const near = sealParameter({ arn, value: 's3cret', tier, kms: keystore });
    expect(await openParameterAsync({ arn, sealed: near.value, kms: kms() })).toBe('s3cret');
    const elsewhere = arn.replace('password', 'other');
    await expect(openParameterAsync({ arn: elsewhere, sealed: near.value, kms: kms() })).rejects.toThrow();
  });

  it.each(['Standard', 'Advanced'] as const)("fails with the client's own errors in the %s tier", async (tier) => {
    const keyId = (await keystore.createKey({})).keyMetadata.arn;
    const sealed = await sealParameterAsync({ arn, value: 's3cret', tier, kms: kms(), keyId });
    await keystore.disableKey({ keyId });
    const opened = openParameterAsync({ arn, sealed: sealed.value, kms: kms() });
    await expect(opened).rejects.toBeInstanceOf(awsKms.DisabledException);
    const again = sealParameterAsync({ arn, value: 's3cret', tier, kms: kms(), keyId });
    await expect(again).rejects.toBeInstanceOf(awsKms.DisabledException);
  });
});
