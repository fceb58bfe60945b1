import { type DecryptOptions, decrypt, type EncryptOptions, encrypt, estimateMessageSize } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { EVERY_SUITE } from '@securestring/test-support/every-suite';
import { handmade } from '@securestring/test-support/handmade';
import { FIXED_DATA_KEY, fixedKeyring, testKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { refusal } from '@securestring/test-support/refusal';
import { policyFor, suiteName } from '@securestring/test-support/suites';
import { describe, expect, it, vi } from 'vitest';

const PLAINTEXT = counting(10);

describe('commitment policy', () => {
  describe.each(EVERY_SUITE)('suite %s', (_, suite) => {
    const commits = suite === 0x0478 || suite === 0x0578;
    const { message } = encrypt(PLAINTEXT, { keyring: testKeyring(), suite, commitmentPolicy: policyFor(suite) });

    it.each([
      ['the default', undefined, commits, commits],
      ['REQUIRE_ENCRYPT_REQUIRE_DECRYPT', 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT', commits, commits],
      ['REQUIRE_ENCRYPT_ALLOW_DECRYPT', 'REQUIRE_ENCRYPT_ALLOW_DECRYPT', commits, true],
      ['FORBID_ENCRYPT_ALLOW_DECRYPT', 'FORBID_ENCRYPT_ALLOW_DECRYPT', !commits, true],
    ] as const)('under %s', (_name, commitmentPolicy, mayEncrypt, mayDecrypt) => {
      const keyring = testKeyring();
      const policy = commitmentPolicy && { commitmentPolicy };
      const write = () => encrypt(PLAINTEXT, { keyring, suite, ...policy });
      const estimate = () => estimateMessageSize({ keyring, suite, ...policy }, 10);
      const read = () => decrypt(message, { keyring, ...policy });
      if (mayEncrypt) {
        expect(write().header.suite).toBe(suite);
        expect(estimate()).toBe(write().message.length);
      } else {
        expect(refusal(write, 'COMMITMENT_POLICY').message).toContain(suiteName(suite));
        refusal(estimate, 'COMMITMENT_POLICY');
      }
      if (mayDecrypt) expect(read().plaintext).toEqual(PLAINTEXT);
      else expect(refusal(read, 'COMMITMENT_POLICY').message).toContain(suiteName(suite));
    });
  });

  it('chooses the suite for a caller who names none', () => {
    const keyring = testKeyring();
    const suiteUnder = (options: Partial<EncryptOptions>) => encrypt(PLAINTEXT, { keyring, ...options }).header.suite;
    expect(suiteUnder({})).toBe(0x0478);
    expect(suiteUnder({ commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' })).toBe(0x0478);
    expect(suiteUnder({ commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' })).toBe(0x0178);
  });

  it('is checked before the keyring is called', () => {
    const keyring = spiedKeyring();
    const { message } = encrypt(PLAINTEXT, {
      keyring: testKeyring(),
      commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT',
    });
    refusal(() => encrypt(PLAINTEXT, { keyring, suite: 0x0178 }), 'COMMITMENT_POLICY');
    refusal(() => decrypt(message, { keyring }), 'COMMITMENT_POLICY');
    expect(keyring.calls()).toBe(0);
  });
});

describe('reserved names of the encryption context', () => {
  it.each(['aws-crypto-public-key', 'aws-crypto-', 'aws-crypto-anything'])('%s is refused', (name) => {
    const keyring = spiedKeyring();
    const error = refusal(
      () => encrypt(PLAINTEXT, { keyring, encryptionContext: { [name]: 'x' } }),
      'RESERVED_ENCRYPTION_CONTEXT_KEY',
    );
    expect(error.message).toContain(JSON.stringify(name));
    expect(keyring.calls()).toBe(0);
  });

  it.each(['aws-crypto', 'AWS-CRYPTO-x', ' aws-crypto-x', 'aws:x'])('%s is not', (name) => {
    const keyring = testKeyring();
    const encryptionContext = { [name]: 'x' };
    const { message } = encrypt(PLAINTEXT, { keyring, encryptionContext });
    expect({ ...decrypt(message, { keyring }).header.encryptionContext }).toEqual(encryptionContext);
  });
});

describe('the maximum of encrypted data keys', () => {
  const three = wrappingKeyring(() => ({
    plaintextDataKey: counting(32),
    encryptedDataKeys: [FIXED_DATA_KEY, FIXED_DATA_KEY, FIXED_DATA_KEY],
  }));

  it('holds for what is written', () => {
    const write = (maxEncryptedDataKeys: number) => () => encrypt(PLAINTEXT, { keyring: three, maxEncryptedDataKeys });
    expect(write(3)().header.encryptedDataKeys.length).toBe(3);
    expect(refusal(write(2), 'ENCRYPTED_DATA_KEY_LIMIT').message).toContain('3 encrypted data keys');
    refusal(() => estimateMessageSize({ keyring: three, maxEncryptedDataKeys: 2 }, 10), 'ENCRYPTED_DATA_KEY_LIMIT');
  });

  it('holds for what is read', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: three });
    const read = (maxEncryptedDataKeys: number) => () =>
      decrypt(message, { keyring: fixedKeyring(counting(32)), maxEncryptedDataKeys });
    expect(read(3)().plaintext).toEqual(PLAINTEXT);
    refusal(read(2), 'ENCRYPTED_DATA_KEY_LIMIT');
  });

  it('is checked on the count, before any key is read or opened', () => {
    const keyring = spiedKeyring();
    const cut = aMessage().with('data key count', Uint8Array.of(0xff, 0xff)).before('provider id');
    refusal(() => decrypt(cut, { keyring, maxEncryptedDataKeys: 0xfffe }), 'ENCRYPTED_DATA_KEY_LIMIT');
    refusal(() => decrypt(cut, { keyring, maxEncryptedDataKeys: 0xffff }), 'MALFORMED_MESSAGE');
    expect(keyring.calls()).toBe(0);
  });

  it('is checked before the commitment policy', () => {
    const { bytes } = aMessage(0x0178).with('data key count', Uint8Array.of(0, 2));
    refusal(() => decrypt(bytes, { keyring: testKeyring(), maxEncryptedDataKeys: 1 }), 'ENCRYPTED_DATA_KEY_LIMIT');
  });
});

describe('the maximum of the frame length', () => {
  it('holds for what is read, before the keyring is called', () => {
    const keyring = testKeyring();
    const { message } = encrypt(PLAINTEXT, { keyring, frameLength: 1000 });
    expect(decrypt(message, { keyring, maxFrameLength: 1000 }).plaintext).toEqual(PLAINTEXT);
    const spied = spiedKeyring();
    const error = refusal(() => decrypt(message, { keyring: spied, maxFrameLength: 999 }), 'FRAME_LENGTH_LIMIT');
    expect(error.message).toContain('1000');
    expect(spied.calls()).toBe(0);
  });

  it('holds for a body without frames too', () => {
    const dataKey = counting(32);
    const { bytes } = handmade({ suite: 0x0178, dataKey, frameLength: 0, frames: [{ content: counting(1000) }] });
    const options = { keyring: fixedKeyring(dataKey), commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const;
    expect(decrypt(bytes, { ...options, maxFrameLength: 1000 }).plaintext).toEqual(counting(1000));
    const error = refusal(() => decrypt(bytes, { ...options, maxFrameLength: 999 }), 'FRAME_LENGTH_LIMIT');
    expect(error.message).toContain('1000');
  });
});

describe('limits that are not limits', () => {
  const keyring = testKeyring();
  const { message } = encrypt(PLAINTEXT, { keyring });
  const NO_LIMITS = [0, -1, 1.5, Number.NaN];

  it.each(NO_LIMITS)('%d is refused when encrypting', (limit) => {
    for (const option of ['frameLength', 'maxEncryptedDataKeys'] as const) {
      expect(() => encrypt(PLAINTEXT, { keyring, [option]: limit }), option).toThrow(RangeError);
      expect(() => estimateMessageSize({ keyring, [option]: limit }, 10), option).toThrow(RangeError);
    }
  });

  it.each(NO_LIMITS)('%d is refused when decrypting', (limit) => {
    for (const option of ['maxEncryptedDataKeys', 'maxFrameLength'] as const) {
      expect(() => decrypt(message, { keyring, [option]: limit }), option).toThrow(RangeError);
    }
  });

  it('what the format has no room for is refused when encrypting', () => {
    expect(() => encrypt(PLAINTEXT, { keyring, frameLength: 2 ** 32 })).toThrow(RangeError);
    expect(() => encrypt(PLAINTEXT, { keyring, maxEncryptedDataKeys: 65536 })).toThrow(RangeError);
    expect(encrypt(PLAINTEXT, { keyring, frameLength: 2 ** 32 - 1 }).header.frameLength).toBe(2 ** 32 - 1);
  });

  it('a policy that does not exist is refused', () => {
    const commitmentPolicy = 'NONE' as unknown as NonNullable<DecryptOptions['commitmentPolicy']>;
    expect(() => encrypt(PLAINTEXT, { keyring, commitmentPolicy })).toThrow(RangeError);
    expect(() => decrypt(message, { keyring, commitmentPolicy })).toThrow(RangeError);
  });

  it('a suite that does not exist is refused', () => {
    const suite = 0x0678 as unknown as NonNullable<EncryptOptions['suite']>;
    expect(() => encrypt(PLAINTEXT, { keyring, suite })).toThrow(/0x0678.*0x0478/);
    const asText = '0x0478' as unknown as NonNullable<EncryptOptions['suite']>;
    expect(() => encrypt(PLAINTEXT, { keyring, suite: asText })).toThrow(
      new TypeError('suite must be a number, not string.'),
    );
  });
});

describe('more than 2^32 - 1 frames', () => {
  it('are refused before anything is encrypted', () => {
    const keyring = spiedKeyring();
    refusal(() => estimateMessageSize({ keyring, frameLength: 1 }, 2 ** 32), 'MESSAGE_TOO_LONG');
    expect(keyring.calls()).toBe(0);
  });

  it('are not, where there is one less', () => {
    const keyring = testKeyring();
    const frames = 2 ** 32 - 1;
    const empty = estimateMessageSize({ keyring, frameLength: 1 }, 0);
    expect(estimateMessageSize({ keyring, frameLength: 1 }, frames)).toBe(empty + frames + 32 * (frames - 1));
  });
});

describe('the frame length of a caller who names none', () => {
  it.each([
    [0, 4096],
    [65536, 4096],
    [65537, 65536],
  ])('%i bytes of plaintext: %i', (length, frameLength) => {
    expect(encrypt(new Uint8Array(length), { keyring: testKeyring() }).header.frameLength).toBe(frameLength);
  });
});

describe('the encryption context that a reader expects', () => {
  const keyring = testKeyring();
  const { message } = encrypt(PLAINTEXT, { keyring, encryptionContext: { purpose: 'test', empty: '' } });

  it.each([{}, { purpose: 'test' }, { empty: '' }, { purpose: 'test', empty: '' }])('%o is there', (expected) => {
    expect(decrypt(message, { keyring, encryptionContext: expected }).plaintext).toEqual(PLAINTEXT);
  });

  it.each([
    ['purpose', { purpose: 'other' }],
    ['purpose', { purpose: '' }],
    ['empty', { purpose: 'test', empty: 'x' }],
  ] as const)('another value of %s, as in %o, is refused before the keyring is called', (name, expected) => {
    const spied = spiedKeyring();
    const read = () => decrypt(message, { keyring: spied, encryptionContext: expected });
    expect(refusal(read, 'ENCRYPTION_CONTEXT_MISMATCH').message).toContain(JSON.stringify(name));
    expect(spied.calls()).toBe(0);
  });
});

function aMessage(suite = 0x0478) {
  return handmade({ suite, dataKey: counting(32), frameLength: 16, frames: [{ content: PLAINTEXT }] });
}

/** A keyring that must not be called. */
function spiedKeyring() {
  const wrapDataKey = vi.fn(testKeyring().wrapDataKey);
  const unwrapDataKey = vi.fn(testKeyring().unwrapDataKey);
  return { wrapDataKey, unwrapDataKey, calls: () => wrapDataKey.mock.calls.length + unwrapDataKey.mock.calls.length };
}
