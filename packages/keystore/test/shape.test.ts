/** The shape of a request: which faults of it are refused, in which words. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore, KmsExceptionName } from '../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const long = (length: number) => 'a'.repeat(length);

let keystore: Keystore;
let keyId: string;
let blob: Uint8Array;

beforeAll(async () => {
  keystore = await openInMemory();
  ({ keyId } = await makeKey(keystore));
  blob = keystore.encrypt({ keyId, plaintext }).ciphertextBlob;
});

/** A request, by whatever a caller without types could send. */
type Call = (keystore: Keystore) => unknown;
type Row = readonly [what: string, call: Call, name: KmsExceptionName, message: string];

const validation = (what: string, constraint: string) =>
  `1 validation error detected: ${what} failed to satisfy constraint: Member must ${constraint}`;

describe('the shape of a request', () => {
  const rows: Row[] = [
    [
      'encrypt: no plaintext byte',
      (k) => k.encrypt({ keyId, plaintext: new Uint8Array(0) }),
      'ValidationException',
      validation("Value at 'plaintext'", 'have length greater than or equal to 1'),
    ],
    [
      'encrypt: 4097 bytes of plaintext',
      (k) => k.encrypt({ keyId, plaintext: new Uint8Array(4097) }),
      'ValidationException',
      validation("Value at 'plaintext'", 'have length less than or equal to 4096'),
    ],
    [
      'encrypt: no plaintext at all',
      (k) => k.encrypt({ keyId } as never),
      'ValidationException',
      validation("Value null at 'plaintext'", 'not be null'),
    ],
    [
      'encrypt: no key id',
      (k) => k.encrypt({ plaintext } as never),
      'ValidationException',
      validation("Value null at 'keyId'", 'not be null'),
    ],
    [
      'encrypt: an empty key id',
      (k) => k.encrypt({ keyId: '', plaintext }),
      'ValidationException',
      validation("Value '' at 'keyId'", 'have length greater than or equal to 1'),
    ],
    [
      'encrypt: 2049 characters of key id',
      (k) => k.encrypt({ keyId: long(2049), plaintext }),
      'ValidationException',
      validation(`Value '${long(2049)}' at 'keyId'`, 'have length less than or equal to 2048'),
    ],
    [
      'encrypt: an algorithm that AWS does not know',
      (k) => k.encrypt({ keyId, plaintext, encryptionAlgorithm: 'ROT13' as never }),
      'ValidationException',
      validation(
        "Value 'ROT13' at 'encryptionAlgorithm'",
        'satisfy enum value set: [RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SYMMETRIC_DEFAULT, SM2PKE]',
      ),
    ],
    [
      'decrypt: no ciphertext byte',
      (k) => k.decrypt({ ciphertextBlob: new Uint8Array(0) }),
      'ValidationException',
      validation("Value at 'ciphertextBlob'", 'have length greater than or equal to 1'),
    ],
    [
      'decrypt: 6145 bytes of ciphertext',
      (k) => k.decrypt({ ciphertextBlob: new Uint8Array(6145) }),
      'ValidationException',
      validation("Value at 'ciphertextBlob'", 'have length less than or equal to 6144'),
    ],
    [
      'decrypt: an empty key id',
      (k) => k.decrypt({ ciphertextBlob: blob, keyId: '' }),
      'ValidationException',
      validation("Value '' at 'keyId'", 'have length greater than or equal to 1'),
    ],
    [
      'reEncrypt: no destination',
      (k) => k.reEncrypt({ ciphertextBlob: blob } as never),
      'ValidationException',
      validation("Value null at 'destinationKeyId'", 'not be null'),
    ],
    [
      'generateDataKey: neither length',
      (k) => k.generateDataKey({ keyId }),
      'ValidationException',
      'Please specify either number of bytes or key spec.',
    ],
    [
      'generateDataKey: both lengths',
      (k) => k.generateDataKey({ keyId, numberOfBytes: 32, keySpec: 'AES_256' }),
      'ValidationException',
      'Please specify either number of bytes or key spec.',
    ],
    [
      'generateDataKey: no bytes',
      (k) => k.generateDataKey({ keyId, numberOfBytes: 0 }),
      'ValidationException',
      validation("Value '0' at 'numberOfBytes'", 'have value greater than or equal to 1'),
    ],
    [
      'generateDataKeyWithoutPlaintext: 1025 bytes',
      (k) => k.generateDataKeyWithoutPlaintext({ keyId, numberOfBytes: 1025 }),
      'ValidationException',
      validation("Value '1025' at 'numberOfBytes'", 'have value less than or equal to 1024'),
    ],
    [
      'generateDataKey: a key spec that AWS does not know',
      (k) => k.generateDataKey({ keyId, keySpec: 'AES_512' as never }),
      'ValidationException',
      validation("Value 'AES_512' at 'keySpec'", 'satisfy enum value set: [AES_256, AES_128]'),
    ],
    [
      'generateDataKey: a key spec that objects have',
      (k) => k.generateDataKey({ keyId, keySpec: 'constructor' as never }),
      'ValidationException',
      validation("Value 'constructor' at 'keySpec'", 'satisfy enum value set: [AES_256, AES_128]'),
    ],
    [
      'generateRandom: no length',
      (k) => k.generateRandom({} as never),
      'ValidationException',
      'NumberOfBytes is required.',
    ],
    [
      'generateRandom: 1025 bytes',
      (k) => k.generateRandom({ numberOfBytes: 1025 }),
      'ValidationException',
      validation("Value '1025' at 'numberOfBytes'", 'have value less than or equal to 1024'),
    ],
    [
      'createKey: 8193 characters of description',
      (k) => k.createKey({ description: long(8193) }),
      'ValidationException',
      validation(`Value '${long(8193)}' at 'description'`, 'have length less than or equal to 8192'),
    ],
    [
      'createKey: a kind of key that is not supported',
      (k) => k.createKey({ keySpec: 'RSA_2048' } as never),
      'UnsupportedOperationException',
      'KeySpec RSA_2048 is not supported: only keys for symmetric encryption and HMAC keys are.',
    ],
    [
      'createAlias: a name without its prefix',
      (k) => k.createAlias({ aliasName: 'app', targetKeyId: keyId }),
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    [
      'createAlias: a prefix without its name',
      (k) => k.createAlias({ aliasName: 'alias/', targetKeyId: keyId }),
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    [
      'createAlias: a character that is not allowed',
      (k) => k.createAlias({ aliasName: 'alias/a b', targetKeyId: keyId }),
      'ValidationException',
      validation("Value 'alias/a b' at 'aliasName'", 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$'),
    ],
    [
      'createAlias: 257 characters',
      (k) => k.createAlias({ aliasName: `alias/${long(251)}`, targetKeyId: keyId }),
      'ValidationException',
      validation(`Value 'alias/${long(251)}' at 'aliasName'`, 'have length less than or equal to 256'),
    ],
    [
      'listKeys: a limit of 0',
      (k) => k.listKeys({ limit: 0 }),
      'ValidationException',
      validation("Value '0' at 'limit'", 'have value greater than or equal to 1'),
    ],
    [
      'listAliases: a limit of 1001',
      (k) => k.listAliases({ limit: 1001 }),
      'ValidationException',
      validation("Value '1001' at 'limit'", 'have value less than or equal to 1000'),
    ],
    [
      'listKeys: a marker that none of the pages had',
      (k) => k.listKeys({ marker: '%%%' }),
      'InvalidMarkerException',
      "Could not deserialize marker '%%%'",
    ],
  ];

  it.each(rows)('%s', async (_, call, name, message) => {
    await kmsRefusal(() => call(keystore), name, message);
  });

  const misuse: [string, typeof TypeError | typeof RangeError, Call][] = [
    ['a plaintext that is text', TypeError, (k) => k.encrypt({ keyId, plaintext: 'text' as never })],
    [
      'a plaintext in shared memory',
      TypeError,
      (k) => k.encrypt({ keyId, plaintext: new Uint8Array(new SharedArrayBuffer(4)) }),
    ],
    ['a ciphertext that is base64', TypeError, (k) => k.decrypt({ ciphertextBlob: 'AQ==' as never })],
    ['a key id that is a number', TypeError, (k) => k.encrypt({ keyId: 1 as never, plaintext })],
    ['a length that is text', TypeError, (k) => k.generateRandom({ numberOfBytes: '16' as never })],
    ['a length that is not whole', RangeError, (k) => k.generateRandom({ numberOfBytes: 1.5 })],
    [
      'an algorithm that is a number',
      TypeError,
      (k) => k.decrypt({ ciphertextBlob: blob, encryptionAlgorithm: 1 as never }),
    ],
  ];

  it.each(misuse)('%s is misuse', async (_, kind, call) => {
    expect(await thrownBy(() => call(keystore))).toBeInstanceOf(kind);
  });
});
