/** The cryptographic operations. */

import { kmsKeyring, openParameter, parameterArn, sealParameter } from '@securestring/core';
import { decodeKeyBlob } from '@securestring/core/key-blob';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore } from '../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, place, thrownBy, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const INCORRECT_KEY = 'The key ID in the request does not identify a CMK that can perform this operation.';

let keystore: Keystore;
let key: { keyId: string; arn: string };
let other: { keyId: string; arn: string };

beforeAll(async () => {
  keystore = await openInMemory();
  key = await makeKey(keystore);
  other = await makeKey(keystore);
  await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: key.keyId });
});

/** All that AWS takes where it takes four. */
const forms = (): [string, string][] => [
  ['a key id', key.keyId],
  ['a key ARN', key.arn],
  ['an alias name', 'alias/app'],
  ['an alias ARN', `arn:aws:kms:${place.region}:${place.accountId}:alias/app`],
];

describe('encrypt and decrypt', () => {
  it('answer in AWS shapes, with the key ARN whatever was sent', () => {
    for (const [form, keyId] of forms()) {
      const sealed = keystore.encrypt({ keyId, plaintext });
      expect(sealed, form).toEqual({
        ciphertextBlob: expect.any(Uint8Array),
        keyId: key.arn,
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      });
      expect(keystore.decrypt({ ciphertextBlob: sealed.ciphertextBlob, keyId }), form).toEqual({
        plaintext,
        keyId: key.arn,
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        keyMaterialId: Buffer.from(decodeKeyBlob(sealed.ciphertextBlob).materialId).toString('hex'),
      });
    }
  });

  it('decrypt without a key id: the blob names its key', () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: other.keyId, plaintext });
    expect(keystore.decrypt({ ciphertextBlob }).keyId).toBe(other.arn);
  });

  it('round-trip any plaintext of 1 to 4096 bytes under any context', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4096 });
    const context = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { maxKeys: 5 });
    fc.assert(
      fc.property(bytes, context, (given, encryptionContext) => {
        const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext: given, encryptionContext });
        const reversed = Object.fromEntries(Object.entries(encryptionContext).reverse());
        const opened = keystore.decrypt({ ciphertextBlob, encryptionContext: reversed });
        expect(opened.plaintext).toEqual(given);
        expect(opened.plaintext.buffer.byteLength).toBe(given.length);
      }),
    );
  });

  it.each([1, 4095, 4096])('take a plaintext of %i bytes', (length) => {
    const given = new Uint8Array(length).fill(1);
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext: given });
    expect(ciphertextBlob.length).toBeLessThanOrEqual(6144);
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(given);
  });

  it('never make the same blob twice', () => {
    const blobs = Array.from({ length: 100 }, () => keystore.encrypt({ keyId: key.keyId, plaintext }).ciphertextBlob);
    expect(new Set(blobs.map((blob) => Buffer.from(blob).toString('hex'))).size).toBe(100);
  });
});

describe('the encryption context', () => {
  const open = (sealedUnder: Record<string, string> | undefined, openedUnder: Record<string, string> | undefined) => {
    const bound = sealedUnder === undefined ? {} : { encryptionContext: sealedUnder };
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext, ...bound });
    const asked = openedUnder === undefined ? {} : { encryptionContext: openedUnder };
    return keystore.decrypt({ ciphertextBlob, ...asked }).plaintext;
  };

  it.each([
    ['the order of the pairs', { a: '1', b: '2' }, { b: '2', a: '1' }],
    ['no context and the empty one', undefined, {}],
    ['the empty context and none', {}, undefined],
    ['empty names and values, the same ones', { '': '' }, { '': '' }],
    ['a name that objects have already', JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"x"}')],
  ])('refuses alike %s', (_, sealedUnder, openedUnder) => {
    expect(open(sealedUnder, openedUnder)).toEqual(plaintext);
  });

  it.each([
    ['pairs that read the same without their borders', { a: 'bc' }, { ab: 'c' }],
    ['another value', { a: '1' }, { a: '2' }],
    ['another case', { a: 'x' }, { a: 'X' }],
    ['another name', { a: '1' }, { b: '1' }],
    ['a missing pair', { a: '1', b: '2' }, { a: '1' }],
    ['a pair too many', { a: '1' }, { a: '1', b: '2' }],
    ['a pair with nothing in it', {}, { '': '' }],
    ['an empty value', { a: '' }, {}],
    ['none where there was one', { a: '1' }, undefined],
    ['one pair for two', { a: '1', b: '2' }, { a: '1b2' }],
    ['another normalisation', { a: 'é' }, { a: 'é'.normalize('NFD') }],
  ])('is bound: %s is refused, without a word', async (_, sealedUnder, openedUnder) => {
    await kmsRefusal(() => open(sealedUnder, openedUnder), 'InvalidCiphertextException', '');
    await kmsRefusal(() => open(openedUnder, sealedUnder), 'InvalidCiphertextException', '');
  });

  it('is canonical: two contexts are one exactly when they have the same pairs', () => {
    const context = fc.dictionary(fc.constantFrom('', 'a', 'b', 'ab'), fc.constantFrom('', 'a', 'b', 'bc', 'c'));
    fc.assert(
      fc.property(context, context, (sealedUnder, openedUnder) => {
        const pairs = (given: object) => JSON.stringify(Object.entries(given).sort());
        const opens = () => open(sealedUnder, openedUnder);
        if (pairs(sealedUnder) === pairs(openedUnder)) expect(opens()).toEqual(plaintext);
        else expect(opens).toThrow();
      }),
    );
  });

  it('is misuse where it is not a record of texts', async () => {
    for (const encryptionContext of [{ a: 1 }, ['a'], 'a', { a: '\ud800' }] as never[]) {
      expect(await thrownBy(() => keystore.encrypt({ keyId: key.keyId, plaintext, encryptionContext }))).toBeInstanceOf(
        TypeError,
      );
    }
  });
});

describe('a blob', () => {
  it('is refused with any one bit changed, and at any shorter or greater length', async () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    const others = [ciphertextBlob.subarray(1), new Uint8Array([...ciphertextBlob, 0])];
    for (let at = 0; at < ciphertextBlob.length; at++) {
      if (at > 0) others.push(ciphertextBlob.subarray(0, at));
      for (let bit = 0; bit < 8; bit++) {
        const changed = ciphertextBlob.slice();
        changed[at] = (changed[at] as number) ^ (1 << bit);
        others.push(changed);
      }
    }
    const names = new Set<string>();
    for (const changed of others) {
      const error = (await thrownBy(() => keystore.decrypt({ ciphertextBlob: changed }))) as Error;
      names.add(error.name);
    }
    // The second, where the changed bit is of the material id.
    expect([...names].sort()).toEqual(['AccessDeniedException', 'InvalidCiphertextException']);
  });

  it('of another keystore, or of a key that is not here, is refused in the words of AWS', async () => {
    const elsewhere = await openInMemory();
    const { ciphertextBlob } = elsewhere.encrypt({ keyId: 'alias/aws/ssm', plaintext });
    await kmsRefusal(
      () => keystore.decrypt({ ciphertextBlob }),
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    );
  });

  it('under another key than the one that is named is refused', async () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    const sourceOf = { ciphertextBlob, destinationKeyId: key.keyId };
    await kmsRefusal(
      () => keystore.decrypt({ ciphertextBlob, keyId: other.keyId }),
      'IncorrectKeyException',
      INCORRECT_KEY,
    );
    await kmsRefusal(
      () => keystore.reEncrypt({ ...sourceOf, sourceKeyId: 'alias/aws/ssm' }),
      'IncorrectKeyException',
      INCORRECT_KEY,
    );
  });

  it('of the deterministic keystore for tests is refused', async () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    ciphertextBlob[2] = 0x54;
    await kmsRefusal(() => keystore.decrypt({ ciphertextBlob }), 'InvalidCiphertextException', '');
  });
});

describe('reEncrypt', () => {
  it('moves a plaintext to another key and context, in AWS shapes', () => {
    const first = keystore.encrypt({ keyId: key.keyId, plaintext, encryptionContext: { a: '1' } });
    const moved = keystore.reEncrypt({
      ciphertextBlob: first.ciphertextBlob,
      sourceKeyId: 'alias/app',
      sourceEncryptionContext: { a: '1' },
      destinationKeyId: other.arn,
      destinationEncryptionContext: { b: '2' },
    });
    expect(moved).toEqual({
      ciphertextBlob: expect.any(Uint8Array),
      sourceKeyId: key.arn,
      sourceKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      keyId: other.arn,
      destinationKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
    expect(moved.sourceKeyMaterialId).not.toBe(moved.destinationKeyMaterialId);
    const opened = keystore.decrypt({ ciphertextBlob: moved.ciphertextBlob, encryptionContext: { b: '2' } });
    expect(opened.plaintext).toEqual(plaintext);
  });

  it('moves to another context of the same key', () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    const moved = keystore.reEncrypt({
      ciphertextBlob,
      destinationKeyId: key.keyId,
      destinationEncryptionContext: { a: '1' },
    });
    const opened = keystore.decrypt({ ciphertextBlob: moved.ciphertextBlob, encryptionContext: { a: '1' } });
    expect(opened.plaintext).toEqual(plaintext);
  });

  it('refuses another source context', async () => {
    const first = keystore.encrypt({ keyId: key.keyId, plaintext, encryptionContext: { a: '1' } });
    await kmsRefusal(
      () => keystore.reEncrypt({ ciphertextBlob: first.ciphertextBlob, destinationKeyId: key.keyId }),
      'InvalidCiphertextException',
      '',
    );
  });
});

describe('generateDataKey', () => {
  it.each([
    [{ keySpec: 'AES_256' }, 32],
    [{ keySpec: 'AES_128' }, 16],
    [{ numberOfBytes: 1 }, 1],
    [{ numberOfBytes: 1024 }, 1024],
  ] as const)('with %o makes that many bytes, in clear and wrapped', (length, bytes) => {
    const encryptionContext = { a: '1' };
    const made = keystore.generateDataKey({ keyId: 'alias/app', ...length, encryptionContext });
    const { plaintext: dataKey, ciphertextBlob } = made;
    expect(made).toEqual({ plaintext: dataKey, ciphertextBlob, keyId: key.arn, keyMaterialId: expect.any(String) });
    expect(dataKey.length).toBe(bytes);
    expect(dataKey.buffer.byteLength).toBe(bytes);
    expect(keystore.decrypt({ ciphertextBlob, encryptionContext }).plaintext).toEqual(dataKey);
  });

  it('without plaintext gives the wrapped one alone', () => {
    const made = keystore.generateDataKeyWithoutPlaintext({ keyId: key.keyId, keySpec: 'AES_256' });
    expect(Object.keys(made).sort()).toEqual(['ciphertextBlob', 'keyId', 'keyMaterialId']);
    expect(keystore.decrypt({ ciphertextBlob: made.ciphertextBlob }).plaintext.length).toBe(32);
  });

  it('never makes the same key twice', () => {
    const made = () => keystore.generateDataKey({ keyId: key.keyId, keySpec: 'AES_256' }).plaintext;
    expect(new Set(Array.from({ length: 100 }, () => Buffer.from(made()).toString('hex'))).size).toBe(100);
  });
});

describe('generateRandom', () => {
  it.each([1, 16, 1024])('gives %i bytes, others each time', (numberOfBytes) => {
    const { plaintext: random } = keystore.generateRandom({ numberOfBytes });
    expect(random.length).toBe(numberOfBytes);
    if (numberOfBytes > 1) expect(keystore.generateRandom({ numberOfBytes }).plaintext).not.toEqual(random);
  });
});

describe('as the key service of core', () => {
  it('seals and opens parameters in both tiers', () => {
    const arn = parameterArn({ ...place, name: 'MyParameter' });
    for (const tier of ['Standard', 'Advanced'] as const) {
      const { value } = sealParameter({ arn, value: 'secret_value', tier, kms: keystore, keyId: 'alias/app' });
      expect(openParameter({ arn, sealed: value, kms: keystore })).toBe('secret_value');
    }
  });

  it('makes a keyring', () => {
    expect(kmsKeyring({ kms: keystore, generatorKeyId: 'alias/app' })).toHaveProperty('wrapDataKey');
  });
});
