/** What is refused of a well-formed request, in which words, and which first: key, state, usage, bytes. */

import { beforeAll, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { type Keystore, memoryStorage, openKeystore } from '../src/index.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, unlock, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const ARN = 'arn:aws:kms:us-east-1:000000000000';
const ABSENT = '11111111-2222-3333-4444-555555555555';
const long = (length: number) => 'a'.repeat(length);

let keystore: Keystore;
let keyId: string;
let keyArn: string;
let blob: Uint8Array;

beforeAll(async () => {
  keystore = await openInMemory();
  ({ keyId, arn: keyArn } = await makeKey(keystore));
  await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
  blob = keystore.encrypt({ keyId, plaintext }).ciphertextBlob;
});

/** A request, by whatever a caller without types could send. */
type Call = (keystore: Keystore) => unknown;

const validation = (what: string, constraint: string) =>
  `1 validation error detected: ${what} failed to satisfy constraint: Member must ${constraint}`;

describe('the key of a request', () => {
  const rows: readonly [string, string, string][] = [
    ['a text of no form', 'fake-key-id', "Invalid keyId 'fake-key-id'"],
    ['a UUID without dashes', ABSENT.replaceAll('-', ''), `Invalid keyId '${ABSENT.replaceAll('-', '')}'`],
    ['an unknown key id', ABSENT, `Key '${ARN}:key/${ABSENT}' does not exist`],
    ['an unknown multi-Region id', `mrk-${long(32)}`, `Key '${ARN}:key/mrk-${long(32)}' does not exist`],
    ['an unknown key ARN', `${ARN}:key/${ABSENT}`, `Key '${ARN}:key/${ABSENT}' does not exist`],
    [
      'another account',
      `arn:aws:kms:us-east-1:111111111111:key/${ABSENT}`,
      `Key 'arn:aws:kms:us-east-1:111111111111:key/${ABSENT}' does not exist`,
    ],
    ['another Region', `arn:aws:kms:eu-west-1:000000000000:key/${ABSENT}`, 'Invalid arn eu-west-1'],
    ['an alias of another Region', 'arn:aws:kms:eu-west-1:000000000000:alias/app', 'Invalid arn eu-west-1'],
    ['an unknown alias', 'alias/none', `Alias ${ARN}:alias/none is not found.`],
    ['an unknown alias ARN', `${ARN}:alias/none`, `Alias ${ARN}:alias/none is not found.`],
    ['an ARN of something else', 'arn:aws:s3:::bucket', "Invalid keyId 'arn:aws:s3:::bucket'"],
    ['a name that objects have', '__proto__', "Invalid keyId '__proto__'"],
  ];
  const calls: readonly [string, (keystore: Keystore, keyId: string) => unknown][] = [
    ['encrypt', (k, id) => k.encrypt({ keyId: id, plaintext })],
    ['decrypt', (k, id) => k.decrypt({ keyId: id, ciphertextBlob: blob })],
    ['reEncrypt from', (k, id) => k.reEncrypt({ sourceKeyId: id, destinationKeyId: keyId, ciphertextBlob: blob })],
    ['reEncrypt to', (k, id) => k.reEncrypt({ destinationKeyId: id, ciphertextBlob: blob })],
    ['generateDataKey', (k, id) => k.generateDataKey({ keyId: id, numberOfBytes: 1 })],
    ['generateDataKeyWithoutPlaintext', (k, id) => k.generateDataKeyWithoutPlaintext({ keyId: id, numberOfBytes: 1 })],
    ['describeKey', (k, id) => k.describeKey({ keyId: id })],
  ];

  describe.each(calls)('%s', (_, call) => {
    it.each(rows)('refuses %s', async (_what, id, message) => {
      await kmsRefusal(() => call(keystore, id), 'NotFoundException', message);
    });
  });
});

describe('the state of a key', () => {
  async function disabledKey() {
    const own = await openInMemory();
    const { arn } = await makeKey(own);
    await own.disableKey({ keyId: arn });
    return { keystore: own, arn };
  }

  it('is looked at after the shape and before the usage and the bytes', async () => {
    const { keystore: changed, arn } = await disabledKey();
    const words = `${arn} is disabled.`;
    const encryptionAlgorithm = 'RSAES_OAEP_SHA_1' as never;
    const rubbish = Uint8Array.of(1);
    await kmsRefusal(() => changed.decrypt({ keyId: arn, ciphertextBlob: rubbish }), 'DisabledException', words);
    await kmsRefusal(() => changed.encrypt({ keyId: arn, plaintext, encryptionAlgorithm }), 'DisabledException', words);
    await kmsRefusal(
      () => changed.decrypt({ keyId: arn, ciphertextBlob: new Uint8Array(0) }),
      'ValidationException',
      validation("Value at 'ciphertextBlob'", 'have length greater than or equal to 1'),
    );
  });
});

describe('the usage of a key', () => {
  it('is symmetric: another algorithm of AWS is refused after the key was found', async () => {
    const encryptionAlgorithm = 'RSAES_OAEP_SHA_256' as never;
    const words = 'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.';
    const calls: Call[] = [
      (k) => k.encrypt({ keyId, plaintext, encryptionAlgorithm }),
      (k) => k.decrypt({ ciphertextBlob: blob, encryptionAlgorithm }),
      (k) =>
        k.reEncrypt({ ciphertextBlob: blob, destinationKeyId: keyArn, sourceEncryptionAlgorithm: encryptionAlgorithm }),
      (k) =>
        k.reEncrypt({
          ciphertextBlob: blob,
          destinationKeyId: keyArn,
          destinationEncryptionAlgorithm: encryptionAlgorithm,
        }),
    ];
    for (const call of calls) await kmsRefusal(() => call(keystore), 'InvalidKeyUsageException', words);
    await kmsRefusal(
      () => keystore.encrypt({ keyId: 'alias/none', plaintext, encryptionAlgorithm }),
      'NotFoundException',
      `Alias ${ARN}:alias/none is not found.`,
    );
  });

  it('is asked of the key that a blob names, too', async () => {
    const storage = memoryStorage();
    const own = await openKeystore({ storage, unlock });
    const hmac = { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' } as const;
    const { arn, keyId: hmacId } = (await own.createKey(hmac)).keyMetadata;
    const { ciphertextBlob } = own.encrypt({ keyId: 'alias/aws/ssm', plaintext });
    const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    ciphertextBlob.set(custody.state.keys.get(hmacId)?.materials[0]?.id as Uint8Array, 5);
    for (const [operation, call] of [
      ['Decrypt', () => own.decrypt({ ciphertextBlob })],
      ['ReEncrypt', () => own.reEncrypt({ ciphertextBlob, destinationKeyId: 'alias/aws/ssm' })],
    ] as const) {
      const words = `${arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`;
      await kmsRefusal(call, 'InvalidKeyUsageException', words);
    }
  });
});

describe('with diagnostics', () => {
  it('a refusal has its reason beside the words of AWS. Without, it has none', async () => {
    const talkative = await openInMemory({ diagnostics: true });
    const { arn } = await makeKey(talkative);
    const sealed = talkative.encrypt({ keyId: arn, plaintext }).ciphertextBlob;
    const encryptionContext = { a: '1' };
    const reasonOf = async (action: () => unknown) => ((await thrownBy(action)) as { reason?: string }).reason;

    expect(await reasonOf(() => talkative.decrypt({ ciphertextBlob: sealed, encryptionContext }))).toMatch(/context/);
    expect(await reasonOf(() => talkative.decrypt({ ciphertextBlob: sealed.subarray(1) }))).toMatch(/at byte 0/);
    expect(await reasonOf(() => talkative.decrypt({ ciphertextBlob: sealed, keyId: 'alias/aws/ssm' }))).toContain(arn);
    const foreign = keystore.encrypt({ keyId, plaintext }).ciphertextBlob;
    expect(await reasonOf(() => talkative.decrypt({ ciphertextBlob: foreign }))).toMatch(/material [0-9a-f]{64}/);
    expect(await thrownBy(() => keystore.decrypt({ ciphertextBlob: sealed }))).not.toHaveProperty('reason');
  });
});
