/**
 * What is refused, by which exception, in which words: one row for each text. The texts about the shape of a request
 * that has no other suite, its key, and the states of keys are in `shape.test.ts`, `refusals.test.ts` and
 * `key-states.test.ts`; those that need several steps are with their subject.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore, KmsExceptionName } from '../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, utf8 } from './support.ts';

const ARN = 'arn:aws:kms:us-east-1:000000000000';
const ABSENT = '11111111-2222-3333-4444-555555555555';
const message = utf8('a message');
const macAlgorithm = 'HMAC_SHA_256';
const long = (length: number) => 'a'.repeat(length);
const validation = (what: string, constraint: string) =>
  `1 validation error detected: ${what} failed to satisfy constraint: Member must ${constraint}`;
const tags = (...tagKeys: string[]) => tagKeys.map((tagKey) => ({ tagKey, tagValue: '' }));

let keystore: Keystore;
let keyId: string;
let macKeyId: string;
let macKeyArn: string;

beforeAll(async () => {
  keystore = await openInMemory();
  ({ keyId } = await makeKey(keystore));
  const { keyMetadata } = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
  ({ keyId: macKeyId, arn: macKeyArn } = keyMetadata);
  await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
});

type Row = readonly [what: string, call: () => unknown, name: KmsExceptionName, message: string];

function refusals(subject: string, rows: readonly Row[]): void {
  it.each(rows)(`${subject}: %s`, async (_, call, name, words) => {
    await kmsRefusal(call, name, words);
  });
}

/** Rows of a `ValidationException`. */
const invalid = (what: string, call: () => unknown, words: string): Row => [what, call, 'ValidationException', words];

describe('the words for', () => {
  refusals('scheduleKeyDeletion', [
    invalid(
      'fewer than 7 days',
      () => keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 6 }),
      validation("Value '6' at 'pendingWindowInDays'", 'have value greater than or equal to 7'),
    ),
    invalid(
      'more than 30 days',
      () => keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 31 }),
      validation("Value '31' at 'pendingWindowInDays'", 'have value less than or equal to 30'),
    ),
  ]);

  refusals('rotation', [
    invalid(
      'fewer than 90 days',
      () => keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 89 }),
      validation("Value '89' at 'rotationPeriodInDays'", 'have value greater than or equal to 90'),
    ),
    invalid(
      'more than 2560 days',
      () => keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 2561 }),
      validation("Value '2561' at 'rotationPeriodInDays'", 'have value less than or equal to 2560'),
    ),
    invalid(
      'a choice of materials that AWS does not know',
      () => keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL' as never }),
      validation("Value 'ALL' at 'includeKeyMaterial'", 'satisfy enum value set: [ALL_KEY_MATERIAL, ROTATIONS_ONLY]'),
    ),
    invalid(
      'a page of more than 1000',
      () => keystore.listKeyRotations({ keyId, limit: 1001 }),
      validation("Value '1001' at 'limit'", 'have value less than or equal to 1000'),
    ),
    [
      'a marker that none of the pages had',
      () => keystore.listKeyRotations({ keyId, marker: '%' }),
      'InvalidMarkerException',
      "Could not deserialize marker '%'",
    ],
  ]);

  refusals('updateKeyDescription', [
    invalid(
      '8193 characters',
      () => keystore.updateKeyDescription({ keyId, description: long(8193) }),
      validation(`Value '${long(8193)}' at 'description'`, 'have length less than or equal to 8192'),
    ),
    invalid(
      'no description at all',
      () => keystore.updateKeyDescription({ keyId } as never),
      validation("Value null at 'description'", 'not be null'),
    ),
  ]);

  refusals('tags', [
    [
      'the same key twice',
      () => keystore.tagResource({ keyId, tags: tags('a', 'b', 'a') }),
      'TagException',
      'Duplicate tag keys',
    ],
    [
      'the same key twice, of a new key',
      () => keystore.createKey({ tags: tags('a', 'a') }),
      'TagException',
      'Duplicate tag keys',
    ],
    [
      '51 of them',
      () => keystore.tagResource({ keyId, tags: tags(...Array.from({ length: 51 }, (_, i) => `k${i}`)) }),
      'TagException',
      'Too many tags',
    ],
    [
      '51 of them, of a new key',
      () => keystore.createKey({ tags: tags(...Array.from({ length: 51 }, (_, i) => `k${i}`)) }),
      'TagException',
      'Too many tags',
    ],
    [
      'a key of AWS’s',
      () => keystore.tagResource({ keyId, tags: tags('aws:x') }),
      'TagException',
      'Tags beginning with aws: are reserved',
    ],
    [
      'one in capitals',
      () => keystore.tagResource({ keyId, tags: tags('AWS:') }),
      'TagException',
      'Tags beginning with aws: are reserved',
    ],
    [
      'one of a new key',
      () => keystore.createKey({ tags: tags('aws:x') }),
      'TagException',
      'Tags beginning with aws: are reserved',
    ],
    invalid(
      'an empty key',
      () => keystore.tagResource({ keyId, tags: tags('') }),
      validation("Value '' at 'tags.1.member.tagKey'", 'have length greater than or equal to 1'),
    ),
    invalid(
      'a key of 129 characters',
      () => keystore.tagResource({ keyId, tags: tags(long(129)) }),
      validation(`Value '${long(129)}' at 'tags.1.member.tagKey'`, 'have length less than or equal to 128'),
    ),
    invalid(
      'a value of 257 characters',
      () => keystore.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: long(257) }] }),
      validation(`Value '${long(257)}' at 'tags.1.member.tagValue'`, 'have length less than or equal to 256'),
    ),
    invalid(
      'no value',
      () => keystore.tagResource({ keyId, tags: [{ tagKey: 'a' } as never] }),
      validation("Value null at 'tags.1.member.tagValue'", 'not be null'),
    ),
    invalid(
      'no tags',
      () => keystore.tagResource({ keyId } as never),
      validation("Value null at 'tags'", 'not be null'),
    ),
    invalid(
      'no keys to take away',
      () => keystore.untagResource({ keyId } as never),
      validation("Value null at 'tagKeys'", 'not be null'),
    ),
  ]);

  refusals('MACs', [
    invalid(
      'no message byte',
      () => keystore.generateMac({ keyId: macKeyId, message: new Uint8Array(0), macAlgorithm }),
      validation("Value at 'message'", 'have length greater than or equal to 1'),
    ),
    invalid(
      '4097 bytes of message',
      () => keystore.verifyMac({ keyId: macKeyId, message: new Uint8Array(4097), macAlgorithm, mac: message }),
      validation("Value at 'message'", 'have length less than or equal to 4096'),
    ),
    invalid(
      'an algorithm that AWS does not know',
      () => keystore.generateMac({ keyId: macKeyId, message, macAlgorithm: 'HMAC_MD5' as never }),
      validation(
        "Value 'HMAC_MD5' at 'macAlgorithm'",
        'satisfy enum value set: [HMAC_SHA_224, HMAC_SHA_256, HMAC_SHA_384, HMAC_SHA_512]',
      ),
    ),
    invalid(
      'no byte of MAC',
      () => keystore.verifyMac({ keyId: macKeyId, message, macAlgorithm, mac: new Uint8Array(0) }),
      validation("Value at 'mac'", 'have length greater than or equal to 1'),
    ),
    invalid(
      '6145 bytes of MAC',
      () => keystore.verifyMac({ keyId: macKeyId, message, macAlgorithm, mac: new Uint8Array(6145) }),
      validation("Value at 'mac'", 'have length less than or equal to 6144'),
    ),
  ]);

  refusals('createKey', [
    invalid(
      'a spec that AWS does not know',
      () => keystore.createKey({ keySpec: 'HMAC_1' } as never),
      validation(
        "Value 'HMAC_1' at 'keySpec'",
        'satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2]',
      ),
    ),
    invalid(
      'a usage that AWS does not know',
      () => keystore.createKey({ keyUsage: 'PRAY' } as never),
      validation(
        "Value 'PRAY' at 'keyUsage'",
        'satisfy enum value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT]',
      ),
    ),
    invalid(
      'a usage of other kinds of key',
      () => keystore.createKey({ keyUsage: 'SIGN_VERIFY' } as never),
      'KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT',
    ),
    invalid(
      'an origin that AWS does not know',
      () => keystore.createKey({ origin: 'HEAVEN' } as never),
      validation(
        "Value 'HEAVEN' at 'origin'",
        'satisfy enum value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]',
      ),
    ),
    [
      'an origin that is not supported',
      () => keystore.createKey({ origin: 'AWS_CLOUDHSM' } as never),
      'UnsupportedOperationException',
      'Origin AWS_CLOUDHSM is not supported: use AWS_KMS, or EXTERNAL to import the key material.',
    ],
  ]);

  it('an alias that goes to another kind of key', async () => {
    await kmsRefusal(
      () => keystore.updateAlias({ aliasName: 'alias/app', targetKeyId: macKeyId }),
      'ValidationException',
      `alias/app names a key for ENCRYPT_DECRYPT; it can be given to a key of the same type and usage only, and ${macKeyArn} is for GENERATE_VERIFY_MAC.`,
    );
    expect((await keystore.describeKey({ keyId: 'alias/app' })).keyMetadata.keyId).toBe(keyId);
  });
});

describe('where AWS takes a key id or a key ARN only', () => {
  const operations: readonly [string, (id: string) => unknown][] = [
    ['enableKey', (id) => keystore.enableKey({ keyId: id })],
    ['disableKey', (id) => keystore.disableKey({ keyId: id })],
    ['scheduleKeyDeletion', (id) => keystore.scheduleKeyDeletion({ keyId: id })],
    ['cancelKeyDeletion', (id) => keystore.cancelKeyDeletion({ keyId: id })],
    ['updateKeyDescription', (id) => keystore.updateKeyDescription({ keyId: id, description: '' })],
    ['enableKeyRotation', (id) => keystore.enableKeyRotation({ keyId: id })],
    ['disableKeyRotation', (id) => keystore.disableKeyRotation({ keyId: id })],
    ['getKeyRotationStatus', (id) => keystore.getKeyRotationStatus({ keyId: id })],
    ['rotateKeyOnDemand', (id) => keystore.rotateKeyOnDemand({ keyId: id })],
    ['listKeyRotations', (id) => keystore.listKeyRotations({ keyId: id })],
    ['tagResource', (id) => keystore.tagResource({ keyId: id, tags: tags('a') })],
    ['untagResource', (id) => keystore.untagResource({ keyId: id, tagKeys: ['a'] })],
    ['listResourceTags', (id) => keystore.listResourceTags({ keyId: id })],
  ];

  it.each(operations)('%s takes no alias, and no key that is not there', async (_, call) => {
    const notFound = (id: string, words: string) => kmsRefusal(() => call(id), 'NotFoundException', words);
    for (const id of ['alias/app', `${ARN}:alias/app`, 'fake-key-id']) await notFound(id, `Invalid keyId '${id}'`);
    for (const id of [ABSENT, `${ARN}:key/${ABSENT}`]) await notFound(id, `Key '${ARN}:key/${ABSENT}' does not exist`);
    await notFound(`arn:aws:kms:eu-west-1:000000000000:key/${ABSENT}`, 'Invalid arn eu-west-1');
  });

  it.each(operations)('%s takes a text of 1 to 2048 characters', async (_, call) => {
    const refused = (id: unknown, words: string) => kmsRefusal(() => call(id as string), 'ValidationException', words);
    await refused(undefined, validation("Value null at 'keyId'", 'not be null'));
    await refused('', validation("Value '' at 'keyId'", 'have length greater than or equal to 1'));
    await refused(long(2049), validation(`Value '${long(2049)}' at 'keyId'`, 'have length less than or equal to 2048'));
    expect(await thrownBy(() => call(1 as never))).toBeInstanceOf(TypeError);
  });
});

describe('numbers of days', () => {
  it.each<[string, unknown, typeof TypeError | typeof RangeError]>([
    ['as text', '30', TypeError],
    ['with a fraction', 90.5, RangeError],
  ])('%s are misuse', async (_, days, kind) => {
    const wrong = days as number;
    expect(await thrownBy(() => keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: wrong }))).toBeInstanceOf(
      kind,
    );
    expect(await thrownBy(() => keystore.enableKeyRotation({ keyId, rotationPeriodInDays: wrong }))).toBeInstanceOf(
      kind,
    );
  });
});
