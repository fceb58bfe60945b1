/**
 * What is refused, by which exception, in which words: one row for each text. The texts about the shape of a request
 * that has no other suite, its key, and the states of keys are in `shape.test.ts`, `refusals.test.ts` and
 * `key-states.test.ts`; those that need several steps are with their subject.
 */

import { awsName, type Members } from '@securestring/service';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore, KmsExceptionName } from '../src/index.ts';
import { OPERATIONS, type OperationName } from '../src/operations.ts';
import { ALL_FACTS, type Facts, type Prepared, prepare } from './operations.ts';
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
        'satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ECC_NIST_EDWARDS25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024]',
      ),
    ),
    invalid(
      'a usage that AWS does not know',
      () => keystore.createKey({ keyUsage: 'PRAY' } as never),
      validation(
        "Value 'PRAY' at 'keyUsage'",
        'satisfy enum value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]',
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

/** The member of a request that names a key, and where its faults say it is. */
function keyMember(name: OperationName): {
  readonly member: string;
  readonly place: string;
  readonly isOptional: boolean;
} {
  const { request }: { readonly request: Members } = OPERATIONS[name];
  const member = KEY_MEMBERS.find((each) => request[each] !== undefined) ?? '';
  return {
    member,
    place: member === 'keyIds' ? 'keyIds.1.member' : member,
    isOptional: request[member]?.isOptional === true,
  };
}
const KEY_MEMBERS = ['destinationKeyId', 'targetKeyId', 'keyId', 'keyIds'];

describe('the name of a key', () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await prepare(keystore);
  });
  const naming = ({ call, subject = 'keyId' }: Facts, id: string) => call(keystore, { ...prepared, [subject]: id });
  const taking = (...forms: Facts['names'][]) => ALL_FACTS.filter(([, { names }]) => forms.includes(names));

  it.each(ALL_FACTS)('%s has one, if its row says so', (name, { names }) => {
    expect(names !== 'none').toBe(keyMember(name).member !== '');
  });

  it.each(taking('all'))('%s takes an alias', async (_, facts) => {
    const target = prepared[facts.subject ?? 'keyId'];
    const aliasName = `alias/of-${target}`;
    const isThere = (await keystore.listAliases()).aliases.some((alias) => alias.aliasName === aliasName);
    if (!isThere) await keystore.createAlias({ aliasName, targetKeyId: target });
    for (const id of [aliasName, `${ARN}:${aliasName}`, `${ARN}:key/${target}`]) await naming(facts, id);
  });

  it.each(taking('no alias'))('%s takes no alias', async (name, facts) => {
    for (const id of ['alias/app', `${ARN}:alias/app`]) {
      if (keyMember(name).member === 'targetKeyId') {
        await kmsRefusal(() => naming(facts, id), 'ValidationException', 'Aliases must refer to keys. Not aliases');
      } else {
        await kmsRefusal(() => naming(facts, id), 'NotFoundException', `Invalid keyId '${id}'`);
      }
    }
  });

  it.each(taking('all', 'no alias'))('%s refuses a key that is not there', async (_, facts) => {
    const notFound = (id: string, words: string) => kmsRefusal(() => naming(facts, id), 'NotFoundException', words);
    await notFound('fake-key-id', "Invalid keyId 'fake-key-id'");
    for (const id of [ABSENT, `${ARN}:key/${ABSENT}`]) await notFound(id, `Key '${ARN}:key/${ABSENT}' does not exist`);
    await notFound(`arn:aws:kms:eu-west-1:000000000000:key/${ABSENT}`, 'Invalid arn eu-west-1');
  });

  it.each(taking('all', 'no alias'))('%s takes a text of 1 to 2048 characters', async (name, facts) => {
    const { place, isOptional } = keyMember(name);
    const refused = (id: unknown, words: string) =>
      kmsRefusal(() => naming(facts, id as string), 'ValidationException', words);
    if (!isOptional) await refused(undefined, validation(`Value null at '${place}'`, 'not be null'));
    await refused('', validation(`Value '' at '${place}'`, 'have length greater than or equal to 1'));
    await refused(
      long(2049),
      validation(`Value '${long(2049)}' at '${place}'`, 'have length less than or equal to 2048'),
    );
    expect(await thrownBy(() => naming(facts, 1 as never))).toBeInstanceOf(TypeError);
  });

  /** Operations that change nothing stored, and refuse a key that AWS manages all the same. */
  const READS = ['getParametersForImport', 'exportKeys'];
  /** Changes that the policy of that key leaves to the account. It has no grants. */
  const LEFT = ['retireGrant', 'revokeGrant'];

  it.each(taking('no alias'))('%s refuses a key that AWS manages, unless it only reads', async (name, facts) => {
    const { arn, keyId: id } = (await keystore.describeKey({ keyId: 'alias/aws/ssm' })).keyMetadata;
    if (OPERATIONS[name].readOnly && !READS.includes(name)) {
      await naming(facts, id);
    } else if (keyMember(name).member === 'targetKeyId') {
      await kmsRefusal(() => naming(facts, id), 'NotAuthorizedException', '');
    } else if (LEFT.includes(name)) {
      const error = await thrownBy(() => naming(facts, id));
      expect(error).toMatchObject({
        name: 'NotFoundException',
        message: expect.stringMatching(/^Grant [0-9a-f]{64} of /),
      });
    } else {
      const action = `kms:${awsName(name)}`;
      await kmsRefusal(
        () => naming(facts, id),
        'AccessDeniedException',
        `User: arn:aws:iam::000000000000:root is not authorized to perform: ${action} on resource: ${arn} because no resource-based policy allows the ${action} action`,
      );
    }
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
