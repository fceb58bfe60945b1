/** Imported key material: what may be brought, when, how often, and what is left when it is gone. */

import { constants, createHmac, publicEncrypt } from 'node:crypto';
import { wrapKey } from '@securestring/core';
import { materialId } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import {
  type CreateKeyRequest,
  type GetParametersForImportResult,
  type ImportKeyMaterialRequest,
  type ImportWrappingAlgorithm,
  type Keystore,
  type KeystoreStorage,
  memoryStorage,
  openKeystore,
  type WrappingKeySpec,
} from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { openToken, sealToken } from '../src/operations/import-token.ts';
import { SYSTEM } from '../src/randomness.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { Store } from '../src/store.ts';
import { kmsRefusal, thrownBy, unlock, utf8 } from './support.ts';

const HOUR = 3_600_000;
const bytes = (length: number, fill = 0xa5) => new Uint8Array(length).fill(fill);
const MATERIAL = bytes(32);
const OTHER = bytes(32, 0x5a);
const plaintext = utf8('secret_value');
const never = { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;

let now: number;
let storage: KeystoreStorage;
let keystore: Keystore;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => now });
});

/** A key that awaits its material. */
async function external(request: CreateKeyRequest = {}): Promise<{ keyId: string; arn: string }> {
  const { keyMetadata } = await keystore.createKey({ origin: 'EXTERNAL', ...request });
  return { keyId: keyMetadata.keyId, arn: keyMetadata.arn };
}

function parameters(
  keyId: string,
  wrappingAlgorithm: ImportWrappingAlgorithm = 'RSAES_OAEP_SHA_256',
  wrappingKeySpec: WrappingKeySpec = 'RSA_2048',
): Promise<GetParametersForImportResult> {
  return keystore.getParametersForImport({ keyId, wrappingAlgorithm, wrappingKeySpec });
}

function oaep(publicKey: Uint8Array, hash: 'sha1' | 'sha256', content: Uint8Array): Uint8Array {
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki' } as const;
  return publicEncrypt({ ...key, oaepHash: hash, padding: constants.RSA_PKCS1_OAEP_PADDING }, content);
}

/** As a caller of AWS would wrap. */
function wrap(publicKey: Uint8Array, algorithm: ImportWrappingAlgorithm, material: Uint8Array): Uint8Array {
  const hash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  if (algorithm.startsWith('RSAES')) return oaep(publicKey, hash, material);
  const aesKey = bytes(32, 3);
  return Buffer.concat([oaep(publicKey, hash, aesKey), wrapKey(aesKey, material, { algorithm: 'AES-KWP' })]);
}

/** One pair of each size, as the keystore made it: to make one takes seconds, and any token may have it in it. */
const pairs = new Map<WrappingKeySpec, { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }>();

beforeAll(async () => {
  now = 0;
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => now });
  const { keyId, arn } = await external();
  for (const spec of ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const) {
    const { importToken, publicKey } = await parameters(keyId, 'RSAES_OAEP_SHA_256', spec);
    const token = openToken(await tokenKey(), arn, importToken);
    if (token === undefined) throw new Error('the token does not open');
    pairs.set(spec, { publicKey, privateKey: token.privateKey });
  }
});

async function tokenKey(): Promise<Uint8Array> {
  return (await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array)).importTokenKey;
}

/** What GetParametersForImport would give, but for the pair, which is not a new one. */
async function quickParameters(
  arn: string,
  algorithm: ImportWrappingAlgorithm = 'RSAES_OAEP_SHA_256',
  spec: WrappingKeySpec = 'RSA_2048',
): Promise<Pick<GetParametersForImportResult, 'importToken' | 'publicKey'>> {
  const { publicKey, privateKey } = pairs.get(spec) ?? expect.fail(`no pair of ${spec}`);
  const importToken = sealToken(await tokenKey(), arn, { validTo: now + DAY, algorithm, privateKey });
  return { importToken, publicKey };
}

/** Imports material, and returns its id. */
async function bring(
  keyId: string,
  material: Uint8Array,
  options: Partial<ImportKeyMaterialRequest> = never,
): Promise<string | undefined> {
  const { importToken, publicKey } = await quickParameters(`arn:aws:kms:us-east-1:000000000000:key/${keyId}`);
  const encryptedKeyMaterial = wrap(publicKey, 'RSAES_OAEP_SHA_256', material);
  return (await keystore.importKeyMaterial({ keyId, importToken, encryptedKeyMaterial, ...options })).keyMaterialId;
}

const stateOf = async (keyId: string) => (await keystore.describeKey({ keyId })).keyMetadata.keyState;
const idOf = (material: Uint8Array, arn: string) =>
  Buffer.from(materialId(nodeProvider, material, arn)).toString('hex');

describe('getParametersForImport', () => {
  it('gives a public key and a sealed token that are valid for 24 hours, and commits nothing', async () => {
    const { keyId, arn } = await external();
    const { generation } = keystore;
    const result = await parameters(keyId);
    expect(result).toEqual({
      keyId: arn,
      importToken: expect.any(Uint8Array),
      publicKey: expect.any(Uint8Array),
      parametersValidTo: new Date(now + DAY),
    });
    expect(keystore.generation).toBe(generation);
    expect(result.publicKey.length).toBe(294);
    for (const part of [result.publicKey, result.importToken]) expect(part.buffer.byteLength).toBe(part.length);
  });

  it.each([
    [
      'wrappingAlgorithm',
      'none',
      '[RSAES_PKCS1_V1_5, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, RSA_AES_KEY_WRAP_SHA_1, RSA_AES_KEY_WRAP_SHA_256, SM2PKE]',
    ],
    ['wrappingKeySpec', 'none', '[RSA_2048, RSA_3072, RSA_4096, SM2]'],
  ])('refuses another %s', async (name, value, values) => {
    const { keyId } = await external();
    const request = { keyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_1', wrappingKeySpec: 'RSA_2048', [name]: value };
    await kmsRefusal(
      () => keystore.getParametersForImport(request as never),
      'ValidationException',
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: ${values}`,
    );
  });

  it.each([
    { wrappingAlgorithm: 'RSAES_PKCS1_V1_5', wrappingKeySpec: 'RSA_2048' },
    { wrappingAlgorithm: 'SM2PKE', wrappingKeySpec: 'SM2' },
  ])('refuses $wrappingAlgorithm, which is not supported', async (choice) => {
    const { keyId } = await external();
    const error = await thrownBy(() => keystore.getParametersForImport({ keyId, ...choice } as never));
    expect(error).toMatchObject({ name: 'UnsupportedOperationException' });
  });
});

describe('wrapped key material', () => {
  const algorithms = [
    'RSAES_OAEP_SHA_1',
    'RSAES_OAEP_SHA_256',
    'RSA_AES_KEY_WRAP_SHA_1',
    'RSA_AES_KEY_WRAP_SHA_256',
  ] as const;

  it.each(
    algorithms.flatMap((algorithm) => [
      [algorithm, 'RSA_2048'] as const,
      [algorithm, 'RSA_3072'] as const,
      [algorithm, 'RSA_4096'] as const,
    ]),
  )('is imported by %s under %s', async (algorithm, spec) => {
    const { keyId, arn } = await external();
    const { importToken, publicKey } = await quickParameters(arn, algorithm, spec);
    const encryptedKeyMaterial = wrap(publicKey, algorithm, MATERIAL);
    const result = await keystore.importKeyMaterial({ keyId: arn, importToken, encryptedKeyMaterial, ...never });
    expect(result).toEqual({ keyId: arn, keyMaterialId: idOf(MATERIAL, arn) });
    expect(await stateOf(keyId)).toBe('Enabled');
  });

  it('is refused with one empty InvalidCiphertextException whatever is wrong with it', async () => {
    const { keyId, arn } = await external();
    const direct = await quickParameters(arn, 'RSAES_OAEP_SHA_256');
    const byAes = await quickParameters(arn, 'RSA_AES_KEY_WRAP_SHA_256');
    const stranger = await quickParameters(arn, 'RSAES_OAEP_SHA_256', 'RSA_3072');
    const right = wrap(byAes.publicKey, 'RSA_AES_KEY_WRAP_SHA_256', MATERIAL);
    const flipped = Uint8Array.from(right);
    flipped[right.length - 1] = (flipped[right.length - 1] as number) ^ 1;
    const shortKey = oaep(byAes.publicKey, 'sha256', bytes(16));
    const wrong: readonly [{ readonly importToken: Uint8Array }, Uint8Array][] = [
      [direct, wrap(direct.publicKey, 'RSAES_OAEP_SHA_1', MATERIAL)],
      [direct, wrap(stranger.publicKey, 'RSAES_OAEP_SHA_256', MATERIAL)],
      [direct, bytes(256)],
      [direct, bytes(255)],
      [direct, bytes(1)],
      [byAes, flipped],
      [byAes, right.subarray(0, 256)],
      [byAes, right.subarray(0, 257)],
      [byAes, right.subarray(0, -8)],
      [byAes, Buffer.concat([shortKey, wrapKey(bytes(16), MATERIAL, { algorithm: 'AES-KWP' })])],
    ];
    for (const [{ importToken }, encryptedKeyMaterial] of wrong) {
      const request = { keyId, importToken, encryptedKeyMaterial, ...never };
      await kmsRefusal(() => keystore.importKeyMaterial(request), 'InvalidCiphertextException', '');
    }
    expect(await stateOf(keyId)).toBe('PendingImport');
  });

  it.each([
    ['SYMMETRIC_DEFAULT', 32],
    ['HMAC_224', 28],
    ['HMAC_256', 32],
    ['HMAC_384', 48],
    ['HMAC_512', 64],
  ] as const)(
    'has for %s %i bytes, for an HMAC key up to 128, one more or less is refused',
    async (keySpec, length) => {
      const keyUsage = keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
      const { keyId, arn } = await external({ keySpec, keyUsage });
      const most = keySpec === 'SYMMETRIC_DEFAULT' ? length : 128;
      const taken = most === length ? `${length}` : `${length} to ${most}`;
      for (const wrong of [length - 1, most + 1]) {
        await kmsRefusal(
          () => bring(keyId, bytes(wrong)),
          'IncorrectKeyMaterialException',
          `Key material of ${wrong} bytes does not fit ${arn}: ${keySpec} takes ${taken} bytes.`,
        );
      }
      const id = await bring(keyId, bytes(length));
      expect(id).toBe(keySpec === 'SYMMETRIC_DEFAULT' ? idOf(bytes(length), arn) : undefined);
      expect(await stateOf(keyId)).toBe('Enabled');
      const longest = await external({ keySpec, keyUsage });
      await bring(longest.keyId, bytes(most));
      const again = await openKeystore({ storage, unlock });
      expect((await again.describeKey({ keyId: longest.keyId })).keyMetadata.keyState).toBe('Enabled');
    },
  );

  it('is what an imported HMAC key computes with', async () => {
    const { keyId } = await external({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    await bring(keyId, MATERIAL);
    const { mac } = keystore.generateMac({ keyId, message: plaintext, macAlgorithm: 'HMAC_SHA_256' });
    expect(Buffer.from(mac)).toEqual(createHmac('sha256', MATERIAL).update(plaintext).digest());
  });
});

describe('an import token', () => {
  const attempt = (
    keyId: string,
    { importToken, publicKey }: Pick<GetParametersForImportResult, 'importToken' | 'publicKey'>,
  ) =>
    keystore.importKeyMaterial({
      keyId,
      importToken,
      encryptedKeyMaterial: wrap(publicKey, 'RSAES_OAEP_SHA_256', MATERIAL),
      ...never,
    });
  const invalid = 'The provided import token is invalid or is associated with a different KMS key.';

  it('is valid for 24 hours by the clock, and not a millisecond longer', async () => {
    const { keyId } = await external();
    const token = await parameters(keyId);
    now += DAY - 1;
    await attempt(keyId, token);
    now += 1;
    await kmsRefusal(
      () => attempt(keyId, token),
      'ExpiredImportTokenException',
      'The specified import token is expired.',
    );
  });

  it('is of one key and no other', async () => {
    const [one, other] = [await external(), await external()];
    const token = await parameters(one.keyId);
    await kmsRefusal(() => attempt(other.keyId, token), 'InvalidImportTokenException', invalid);
    await attempt(one.keyId, token);
  });

  it('is of one keystore and no other, but of every process that opens it', async () => {
    const { keyId } = await external();
    const token = await parameters(keyId);
    const elsewhere = await openKeystore({ storage: memoryStorage(), unlock, clock: () => now });
    const envelope = await keystore.exportKeys({ keyIds: [keyId], unlock });
    await elsewhere.importKeys({ envelope, unlock });
    keystore = elsewhere;
    await kmsRefusal(() => attempt(keyId, token), 'InvalidImportTokenException', invalid);
    keystore = await openKeystore({ storage, unlock, clock: () => now });
    await attempt(keyId, token);
  });

  it('is refused with any byte changed, cut or added', async () => {
    const { keyId, arn } = await external();
    const token = await quickParameters(arn);
    const { importToken } = token;
    const encryptedKeyMaterial = wrap(token.publicKey, 'RSAES_OAEP_SHA_256', MATERIAL);
    const places = [...Array(40).keys(), ...Array.from({ length: 60 }, (_, i) => 40 + i * 19)];
    const wrong = [
      ...[...places, importToken.length - 1]
        .filter((at) => at < importToken.length)
        .map((at, i) => importToken.map((byte, index) => (index === at ? byte ^ (1 << (i % 8)) : byte))),
      ...[1, 29, 45, 54, 55, importToken.length - 1].map((length) => importToken.subarray(0, length)),
      Buffer.concat([importToken, bytes(1)]),
    ];
    for (const changed of wrong) {
      const request = { keyId, importToken: changed, encryptedKeyMaterial, ...never };
      await kmsRefusal(() => keystore.importKeyMaterial(request), 'InvalidImportTokenException', invalid);
    }
    expect(wrong.length).toBeGreaterThan(100);
  });

  it('may be used again, and shows nothing of the private key', async () => {
    const { keyId } = await external();
    const token = await parameters(keyId);
    await attempt(keyId, token);
    await attempt(keyId, token);
    // Every PKCS#8 of RSA has its algorithm's identifier in it.
    const rsaEncryption = Buffer.from('06092a864886f70d010101', 'hex');
    expect(Buffer.from(token.publicKey).includes(rsaEncryption)).toBe(true);
    expect(Buffer.from(token.importToken).includes(rsaEncryption)).toBe(false);
  });
});

describe('a key for imported material', () => {
  it('takes imports while it is disabled, and stays so', async () => {
    const { keyId } = await external();
    await bring(keyId, MATERIAL);
    await keystore.disableKey({ keyId });
    await bring(keyId, MATERIAL);
    expect(await stateOf(keyId)).toBe('Disabled');
    await keystore.deleteImportedKeyMaterial({ keyId });
    expect(await stateOf(keyId)).toBe('PendingImport');
    await bring(keyId, MATERIAL);
    expect(await stateOf(keyId)).toBe('Disabled');
  });

  it('takes none while it is pending deletion, when its material can be deleted all the same', async () => {
    const { keyId, arn } = await external();
    const token = await quickParameters(arn);
    const encryptedKeyMaterial = wrap(token.publicKey, 'RSAES_OAEP_SHA_256', MATERIAL);
    await bring(keyId, MATERIAL);
    await keystore.scheduleKeyDeletion({ keyId });
    const words = `${arn} is pending deletion.`;
    await kmsRefusal(() => parameters(keyId), 'KMSInvalidStateException', words);
    const request = { keyId, importToken: token.importToken, encryptedKeyMaterial, ...never };
    await kmsRefusal(() => keystore.importKeyMaterial(request), 'KMSInvalidStateException', words);
    await keystore.deleteImportedKeyMaterial({ keyId });
    expect(await stateOf(keyId)).toBe('PendingDeletion');
    await keystore.cancelKeyDeletion({ keyId });
    expect(await stateOf(keyId)).toBe('PendingImport');
  });

  it('encrypts nothing before the import and all after it', async () => {
    const { keyId, arn } = await external();
    const words = `${arn} is pending import.`;
    await kmsRefusal(() => keystore.encrypt({ keyId, plaintext }), 'KMSInvalidStateException', words);
    await bring(keyId, MATERIAL);
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });
});

describe('the end of imported material', () => {
  const shape = { importToken: bytes(9), encryptedKeyMaterial: bytes(9) };

  it.each([
    [{}, 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'],
    [
      { expirationModel: 'KEY_MATERIAL_EXPIRES' },
      'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
    ],
    [
      { ...never, validTo: new Date() },
      'The parameter ValidTo cannot be specified for a key with an expiration model of KEY_MATERIAL_DOES_NOT_EXPIRE',
    ],
    [
      { expirationModel: 'none' },
      "1 validation error detected: Value 'none' at 'expirationModel' failed to satisfy constraint: Member must satisfy enum value set: [KEY_MATERIAL_EXPIRES, KEY_MATERIAL_DOES_NOT_EXPIRE]",
    ],
  ])('is a date or never: %o', async (options, message) => {
    const { keyId } = await external();
    const request = { keyId, ...shape, ...options } as ImportKeyMaterialRequest;
    await kmsRefusal(() => keystore.importKeyMaterial(request), 'ValidationException', message);
  });

  it('is a valid Date', async () => {
    const { keyId } = await external();
    const attempt = (validTo: unknown) => keystore.importKeyMaterial({ keyId, ...shape, validTo } as never);
    expect(await thrownBy(() => attempt(now))).toBeInstanceOf(TypeError);
    expect(await thrownBy(() => attempt(new Date(Number.NaN)))).toBeInstanceOf(RangeError);
  });

  it('is in the future, and at most 365 days ahead', async () => {
    const { keyId } = await external();
    const until = (time: number) => bring(keyId, MATERIAL, { validTo: new Date(time) });
    await kmsRefusal(() => until(now), 'ValidationException', 'ValidTo must be in the future');
    await kmsRefusal(
      () => until(now + 365 * DAY + 1),
      'ValidationException',
      'ValidTo must be at most 365 days in the future',
    );
    await until(now + 365 * DAY);
    await until(now + 1);
  });

  it('makes the key wait, and the same material with another date revives it', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL, { validTo: new Date(now + HOUR) });
    expect((await keystore.describeKey({ keyId })).keyMetadata).toMatchObject({
      expirationModel: 'KEY_MATERIAL_EXPIRES',
      validTo: new Date(now + HOUR),
    });
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    now += HOUR - 1;
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    now += 1;
    const words = `${arn} is pending import.`;
    await kmsRefusal(() => keystore.decrypt({ ciphertextBlob }), 'KMSInvalidStateException', words);
    expect(await stateOf(keyId)).toBe('PendingImport');
    await bring(keyId, MATERIAL, { validTo: new Date(now + DAY) });
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    now += DAY;
    await kmsRefusal(() => keystore.decrypt({ ciphertextBlob }), 'KMSInvalidStateException', words);
  });

  it('moves when living material is imported again', async () => {
    const { keyId } = await external();
    await bring(keyId, MATERIAL, { validTo: new Date(now + HOUR) });
    await bring(keyId, MATERIAL, never);
    now += 2 * HOUR;
    const { keyMetadata } = await keystore.describeKey({ keyId });
    expect(keyMetadata).toMatchObject({ keyState: 'Enabled', expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(keyMetadata).not.toHaveProperty('validTo');
  });

  it('is shown while all of it is there: of several, the first time at which one expires', async () => {
    const { keyId } = await external();
    await bring(keyId, MATERIAL, { validTo: new Date(now + HOUR) });
    await bring(keyId, OTHER, { importType: 'NEW_KEY_MATERIAL', ...never });
    await keystore.rotateKeyOnDemand({ keyId });
    const told = async () => (await keystore.describeKey({ keyId })).keyMetadata;
    const first = { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: new Date(now + HOUR) };
    expect(await told()).toMatchObject({ keyState: 'Enabled', ...first });
    await keystore.scheduleKeyDeletion({ keyId });
    expect(await told()).toMatchObject({ keyState: 'PendingDeletion', ...first });
    now += HOUR;
    expect(await told()).not.toHaveProperty('expirationModel');
    expect(await told()).not.toHaveProperty('validTo');
  });
});

describe('imported again', () => {
  it('is the same material only, by its material id, deleted or not', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL);
    const words = `The key material was never imported into ${arn}: only the same can be imported again.`;
    await kmsRefusal(() => bring(keyId, OTHER), 'IncorrectKeyMaterialException', words);
    await keystore.deleteImportedKeyMaterial({ keyId });
    await kmsRefusal(() => bring(keyId, OTHER), 'IncorrectKeyMaterialException', words);
    await bring(keyId, MATERIAL);
    expect(await stateOf(keyId)).toBe('Enabled');
  });

  it('is the material that keyMaterialId names, where that is given', async () => {
    const { keyId, arn } = await external();
    const keyMaterialId = idOf(MATERIAL, arn);
    const first = () => bring(keyId, MATERIAL, { ...never, keyMaterialId });
    const unknown = `The key material was never imported into ${arn}: only the same can be imported again.`;
    await kmsRefusal(first, 'IncorrectKeyMaterialException', unknown);
    await bring(keyId, MATERIAL);
    expect(await first()).toBe(keyMaterialId);
    const other = idOf(OTHER, arn);
    await kmsRefusal(
      () => bring(keyId, MATERIAL, { ...never, keyMaterialId: other }),
      'IncorrectKeyMaterialException',
      `The key material is not the one that the id ${other} names.`,
    );
    await kmsRefusal(
      () => bring(keyId, MATERIAL, { ...never, keyMaterialId, importType: 'NEW_KEY_MATERIAL' }),
      'ValidationException',
      'You cannot specify a KeyMaterialId with ImportType set to NEW_KEY_MATERIAL.',
    );
  });

  it.each(['x'.repeat(64), 'a'.repeat(63), 'A'.repeat(64)])('has an id of 64 hex digits, not %s', async (id) => {
    const { keyId } = await external();
    const { name } = (await thrownBy(() => bring(keyId, MATERIAL, { ...never, keyMaterialId: id }))) as Error;
    expect(name).toBe('ValidationException');
  });

  it('keeps its description unless another is given', async () => {
    const { keyId } = await external();
    const described = async () => {
      const { rotations } = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
      return rotations.map(({ keyMaterialDescription }) => keyMaterialDescription);
    };
    await bring(keyId, MATERIAL, { ...never, keyMaterialDescription: 'from the HSM' });
    await bring(keyId, MATERIAL);
    expect(await described()).toEqual(['from the HSM']);
    await bring(keyId, MATERIAL, { ...never, keyMaterialDescription: '' });
    expect(await described()).toEqual([undefined]);
    await kmsRefusal(
      () => bring(keyId, MATERIAL, { ...never, keyMaterialDescription: 'ü' }),
      'ValidationException',
      "1 validation error detected: Value 'ü' at 'keyMaterialDescription' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_\\s.-]+$",
    );
  });
});

describe('new material for a key that has some', () => {
  const renew = { ...never, importType: 'NEW_KEY_MATERIAL' } as const;

  it('awaits its rotation, and what was sealed before opens afterwards', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL);
    const old = keystore.encrypt({ keyId, plaintext }).ciphertextBlob;
    expect(await bring(keyId, OTHER, renew)).toBe(idOf(OTHER, arn));
    const current = async () => (await keystore.describeKey({ keyId })).keyMetadata.currentKeyMaterialId;
    expect(await current()).toBe(idOf(MATERIAL, arn));
    await keystore.rotateKeyOnDemand({ keyId });
    expect(await current()).toBe(idOf(OTHER, arn));
    expect(keystore.decrypt({ ciphertextBlob: old })).toMatchObject({ plaintext, keyMaterialId: idOf(MATERIAL, arn) });
  });

  it('is refused while another awaits its rotation', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL);
    await bring(keyId, OTHER, renew);
    await kmsRefusal(
      () => bring(keyId, bytes(32, 1), renew),
      'KMSInvalidStateException',
      `New key material (id: ${idOf(bytes(32, 1), arn)}) cannot be imported into KMS key ${arn}, because another key material (id: ${idOf(OTHER, arn)}) is pending rotation.`,
    );
    await bring(keyId, OTHER, { validTo: new Date(now + HOUR) });
  });

  it('takes the place of one that expired or was deleted before its rotation', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL);
    await bring(keyId, OTHER, { ...renew, expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: new Date(now + HOUR) });
    now += HOUR;
    expect(await stateOf(keyId)).toBe('Enabled');
    const keyMaterialId = await bring(keyId, bytes(32, 1), renew);
    expect(await keystore.deleteImportedKeyMaterial({ keyId, keyMaterialId: keyMaterialId as string })).toEqual({
      keyId: arn,
      keyMaterialId,
    });
    await bring(keyId, bytes(32, 2), renew);
    await keystore.rotateKeyOnDemand({ keyId });
    const { rotations } = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
    expect(rotations.map((entry) => entry.keyMaterialId)).toEqual([idOf(MATERIAL, arn), idOf(bytes(32, 2), arn)]);
  });

  it('is not one that it had already', async () => {
    const { keyId, arn } = await external();
    await bring(keyId, MATERIAL);
    await kmsRefusal(
      () => bring(keyId, MATERIAL, renew),
      'IncorrectKeyMaterialException',
      `The key material (id: ${idOf(MATERIAL, arn)}) is already associated with ${arn}.`,
    );
  });

  it('waits for all that was ever in use: one missing version makes the key wait', async () => {
    const { keyId } = await external();
    const first = await bring(keyId, MATERIAL);
    await bring(keyId, OTHER, renew);
    await keystore.rotateKeyOnDemand({ keyId });
    await keystore.deleteImportedKeyMaterial({ keyId, keyMaterialId: first as string });
    expect(await stateOf(keyId)).toBe('PendingImport');
    await bring(keyId, MATERIAL);
    expect(await stateOf(keyId)).toBe('Enabled');
  });

  it('is refused for a multi-Region key', async () => {
    const { keyId, arn } = await external({ multiRegion: true });
    await bring(keyId, MATERIAL, renew);
    await kmsRefusal(
      () => bring(keyId, OTHER, renew),
      'UnsupportedOperationException',
      `${arn} is a multi-Region key, whose key material cannot be changed after the first import.`,
    );
  });

  it('is refused for an HMAC key, which takes the same again and no choice', async () => {
    const { keyId } = await external({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    await bring(keyId, MATERIAL);
    await bring(keyId, MATERIAL);
    const { name } = (await thrownBy(() => bring(keyId, OTHER))) as Error;
    expect(name).toBe('IncorrectKeyMaterialException');
    for (const choice of [
      renew,
      { ...never, keyMaterialId: 'a'.repeat(64) },
      { ...never, keyMaterialDescription: 'x' },
    ]) {
      await kmsRefusal(
        () => bring(keyId, OTHER, choice),
        'ValidationException',
        'ImportType, KeyMaterialId and KeyMaterialDescription are valid only for symmetric encryption keys.',
      );
    }
  });
});

describe('the same bytes', () => {
  const hmac = { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' } as const;
  const shared = (from: string, usage: string, into: string) =>
    `The key material is that of ${from}, whose key usage is ${usage}: the same bytes cannot be imported into a ${into} key.`;

  it('are refused in an HMAC key and an encryption key, erased ones too', async () => {
    const [encryption, mac] = [await external(), await external(hmac)];
    await bring(encryption.keyId, MATERIAL);
    await bring(mac.keyId, OTHER);
    const intoMac = shared(encryption.arn, 'ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC');
    const intoEncryption = shared(mac.arn, 'GENERATE_VERIFY_MAC', 'ENCRYPT_DECRYPT');
    const attempts = async () => {
      const [freshMac, freshEncryption] = [await external(hmac), await external()];
      await kmsRefusal(() => bring(freshMac.keyId, MATERIAL), 'IncorrectKeyMaterialException', intoMac);
      await kmsRefusal(() => bring(freshEncryption.keyId, OTHER), 'IncorrectKeyMaterialException', intoEncryption);
    };
    await attempts();
    for (const { keyId } of [encryption, mac]) await keystore.deleteImportedKeyMaterial({ keyId });
    await attempts();
  });

  it.each(['HMAC_224', 'HMAC_256'] as const)('are refused where an %s key holds them', async (keySpec) => {
    const [encryption, mac] = [await external(), await external({ keySpec, keyUsage: 'GENERATE_VERIFY_MAC' })];
    await bring(mac.keyId, MATERIAL);
    await kmsRefusal(
      () => bring(encryption.keyId, MATERIAL),
      'IncorrectKeyMaterialException',
      shared(mac.arn, 'GENERATE_VERIFY_MAC', 'ENCRYPT_DECRYPT'),
    );
  });

  it('may serve two keys of one usage, whose ciphertexts stay apart', async () => {
    const [one, other] = [await external(), await external()];
    await bring(one.keyId, MATERIAL);
    await bring(other.keyId, MATERIAL);
    const { ciphertextBlob } = keystore.encrypt({ keyId: one.keyId, plaintext });
    expect(keystore.decrypt({ ciphertextBlob }).keyId).toBe(one.arn);
    const { name } = (await thrownBy(() => keystore.decrypt({ ciphertextBlob, keyId: other.keyId }))) as Error;
    expect(name).toBe('IncorrectKeyException');
  });
});

describe('deleteImportedKeyMaterial', () => {
  it('erases what is current, again without harm, and a key without any has nothing to name', async () => {
    const { keyId, arn } = await external();
    expect(await keystore.deleteImportedKeyMaterial({ keyId })).toEqual({ keyId: arn });
    const keyMaterialId = await bring(keyId, MATERIAL);
    for (let i = 0; i < 2; i++) {
      expect(await keystore.deleteImportedKeyMaterial({ keyId })).toEqual({ keyId: arn, keyMaterialId });
      expect(await stateOf(keyId)).toBe('PendingImport');
    }
  });

  it('refuses an id that the key does not have', async () => {
    const { keyId, arn } = await external();
    const keyMaterialId = 'a'.repeat(64);
    await kmsRefusal(
      () => keystore.deleteImportedKeyMaterial({ keyId, keyMaterialId }),
      'NotFoundException',
      `Key material (id: ${keyMaterialId}) is not associated with KMS key ${arn}.`,
    );
  });
});

describe('material that is gone', () => {
  /** A store on the same storage, whose memory shows. */
  async function watcher(): Promise<Store> {
    const rest = { minimumGeneration: 0, randomness: SYSTEM, diagnostics: false, clock: () => now };
    const firstState = () => expect.fail('it is there already');
    return Store.open({ storage, unlock: parseUnlock(unlock), firstState, ...rest });
  }
  const stored = async () => unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);

  it.each([
    ['deletion', async (keyId: string) => void (await keystore.deleteImportedKeyMaterial({ keyId }))],
    [
      'expiry and the next commit',
      async () => {
        now += HOUR;
        await keystore.createKey();
      },
    ],
  ])('is erased from file and memory by %s', async (_, erase) => {
    const { keyId } = await external();
    const id = (await bring(keyId, MATERIAL, { validTo: new Date(now + HOUR) })) as string;
    const store = await watcher();
    const material = store.current().materials.get(id)?.blobKey?.material;
    expect(material).toEqual(MATERIAL);
    expect((await stored()).materials.get(id)?.wrapped).toBeInstanceOf(Uint8Array);
    await erase(keyId);
    await store.refresh();
    expect(material).toEqual(bytes(32, 0));
    expect(store.current().materials.get(id)).toMatchObject({ blobKey: undefined, wrapped: undefined });
    expect((await stored()).state.keys.get(keyId)?.materials[0]?.wrapped).toBeUndefined();
  });
});
