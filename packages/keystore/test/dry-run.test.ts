/** Dry runs: a request that is in order gets that answer, and any other is refused as without the dry run. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore, KmsExceptionName } from '../src/index.ts';
import { OPERATIONS } from '../src/operations.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
const macAlgorithm = 'HMAC_SHA_256';
const ABSENT = '11111111-2222-3333-4444-555555555555';
const WOULD_HAVE_SUCCEEDED = 'The request would have succeeded, but the DryRun option is set.';

interface Made {
  readonly keystore: Keystore;
  readonly symmetric: string;
  readonly mac: string;
  readonly off: { readonly symmetric: string; readonly mac: string };
  /** Under the symmetric key, without context. */
  readonly blob: Uint8Array;
  readonly tag: Uint8Array;
}
let made: Made;

beforeAll(async () => {
  const keystore = await openInMemory();
  const macKey = async () =>
    (await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' })).keyMetadata.arn;
  const [symmetric, mac] = [(await makeKey(keystore)).arn, await macKey()];
  const off = { symmetric: (await makeKey(keystore)).arn, mac: await macKey() };
  for (const keyId of Object.values(off)) await keystore.disableKey({ keyId });
  const { ciphertextBlob: blob } = keystore.encrypt({ keyId: symmetric, plaintext });
  const { mac: tag } = keystore.generateMac({ keyId: mac, message: plaintext, macAlgorithm });
  made = { keystore, symmetric, mac, off, blob, tag };
});

/** The parts that requests vary: the key, the bytes, and whether it is a dry run. */
interface Variation {
  readonly keyId?: string;
  /** Plaintext, blob, message, or MAC. */
  readonly bytes?: Uint8Array;
  readonly dryRun?: boolean;
}
type Call = (made: Made, variation: Variation) => unknown;
/** The error that refuses the bytes. */
type BytesRefused = KmsExceptionName | undefined;

const operations: readonly (readonly [string, 'symmetric' | 'mac', Call, BytesRefused])[] = [
  [
    'encrypt',
    'symmetric',
    ({ keystore, symmetric }, { keyId = symmetric, bytes = plaintext, ...dryRun }) =>
      keystore.encrypt({ keyId, plaintext: bytes, ...dryRun }),
    undefined,
  ],
  [
    'decrypt',
    'symmetric',
    ({ keystore, symmetric, blob }, { keyId = symmetric, bytes = blob, ...dryRun }) =>
      keystore.decrypt({ keyId, ciphertextBlob: bytes, ...dryRun }),
    'InvalidCiphertextException',
  ],
  [
    'reEncrypt',
    'symmetric',
    ({ keystore, symmetric, blob }, { keyId = symmetric, bytes = blob, ...dryRun }) =>
      keystore.reEncrypt({ destinationKeyId: keyId, ciphertextBlob: bytes, ...dryRun }),
    'InvalidCiphertextException',
  ],
  [
    'generateDataKey',
    'symmetric',
    ({ keystore, symmetric }, { keyId = symmetric, bytes = plaintext, ...dryRun }) =>
      keystore.generateDataKey({ keyId, numberOfBytes: bytes.length, ...dryRun }),
    undefined,
  ],
  [
    'generateDataKeyWithoutPlaintext',
    'symmetric',
    ({ keystore, symmetric }, { keyId = symmetric, bytes = plaintext, ...dryRun }) =>
      keystore.generateDataKeyWithoutPlaintext({ keyId, numberOfBytes: bytes.length, ...dryRun }),
    undefined,
  ],
  [
    'generateMac',
    'mac',
    ({ keystore, mac }, { keyId = mac, bytes = plaintext, ...dryRun }) =>
      keystore.generateMac({ keyId, message: bytes, macAlgorithm, ...dryRun }),
    undefined,
  ],
  [
    'verifyMac',
    'mac',
    ({ keystore, mac, tag }, { keyId = mac, bytes = tag, ...dryRun }) =>
      keystore.verifyMac({ keyId, message: plaintext, mac: bytes, macAlgorithm, ...dryRun }),
    'KMSInvalidMacException',
  ],
];

/** Operations on grants, whose dry runs `grants.test.ts` tests. */
const ELSEWHERE = ['createGrant', 'retireGrant', 'revokeGrant'];

it('dry runs are tested of every operation that has them', () => {
  const names = Object.entries(OPERATIONS).filter(([, { request }]) => 'dryRun' in request);
  const tested = [...operations.map(([name]) => name), ...ELSEWHERE];
  expect(tested.sort()).toEqual(names.map(([name]) => name).sort());
});

describe.each(operations)('a dry run of %s', (name, usage, call, bytesRefused) => {
  const other = usage === 'mac' ? 'symmetric' : 'mac';

  it('is refused with words of its own where all else is in order, by key id and by ARN', async () => {
    for (const keyId of [made[usage], made[usage].slice(-36)]) {
      const dry = () => call(made, { keyId, dryRun: true });
      await kmsRefusal(dry, 'DryRunOperationException', WOULD_HAVE_SUCCEEDED);
    }
  });

  it('is not one if dryRun is false or left out', () => {
    expect(call(made, { dryRun: false })).toHaveProperty('keyId', made[usage]);
    expect(call(made, {})).toHaveProperty('keyId', made[usage]);
  });

  it('that is wrong is refused for what is wrong: shape, key, state, usage, bytes', async () => {
    const dry = (variation: Variation) => () => call(made, { ...variation, dryRun: true });
    const empty = await thrownBy(dry({ bytes: new Uint8Array(0) }));
    expect(empty).toHaveProperty('name', 'ValidationException');
    const absent = made.symmetric.replace(/[^/]+$/, ABSENT);
    await kmsRefusal(dry({ keyId: ABSENT }), 'NotFoundException', `Key '${absent}' does not exist`);
    const off = made.off[usage];
    await kmsRefusal(dry({ keyId: off }), 'DisabledException', `${off} is disabled.`);
    const misused = await thrownBy(dry({ keyId: made[other] }));
    // The blob's key is checked before the usage of the named one.
    const refused = name === 'decrypt' ? 'IncorrectKeyException' : 'InvalidKeyUsageException';
    expect(misused).toHaveProperty('name', refused);
    if (bytesRefused !== undefined) await kmsRefusal(dry({ bytes: Uint8Array.of(1) }), bytesRefused, '');
  });

  it('is asked for with true or false, and nothing else', async () => {
    expect(await thrownBy(() => call(made, { dryRun: 'true' as never }))).toBeInstanceOf(TypeError);
  });
});

it('a dry run under another encryption context is refused as such', async () => {
  const { keystore, blob: ciphertextBlob, symmetric } = made;
  const wrong = { ciphertextBlob, dryRun: true, encryptionContext: { a: '1' } };
  await kmsRefusal(() => keystore.decrypt(wrong), 'InvalidCiphertextException', '');
  const moved = { ciphertextBlob, dryRun: true, destinationKeyId: symmetric, sourceEncryptionContext: { a: '1' } };
  await kmsRefusal(() => keystore.reEncrypt(moved), 'InvalidCiphertextException', '');
});
