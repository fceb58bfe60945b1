/**
 * What the KMS keyring asks its key service for, and how it checks the answers.
 * @module
 */

import { decrypt, encrypt, type KeyService, kmsKeyring } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { testKeystore } from '@securestring/test-support/keystores';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { isWiped } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const CONTEXT = { purpose: 'test' };

const honest = await testKeystore();
const [A, B, C] = [await createKey(), await createKey(), await createKey()];

describe('what it asks', () => {
  it('is the key id each time, the context, and the length of the suite', () => {
    const { kms, requests } = recording(honest);
    const keyring = kmsKeyring({ kms, generatorKeyId: A, keyIds: [B] });
    const { message } = encrypt(PLAINTEXT, { keyring, encryptionContext: CONTEXT });
    decrypt(message, { keyring });
    expect(requests).toEqual([
      ['generateDataKey', { keyId: A, numberOfBytes: 32, encryptionContext: CONTEXT }],
      ['encrypt', { keyId: B, plaintext: expect.any(Uint8Array), encryptionContext: CONTEXT }],
      ['decrypt', { keyId: A, ciphertextBlob: expect.any(Uint8Array), encryptionContext: CONTEXT }],
    ]);
  });

  it('is the key that the message names, where it discovers', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms: honest, generatorKeyId: B }) });
    const { kms, requests } = recording(honest);
    decrypt(message, { keyring: kmsKeyring({ kms, discovery: true }) });
    expect(requests).toEqual([['decrypt', expect.objectContaining({ keyId: B })]]);
  });

  it('is nothing, of keys that are not its own', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms: honest, generatorKeyId: B }) });
    const { kms, requests } = recording(honest);
    refusal(() => decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A] }) }), 'NO_DATA_KEY');
    expect(requests).toEqual([]);
  });
});

describe('a service that answers to decrypt', () => {
  const { message } = encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms: honest, generatorKeyId: A }) });
  const alias = A.replace(/key\/.*/, 'alias/mine');

  it.each([
    ['under another key', { keyId: B }],
    ['under an alias', { keyId: alias }],
    ['under a key id', { keyId: A.replace(/.*key\//, '') }],
    ['under no key', { keyId: '' }],
  ])('%s is not believed, and what it opened is wiped', (_, lie) => {
    const { kms, opened } = lying({ decrypt: lie });
    const open = () => decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A, B, alias] }) });
    expect(refusal(open, 'NO_DATA_KEY')).toMatchObject({
      failures: [{ providerId: 'aws-kms', cause: 'unwrap failed' }],
    });
    expect(opened().map(isWiped)).toEqual([true]);
  });

  it.each([0, 16, 31, 33])('with %i bytes is not believed, and they are wiped', (length) => {
    const plaintext = counting(length, 1);
    const { kms } = lying({ decrypt: { plaintext } });
    refusal(() => decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A] }) }), 'NO_DATA_KEY');
    expect(plaintext).toEqual(new Uint8Array(length));
  });

  it('with another key of the right length opens nothing', () => {
    const { kms } = lying({ decrypt: { plaintext: counting(32, 1) } });
    const open = () => decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A] }) });
    refusal(open, 'AUTHENTICATION_FAILED');
  });

  it('with an error is not quoted', () => {
    const kms: KeyService = { ...honest, decrypt: failing(new Error('secret detail')) };
    const error = refusal(() => decrypt(message, { keyring: kmsKeyring({ kms, keyIds: [A] }) }), 'NO_DATA_KEY');
    expect(`${error.message}${error.stack}`).not.toContain('secret detail');
  });
});

describe('a service that answers to encrypt', () => {
  it.each([
    ['with an alias for the generator', { generateDataKey: { keyId: 'alias/mine' } }],
    ['with nothing for the generator', { generateDataKey: { keyId: '' } }],
    ['with an alias for another key', { encrypt: { keyId: 'alias/mine' } }],
    ['with a data key that is too short', { generateDataKey: { plaintext: counting(31, 1) } }],
    ['with a data key of zeros', { generateDataKey: { plaintext: new Uint8Array(32) } }],
  ])('%s is not believed, and the data key is wiped', (_, lies) => {
    const { kms, opened } = lying(lies);
    refusal(
      () => encrypt(PLAINTEXT, { keyring: kmsKeyring({ kms, generatorKeyId: A, keyIds: [B] }) }),
      'INVALID_KEYRING_RESULT',
    );
    expect(opened().map(isWiped)).toEqual([true]);
  });

  it.each([0, 1])('with an error for further key %i fails the call, and the data key is wiped', (failed) => {
    const error = new Error('throttled');
    let calls = 0;
    const { kms, opened } = lying({});
    const service: KeyService = {
      ...kms,
      encrypt: (request) => {
        if (calls++ === failed) throw error;
        return kms.encrypt(request);
      },
    };
    const keyring = kmsKeyring({ kms: service, generatorKeyId: A, keyIds: [B, C] });
    expect(thrownBy(() => encrypt(PLAINTEXT, { keyring }))).toBe(error);
    expect(opened().map(isWiped)).toEqual([true]);
  });
});

async function createKey(): Promise<string> {
  return (await honest.createKey()).keyMetadata.arn;
}

function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

function recording(service: KeyService): { kms: KeyService; requests: readonly (readonly [string, object])[] } {
  const requests: (readonly [string, object])[] = [];
  const record = <Request extends object, Result>(name: string, operation: (request: Request) => Result) => {
    return (request: Request): Result => {
      requests.push([
        name,
        { ...request, encryptionContext: { ...(request as { encryptionContext?: object }).encryptionContext } },
      ]);
      return operation(request);
    };
  };
  return {
    requests,
    kms: {
      generateDataKey: record('generateDataKey', service.generateDataKey),
      encrypt: record('encrypt', service.encrypt),
      decrypt: record('decrypt', service.decrypt),
    },
  };
}

/** A service that is honest except for the given parts of its answers, and every secret that it handed out. */
function lying(lies: { readonly [Operation in keyof KeyService]?: object }): {
  kms: KeyService;
  opened: () => readonly Uint8Array[];
} {
  const opened: Uint8Array[] = [];
  const show = <Answer extends { readonly plaintext: Uint8Array }>(answer: Answer): Answer => {
    opened.push(answer.plaintext);
    return answer;
  };
  return {
    opened: () => opened,
    kms: {
      generateDataKey: (request) => show({ ...honest.generateDataKey(request), ...lies.generateDataKey }),
      encrypt: (request) => ({ ...honest.encrypt(request), ...lies.encrypt }),
      decrypt: (request) => show({ ...honest.decrypt(request), ...lies.decrypt }),
    },
  };
}
