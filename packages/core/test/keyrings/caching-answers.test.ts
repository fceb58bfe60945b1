/**
 * A cache in front of a keyring that answers what the engine refuses: none of it is kept, and no call waits for it.
 * @module
 */

import {
  cachingKeyring,
  decrypt,
  decryptAsync,
  encrypt,
  encryptAsync,
  type Keyring,
  type WrappedDataKey,
} from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { FIXED_DATA_KEY, testKeyring } from '@securestring/test-support/keyrings';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { rejection } from '@securestring/test-support/rejection';
import { delayed, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const good = testKeyring();

describe('an answer that the engine refuses is asked for again', () => {
  const wrapped = () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [FIXED_DATA_KEY] });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['no data key', () => ({ encryptedDataKeys: [FIXED_DATA_KEY] })],
    ['a data key of 31 bytes', () => ({ ...wrapped(), plaintextDataKey: counting(31) })],
    ['a data key of zeros', () => ({ ...wrapped(), plaintextDataKey: new Uint8Array(32) })],
    ['no encrypted data key', () => ({ ...wrapped(), encryptedDataKeys: [] })],
    ['one that does not fit', () => ({ ...wrapped(), encryptedDataKeys: [{ ...FIXED_DATA_KEY, ciphertext: 'x' }] })],
  ])('when encrypting: %s', (_, answer) => {
    const cache = cachingKeyring({ keyring: { ...good, wrapDataKey: first(answer, good.wrapDataKey) }, ...LIMITS });
    refusal(() => encrypt(PLAINTEXT, { keyring: cache }), 'INVALID_KEYRING_RESULT');
    expect(decrypt(encrypt(PLAINTEXT, { keyring: cache }).message, { keyring: good }).plaintext).toEqual(PLAINTEXT);
  });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'x'.repeat(32)],
    ['a data key of 31 bytes', () => counting(31)],
    ['a data key of zeros', () => new Uint8Array(32)],
  ])('when decrypting: %s', (_, answer) => {
    const { message } = encrypt(PLAINTEXT, { keyring: good });
    const cache = cachingKeyring({ keyring: { ...good, unwrapDataKey: first(answer, good.unwrapDataKey) }, ...LIMITS });
    expect(thrownBy(() => decrypt(message, { keyring: cache }))).toHaveProperty('code');
    expect(decrypt(message, { keyring: cache }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('at once', () => {
  it('an answer that is not kept goes to every call that waited for it', async () => {
    const { message } = encrypt(PLAINTEXT, { keyring: good });
    const inner = watched({ wrapDataKey: () => ({}) as WrappedDataKey, unwrapDataKey: () => null });
    const cache = cachingKeyring({ keyring: delayed(inner), ...LIMITS });
    const opened = Array.from({ length: 20 }, () =>
      rejection(decryptAsync(message, { keyring: cache }), 'NO_DATA_KEY'),
    );
    await Promise.all(opened);
    const sealed = Array.from({ length: 20 }, () =>
      rejection(encryptAsync(PLAINTEXT, { keyring: cache }), 'INVALID_KEYRING_RESULT'),
    );
    await Promise.all(sealed);
    expect([inner.unwraps.length, inner.wraps.length]).toEqual([1, 1]);
  });

  it.each([{ maxMessages: 1 }, { maxBytes: 19 }, { maxBytes: 20 }])(
    'no call waits for a data key that has no use left: %o',
    async (limits) => {
      const inner = watched(good);
      const answers: (() => void)[] = [];
      const wrapDataKey = async (request: Parameters<Keyring['wrapDataKey']>[0]) => {
        const wrapped = inner.wrapDataKey(request);
        await new Promise<void>((resolve) => answers.push(resolve));
        return wrapped;
      };
      const cache = cachingKeyring({ keyring: { ...good, wrapDataKey }, ...LIMITS, ...limits });
      const calls = Array.from({ length: 10 }, () => encryptAsync(PLAINTEXT, { keyring: cache }));
      expect(inner.wraps.length).toBe(10);
      for (const answer of answers) answer();
      for (const { message } of await Promise.all(calls))
        expect(decrypt(message, { keyring: good }).plaintext).toEqual(PLAINTEXT);
    },
  );
});

const LIMITS = { clock: () => 0, maxAge: 1 };

/** Returns a keyring that gives this answer the first time, and those of `rest` from then on. */
function first<Input extends unknown[], Output>(
  answer: () => unknown,
  rest: (...input: Input) => Output,
): (...input: Input) => Output {
  let calls = 0;
  return (...input) => (calls++ === 0 ? (answer() as Output) : rest(...input));
}
