/** Keyrings and parameters over a key service that answers with promises. */

import {
  type AsyncKeyService,
  type DecryptRequest,
  decrypt,
  decryptAsync,
  encrypt,
  encryptAsync,
  kmsKeyring,
  kmsKeyringAsync,
  openParameter,
  openParameterAsync,
  sealParameter,
  sealParameterAsync,
} from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { arnOf, testKeystore } from '@securestring/test-support/keystores';
import { isWiped } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const keystore = await testKeystore();
const A = (await keystore.createKey({})).keyMetadata.arn;
const B = (await keystore.createKey({})).keyMetadata.arn;
const arn = arnOf('MyParameter');
const TIERS = ['Standard', 'Advanced'] as const;
const later = <Value>(make: () => Value): Promise<Value> => Promise.resolve().then(make);

const remote: AsyncKeyService = {
  generateDataKey: (request) => later(() => keystore.generateDataKey(request)),
  encrypt: (request) => later(() => keystore.encrypt(request)),
  decrypt: (request) => later(() => keystore.decrypt(request)),
};

describe('the asynchronous keyring', () => {
  const strict = { generatorKeyId: A, keyIds: [B] };

  it('writes and reads what the synchronous one does', async () => {
    const [local, far] = [kmsKeyring({ kms: keystore, ...strict }), kmsKeyringAsync({ kms: remote, ...strict })];
    const { message, header } = await encryptAsync(counting(20), { keyring: far });
    expect(header.encryptedDataKeys).toHaveLength(2);
    expect(decrypt(message, { keyring: local }).plaintext).toEqual(counting(20));
    const other = encrypt(counting(20), { keyring: local }).message;
    for (const options of [strict, { keyIds: [B] }, { discovery: true } as const]) {
      const keyring = kmsKeyringAsync({ kms: remote, ...options });
      expect((await decryptAsync(other, { keyring })).plaintext).toEqual(counting(20));
    }
  });

  it('takes a synchronous service too', async () => {
    const keyring = kmsKeyringAsync({ kms: keystore, ...strict });
    expect(decrypt(encrypt(counting(3), { keyring } as never).message, { keyring } as never).plaintext).toHaveLength(3);
  });

  it('does not believe an answer under another key, and wipes what it opened', async () => {
    const { message } = encrypt(counting(20), { keyring: kmsKeyring({ kms: keystore, generatorKeyId: A }) });
    const plaintext = counting(32, 1);
    const kms = { ...remote, decrypt: () => later(() => ({ keyId: B, plaintext })) };
    const opened = decryptAsync(message, { keyring: kmsKeyringAsync({ kms, keyIds: [A, B] }) });
    await expect(opened).rejects.toMatchObject({ code: 'NO_DATA_KEY' });
    expect(isWiped(plaintext)).toBe(true);
  });

  it('wipes a data key that it cannot wrap under every key', async () => {
    const plaintext = counting(32, 1);
    const kms: AsyncKeyService = {
      ...remote,
      generateDataKey: (request) => later(() => ({ ...keystore.generateDataKey(request), plaintext })),
      encrypt: () => Promise.reject(new Error('no')),
    };
    await expect(encryptAsync(counting(20), { keyring: kmsKeyringAsync({ kms, ...strict }) })).rejects.toThrow('no');
    expect(isWiped(plaintext)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a text', { keyId: A, plaintext: 'x', ciphertextBlob: 'x' }],
  ])('refuses an answer that has %s for bytes', async (_, answer) => {
    const kms = { ...remote, generateDataKey: () => later(() => answer) } as unknown as AsyncKeyService;
    const keyring = kmsKeyringAsync({ kms, generatorKeyId: A });
    await expect(encryptAsync(counting(20), { keyring })).rejects.toMatchObject({ code: 'INVALID_KEYRING_RESULT' });
  });
});

describe.each(TIERS)('a parameter of the %s tier', (tier) => {
  it('opens as the synchronous functions seal it, and the other way', async () => {
    const far = await sealParameterAsync({ arn, value: '§ one', tier, kms: remote, keyId: A });
    expect(far).toMatchObject({ tier, keyId: A });
    expect(openParameter({ arn, sealed: far.value, kms: keystore })).toBe('§ one');
    const local = sealParameter({ arn, value: '§ two', tier, kms: keystore, keyId: B });
    expect(await openParameterAsync({ arn, sealed: local.value, kms: remote })).toBe('§ two');
  });

  it('opens for its own ARN alone', async () => {
    const { value: sealed } = await sealParameterAsync({ arn, value: 'x', tier, kms: remote });
    await expect(openParameterAsync({ arn: arnOf('Other'), sealed, kms: remote })).rejects.toThrow();
  });

  it('fails with the error of the service itself', async () => {
    const { value: sealed } = sealParameter({ arn, value: 'x', tier, kms: keystore });
    const refusal = new Error('refused');
    const kms = { ...remote, decrypt: () => Promise.reject(refusal) };
    await expect(openParameterAsync({ arn, sealed, kms })).rejects.toBe(refusal);
    const atOnce = {
      ...remote,
      decrypt: () => {
        throw refusal;
      },
    };
    await expect(openParameterAsync({ arn, sealed, kms: atOnce })).rejects.toBe(refusal);
  });

  it('wipes what the service opened, and what it was sent', async () => {
    const seen: Uint8Array[] = [];
    const keep = (bytes: Uint8Array): void => void seen.push(bytes);
    const kms: AsyncKeyService = {
      generateDataKey: async (request) => {
        const result = keystore.generateDataKey(request);
        keep(result.plaintext);
        return result;
      },
      encrypt: async (request) => {
        keep(request.plaintext);
        return keystore.encrypt(request);
      },
      decrypt: async (request: DecryptRequest) => {
        const result = keystore.decrypt(request);
        keep(result.plaintext);
        return result;
      },
    };
    const { value: sealed } = await sealParameterAsync({ arn, value: 'x', tier, kms });
    await openParameterAsync({ arn, sealed, kms });
    expect(seen.map(isWiped)).toEqual([true, true]);
  });

  it('is refused by the synchronous functions, which cannot wait', () => {
    const { value: sealed } = sealParameter({ arn, value: 'x', tier, kms: keystore });
    const kms = remote as never;
    const refusal = { code: 'INVALID_KEYRING_RESULT', message: expect.stringContaining('Async') };
    expect(() => sealParameter({ arn, value: 'x', tier, kms })).toThrow(expect.objectContaining(refusal));
    expect(() => openParameter({ arn, sealed, kms })).toThrow(expect.objectContaining(refusal));
  });
});
